using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>NumPy's files of arrays: <c>numpy.save("x.npy", x)</c>, <c>numpy.load("x.npy")</c>, <c>numpy.savez("all.npz", …)</c>.</summary>
    /// <remarks>https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html</remarks>
    public static partial class numpy
    {
        private const int LongestHeader = 1 << 16;

        private static readonly (string Code, dtype Type)[] Types =
        [
            ("b1", @bool), ("u1", uint8), ("i1", int8), ("i2", int16), ("i4", int32), ("i8", int64), ("f2", float16), ("f4", float32), ("f8", float64), ("c8", complex64), ("c16", complex128),
        ];

        /// <summary>Writes a tensor.</summary>
        /// <param name="file">The file; an old one stays as it is until the new one is complete.</param>
        /// <param name="arr">The tensor.</param>
        /// <exception cref="TypeError">NumPy has no such element type.</exception>
        public static void save(string file, Tensor arr)
        {
            Code(arr);
            WriteWhole(file, to => Write(arr, to));
        }

        /// <summary>Writes tensors by name.</summary>
        /// <exception cref="TypeError">NumPy has no such element type.</exception>
        public static void savez(string file, IReadOnlyDictionary<string, Tensor> arrays)
        {
            foreach (var x in arrays.Values) Code(x);
            WriteWhole(file, to =>
            {
                using var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
                foreach (var (name, x) in arrays)
                {
                    using var entry = zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression).Open();
                    Write(x, entry);
                }
            });
        }

        /// <summary>Reads a tensor.</summary>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="FileFormatError">The file is damaged, or holds objects of Python.</exception>
        public static Tensor load(string file)
        {
            using var from = File.OpenRead(file);
            return Read(from, file);
        }

        /// <summary>Reads all tensors of an archive.</summary>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="FileFormatError">The file is damaged, or holds objects of Python.</exception>
        public static OrderedDictionary<string, Tensor> loadz(string file)
        {
            using var from = File.OpenRead(file);
            using var archive = new Archive(from, "numpy");
            var arrays = new OrderedDictionary<string, Tensor>();
            foreach (var name in archive.Names)
                arrays[name.EndsWith(".npy", StringComparison.Ordinal) ? name[..^4] : name] = Read(new MemoryStream(archive.Read(name)), name);
            return arrays;
        }

        private static string Code(Tensor x) => Array.Find(Types, t => t.Type == x.dtype).Code ?? throw new TypeError($"Got unsupported ScalarType {x.dtype.TensorType}");

        private static void Write(Tensor x, Stream to)
        {
            var header = $"{{'descr': '{(x.dtype.itemsize == 1 ? '|' : '<')}{Code(x)}', 'fortran_order': False, 'shape': {Written.Tuple(x.Dims.Span)}, }}";
            header = header.PadRight((10 + header.Length + 1 + 63) / 64 * 64 - 11) + "\n";
            to.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
            to.Write(Encoding.ASCII.GetBytes(header));
            Elements.Write(x, to);
        }

        [GeneratedRegex(@"^\{'descr': *'(?<order>[<>|=])(?<code>[a-z]\d+)', *'fortran_order': *(?<turned>True|False), *'shape': *\((?<shape>(\d+, *)*\d*),?\), *\} *\n?$", RegexOptions.ExplicitCapture, 1000)]
        private static partial Regex Header { get; }

        private static Tensor Read(Stream from, string what)
        {
            FileFormatError Wrong(string why) => new($"numpy: {what}: {why}");
            Span<byte> start = stackalloc byte[12];
            if (from.Length < 12) throw Wrong("the file is too short");
            from.ReadExactly(start);
            if (start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8)) throw Wrong("the file does not begin as one of NumPy's");
            var version = start[6];
            if (version is 0 or > 3) throw Wrong($"version {version} is not known");
            long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
            from.Position = version == 1 ? 10 : 12;
            if (length > LongestHeader || length > from.Length - from.Position) throw Wrong("the header is too long");
            var header = new byte[length];
            from.ReadExactly(header);
            Match match;
            try
            {
                match = Header.Match(Encoding.UTF8.GetString(header));
            }
            catch (RegexMatchTimeoutException)
            {
                throw Wrong("the header is not that of plain numbers");
            }
            if (!match.Success) throw Wrong("the header is not that of plain numbers");
            var type = Array.Find(Types, t => t.Code == match.Groups["code"].Value).Type ?? throw Wrong($"elements of type {match.Groups["code"].Value} are not read");
            var sizes = match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (sizes.Length > 64 || !sizes.All(s => long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out _))) throw Wrong("the shape is out of range");
            var shape = Dims.Create([.. sizes.Select(s => long.Parse(s, CultureInfo.InvariantCulture))]);
            if (Elements.Size(type.Type, shape) != from.Length - from.Position) throw Wrong($"{from.Length - from.Position} bytes are not the elements of shape {shape}");
            if (from.Length - from.Position > Array.MaxLength) throw Wrong("the array is longer than can be read");
            var bytes = new byte[from.Length - from.Position];
            from.ReadExactly(bytes);
            if (match.Groups["order"].Value == ">") Turn(bytes, type.is_complex ? type.itemsize / 2 : type.itemsize);
            if (match.Groups["turned"].Value == "False" || shape.Count < 2) return Elements.Read(type.Type, shape, bytes);
            // Columns first: the elements lie as those of the transposed tensor.
            var turned = Elements.Read(type.Type, [.. shape.Reverse()], bytes);
            return turned.permute([.. Enumerable.Range(0, shape.Count).Select(k => (long)(shape.Count - 1 - k))]).data;
        }

        private static void Turn(byte[] bytes, int size)
        {
            for (var at = 0; size > 1 && at < bytes.Length; at += size) bytes.AsSpan(at, size).Reverse();
        }
    }
}
