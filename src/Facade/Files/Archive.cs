using System.IO.Compression;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A file that is not what its format asks for; nothing of it was taken.</summary>
    /// <param name="message">What is wrong with it.</param>
    public sealed class FileFormatError(string message) : FormatException(message);

    /// <summary>A zip archive that is read with distrust: no more memory than the file is long and 16 MB, one of which is its own, and every checksum must be right.</summary>
    internal sealed class Archive : IDisposable
    {
        private const long Spare = 15 << 20;

        private static readonly uint[] Crc = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1))];

        private readonly ZipArchive zip;
        private readonly string what;
        private long left;

        /// <summary>Opens an archive.</summary>
        /// <param name="file">The file, which can be sought.</param>
        /// <param name="what">What it should be, for errors.</param>
        /// <exception cref="FileFormatError">It is no archive.</exception>
        public Archive(Stream file, string what)
        {
            (this.what, left) = (what, file.Length + Spare);
            zip = Trusted(() => new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true));
            Names = Trusted(() => zip.Entries.Select(e => e.FullName).ToList());
        }

        public IReadOnlyList<string> Names { get; }

        /// <summary>The length of an entry; null where there is none.</summary>
        public long? Length(string name) => zip.GetEntry(name)?.Length;

        /// <summary>The bytes of an entry.</summary>
        /// <exception cref="FileFormatError">There is none, or it is damaged, or longer than the file can hold.</exception>
        public byte[] Read(string name) => Trusted(() =>
        {
            var entry = zip.GetEntry(name) ?? throw new FileFormatError($"{what}: the archive has no entry {name}");
            if (entry.Length > left || entry.Length > Array.MaxLength) throw new FileFormatError($"{what}: entry {name} claims {entry.Length} bytes, more than the file can hold");
            left -= entry.Length;
            var bytes = new byte[entry.Length];
            using (var stream = entry.Open())
            {
                stream.ReadExactly(bytes);
                if (stream.ReadByte() >= 0) throw new FileFormatError($"{what}: entry {name} is longer than it says");
            }
            var crc = uint.MaxValue;
            foreach (var b in bytes) crc = Crc[(byte)(crc ^ b)] ^ crc >> 8;
            return ~crc == entry.Crc32 ? bytes : throw new FileFormatError($"{what}: the checksum of entry {name} is wrong");
        });

        public void Dispose() => zip.Dispose();

        // What .NET says of a damaged archive.
        private T Trusted<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or IOException and not FileNotFoundException)
            {
                throw new FileFormatError($"{what}: failed reading the zip archive: {e.Message}");
            }
        }
    }

    /// <summary>Writes a file as a whole: under another name beside its place, and into its place when all of it is on the disk.</summary>
    internal static void WriteWhole(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var beside = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, full, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
