using System.Formats.Tar;
using System.IO.Compression;

namespace MiniGrad.Fuzz;

/// <summary>Valid files as bytes: of the writers of this program, and archives.</summary>
internal static class SeedFile
{
    /// <summary>The earliest date that a zip archive can hold: equal content gives equal bytes.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Of(Action<string> write)
    {
        string folder = Directory.CreateTempSubdirectory("minigrad-seed-").FullName;
        try
        {
            string path = Path.Combine(folder, "seed");
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bytes that look like nothing in particular.</summary>
    public static byte[] Noise(int count) => new Dice(new Rng(count)).Bytes(count);

    public static byte[] Zip(params (string Name, byte[] Bytes, CompressionLevel Level)[] files)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes, CompressionLevel level) in files)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name, level);
                entry.LastWriteTime = Epoch;
                using Stream target = entry.Open();
                target.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    /// <summary>A tar archive; a name that ends with a slash is a folder.</summary>
    public static byte[] Tar(params (string Name, byte[] Bytes)[] files)
    {
        using MemoryStream stream = new();
        using (TarWriter tar = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                bool folder = name.EndsWith('/');
                UstarTarEntry entry = new(folder ? TarEntryType.Directory : TarEntryType.RegularFile, name) { ModificationTime = Epoch };
                if (!folder) entry.DataStream = new MemoryStream(bytes);
                tar.WriteEntry(entry);
            }
        }
        return stream.ToArray();
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(bytes);
        return packed.ToArray();
    }
}
