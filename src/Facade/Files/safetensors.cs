using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Files of tensors by name that hold nothing else: Python's package of the same name.</summary>
    /// <remarks>https://huggingface.co/docs/safetensors</remarks>
    public static class safetensors
    {
        private const int LongestHeader = 100_000_000;

        private static readonly (string Name, dtype Type)[] Types =
        [
            ("BOOL", @bool), ("U8", uint8), ("I8", int8), ("I16", int16), ("I32", int32), ("I64", int64), ("F16", float16), ("BF16", bfloat16), ("F32", float32), ("F64", float64), ("C64", complex64),
        ];

        private sealed record Entry(string Name, dtype Type, Dims Shape, long Begin, long End);

        /// <summary>Writes tensors by name.</summary>
        /// <param name="tensors">The tensors.</param>
        /// <param name="filename">The file; an old one stays as it is until the new one is complete.</param>
        /// <param name="metadata">Texts that go along.</param>
        /// <exception cref="ValueError">A tensor's type has no name in the format.</exception>
        public static void save_file(IReadOnlyDictionary<string, Tensor> tensors, string filename, IReadOnlyDictionary<string, string>? metadata = null)
        {
            foreach (var x in tensors.Values)
                if (!Types.Any(t => t.Type == x.dtype)) throw new ValueError($"safetensors: tensors of {x.dtype} have no place in the format");
            // The widest elements first, so that all lie at multiples of their size.
            var ordered = tensors.OrderByDescending(t => t.Value.dtype.itemsize).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
            WriteWhole(filename, file =>
            {
                var header = Header(ordered, metadata);
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
                file.Write(length);
                file.Write(header);
                foreach (var (_, x) in ordered) Elements.Write(x, file);
            });
        }

        private static byte[] Header(List<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
        {
            using var text = new MemoryStream();
            using (var json = new Utf8JsonWriter(text))
            {
                json.WriteStartObject();
                if (metadata is not null)
                {
                    json.WriteStartObject("__metadata__");
                    foreach (var (key, value) in metadata) json.WriteString(key, value);
                    json.WriteEndObject();
                }
                var at = 0L;
                foreach (var (name, x) in tensors)
                {
                    json.WriteStartObject(name);
                    json.WriteString("dtype", Types.First(t => t.Type == x.dtype).Name);
                    json.WriteStartArray("shape");
                    foreach (var n in x.Dims) json.WriteNumberValue(n);
                    json.WriteEndArray();
                    json.WriteStartArray("data_offsets");
                    json.WriteNumberValue(at);
                    json.WriteNumberValue(at += x.numel() * x.dtype.itemsize);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
                json.WriteEndObject();
            }
            while (text.Length % 8 != 0) text.WriteByte((byte)' ');
            return text.ToArray();
        }

        /// <summary>Reads all tensors.</summary>
        /// <param name="filename">The file.</param>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="FileFormatError">The file is not one of the format.</exception>
        public static OrderedDictionary<string, Tensor> load_file(string filename)
        {
            using var file = File.OpenRead(filename);
            var (entries, data) = Read(file);
            var tensors = new OrderedDictionary<string, Tensor>();
            foreach (var e in entries)
            {
                if (e.End - e.Begin > Array.MaxLength) throw Wrong($"tensor {e.Name} is longer than can be read");
                var bytes = new byte[e.End - e.Begin];
                file.Position = data + e.Begin;
                file.ReadExactly(bytes);
                tensors[e.Name] = Elements.Read(e.Type.Type, e.Shape, bytes);
            }
            return tensors;
        }

        private static FileFormatError Wrong(string why) => new($"safetensors: {why}");

        // The entries, and where their bytes begin: all is checked before any of them is read.
        private static (List<Entry> Entries, long Data) Read(Stream file)
        {
            Span<byte> length = stackalloc byte[8];
            if (file.Length < 8) throw Wrong("the header is too short");
            file.ReadExactly(length);
            var size = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (size is < 0 or > LongestHeader) throw Wrong("the header is too long");
            if (size > file.Length - 8) throw Wrong("the header is longer than the file");
            var header = new byte[size];
            file.ReadExactly(header);
            List<Entry> entries;
            try
            {
                entries = Entries(header);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException and not FileFormatError)
            {
                throw Wrong($"the header is wrong: {e.Message}");
            }
            var end = 0L;
            foreach (var e in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
            {
                if (e.Begin != end || e.End < e.Begin || Elements.Size(e.Type.Type, e.Shape) != e.End - e.Begin) throw Wrong($"the offsets {e.Begin} to {e.End} of tensor {e.Name} are wrong");
                end = e.End;
            }
            return end == file.Length - 8 - size ? (entries, 8 + size) : throw Wrong("the file is not as long as its tensors");
        }

        private static List<Entry> Entries(byte[] header)
        {
            var json = new Utf8JsonReader(header);
            var (entries, names) = (new List<Entry>(), new HashSet<string>());
            Expect(ref json, JsonTokenType.StartObject);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                if (!names.Add(name)) throw Wrong($"the name {name} stands there twice");
                if (name == "__metadata__") Texts(ref json);
                else entries.Add(One(name, ref json));
            }
            if (json.TokenType != JsonTokenType.EndObject || json.Read()) throw Wrong("the header is no object");
            return entries;
        }

        private static void Texts(ref Utf8JsonReader json)
        {
            Expect(ref json, JsonTokenType.StartObject);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName) Expect(ref json, JsonTokenType.String);
        }

        private static Entry One(string name, ref Utf8JsonReader json)
        {
            var (type, shape, offsets) = ((dtype?)null, (long[]?)null, (long[]?)null);
            Expect(ref json, JsonTokenType.StartObject);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                switch (json.GetString())
                {
                    case "dtype" when type is null:
                        Expect(ref json, JsonTokenType.String);
                        var of = json.GetString();
                        type = Array.Find(Types, t => t.Name == of).Type ?? throw Wrong($"elements of type {of} are not read");
                        break;
                    case "shape" when shape is null:
                        shape = Numbers(ref json);
                        break;
                    case "data_offsets" when offsets is null:
                        offsets = Numbers(ref json);
                        break;
                    default:
                        throw Wrong($"tensor {name} has an entry too many");
                }
            return type is not null && shape is { Length: <= 64 } && offsets is [var begin, var end] ? new(name, type, Dims.Create(shape), begin, end) : throw Wrong($"tensor {name} lacks an entry");
        }

        private static long[] Numbers(ref Utf8JsonReader json)
        {
            List<long> numbers = [];
            Expect(ref json, JsonTokenType.StartArray);
            while (json.Read() && json.TokenType == JsonTokenType.Number) numbers.Add(json.GetInt64() is >= 0 and var n ? n : throw Wrong("a negative number"));
            return json.TokenType == JsonTokenType.EndArray ? [.. numbers] : throw Wrong("a list of what are no numbers");
        }

        private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
        {
            if (!json.Read() || json.TokenType != type) throw Wrong($"a {json.TokenType} where a {type} should stand");
        }
    }
}
