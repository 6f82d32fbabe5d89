using System.IO.Compression;
using System.Text;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Writes tensors, state dicts, and numbers, texts, lists, tuples and dictionaries of them to a file that PyTorch reads.</summary>
    /// <param name="obj">What is saved. Tensors that share all their elements share them in the file.</param>
    /// <param name="f">The file; an old one stays as it is until the new one is complete.</param>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.save.html</remarks>
    /// <exception cref="TypeError">It holds something else.</exception>
    public static void save(object? obj, string f) => WriteWhole(f, file => Save(obj, file, Path.GetFileNameWithoutExtension(f)));

    /// <summary>The same to a stream, which must be seekable.</summary>
    /// <inheritdoc cref="save(object?, string)"/>
    public static void save(object? obj, Stream f) => Save(obj, f, "archive");

    /// <summary>Reads what <see cref="save(object?, string)"/> or PyTorch's wrote. Nothing in a file is ever called: what is neither tensor nor plain value is refused.</summary>
    /// <param name="f">The file.</param>
    /// <param name="map_location">Where tensors go; there is the CPU.</param>
    /// <param name="weights_only">PyTorch's name for reading nothing but state; there is no other way here.</param>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.load.html</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FileFormatError">The file is damaged, or holds something else.</exception>
    /// <exception cref="ValueError">weights_only is false.</exception>
    public static Loaded load(string f, device? map_location = null, bool weights_only = true)
    {
        using var file = File.OpenRead(f);
        return load(file, map_location, weights_only);
    }

    /// <summary>The same from a stream, which must be seekable.</summary>
    /// <inheritdoc cref="load(string, device, bool)"/>
    public static Loaded load(Stream f, device? map_location = null, bool weights_only = true)
    {
        Demand(map_location);
        if (!weights_only) throw new ValueError("load: weights_only=False would call functions that the file names; only state is read here");
        using var archive = new Archive(f, "load");
        var pickle = archive.Names.FirstOrDefault(n => n.EndsWith("/data.pkl", StringComparison.Ordinal)) ?? throw new FileFormatError("load: the archive has no data.pkl");
        var root = pickle[..^"data.pkl".Length];
        if (archive.Length(root + "byteorder") is not null && Encoding.ASCII.GetString(archive.Read(root + "byteorder")) != "little") throw new FileFormatError("load: the file was written with the big end first");
        Dictionary<string, Tensor> storages = [];
        Tensor Storage(object?[] id)
        {
            if (id is not ["storage", dtype type, string key, string, long count]) throw new FileFormatError("load: a storage is not told as one");
            if (storages.TryGetValue(key, out var known)) return known.dtype == type && known.numel() == count ? known : throw new FileFormatError($"load: storage {key} is told in two ways");
            var bytes = archive.Read($"{root}data/{key}");
            if (Elements.Size(type.Type, [count]) != bytes.Length) throw new FileFormatError($"load: storage {key} holds {bytes.Length} bytes, which are not {count} elements of {type}");
            return storages[key] = Elements.Read(type.Type, [count], bytes);
        }
        return new(new Unpickler(archive.Read(pickle), Storage).Load());
    }

    private static void Save(object? obj, Stream to, string name)
    {
        List<Tensor> kept = [];
        string Key(Tensor x)
        {
            var at = kept.FindIndex(k => ReferenceEquals(k.storage, x.storage) && k.Layout == x.Layout && k.dtype == x.dtype);
            if (at < 0) kept.Add(x);
            return $"{(at < 0 ? kept.Count - 1 : at)}";
        }
        var pickle = new Pickler(Key).Dump(obj);
        using var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
        void Entry(string entry, Action<Stream> write)
        {
            using var stream = zip.CreateEntry($"{name}/{entry}", CompressionLevel.NoCompression).Open();
            write(stream);
        }
        Entry("data.pkl", s => s.Write(pickle));
        Entry("byteorder", s => s.Write("little"u8));
        for (var k = 0; k < kept.Count; k++) Entry($"data/{k}", s => Elements.Write(kept[k], s));
        Entry("version", s => s.Write("3\n"u8));
    }

    /// <summary>
    /// What a file held: a tensor, a number, a text, or lists, tuples and dictionaries of them. It becomes what it is asked to be:
    /// <c>Tensor x = torch.load("x.pt")</c>, <c>model.load_state_dict(torch.load("model.pt"))</c>, <c>(long)torch.load("run.pt")["epoch"]</c>.
    /// </summary>
    /// <param name="value">Tensor, long, double, bool, string, BigInteger, dtype, Size, device, null, a list, an array for a tuple, or a dictionary in its order.</param>
    public sealed class Loaded(object? value)
    {
        /// <summary>The value itself.</summary>
        public object? Value => value;

        /// <summary>What stands in a dictionary under a name or a number.</summary>
        /// <exception cref="KeyNotFoundException">Nothing does.</exception>
        /// <exception cref="TypeError">It is no dictionary.</exception>
        public Loaded this[string key] => new(As<OrderedDictionary<object, object?>>()[key]);

        /// <summary>What stands at a place of a list or tuple, or in a dictionary under a number.</summary>
        /// <exception cref="TypeError">It is none of them.</exception>
        /// <exception cref="IndexError">It is not as long.</exception>
        public Loaded this[int index] => new(value is OrderedDictionary<object, object?> pairs ? pairs[(long)index] : As<IList<object?>>() is var list && index >= -list.Count && index < list.Count ? list[index < 0 ? index + list.Count : index] : throw new IndexError("list index out of range"));

        /// <summary>A tensor.</summary>
        /// <exception cref="TypeError">It is none.</exception>
        public static implicit operator Tensor(Loaded loaded) => loaded.As<Tensor>();

        /// <summary>A state dict.</summary>
        /// <exception cref="TypeError">It is no dictionary of tensors.</exception>
        public static implicit operator OrderedDictionary<string, Tensor>(Loaded loaded)
        {
            var state = new OrderedDictionary<string, Tensor>();
            foreach (var (key, x) in loaded.As<OrderedDictionary<object, object?>>()) state[new Loaded(key).As<string>()] = new Loaded(x);
            return state;
        }

        /// <summary>An integer.</summary>
        /// <exception cref="TypeError">It is none.</exception>
        public static explicit operator long(Loaded loaded) => loaded.As<long>();

        /// <summary>A number.</summary>
        /// <exception cref="TypeError">It is none.</exception>
        public static explicit operator double(Loaded loaded) => loaded.Value is long n ? n : loaded.As<double>();

        /// <summary>A truth value.</summary>
        /// <exception cref="TypeError">It is none.</exception>
        public static explicit operator bool(Loaded loaded) => loaded.As<bool>();

        /// <summary>A text.</summary>
        /// <exception cref="TypeError">It is none.</exception>
        public static explicit operator string(Loaded loaded) => loaded.As<string>();

        private T As<T>() => value is T wanted ? wanted : throw new TypeError($"the file holds {Written.Type(value)} here, not {typeof(T).Name.Split('`')[0]}");

        /// <summary>As the value is written.</summary>
        public override string ToString() => $"{value}";
    }
}
