using System.IO.Compression;
using MiniGrad.Formats.Archives;

namespace MiniGrad.Formats.Weights;

/// <summary>An open archive of NumPy arrays (.npz), stored or deflated. A tensor has the name of its array, without ".npy".</summary>
internal sealed class NpzFile : WeightFile
{
    /// <summary>Far above any real file; keeps a hostile one from costing seconds.</summary>
    private const int MostArrays = 10_000;

    private const string Ending = ".npy";

    private readonly FileBytes file;
    private readonly ZipReader zip;

    private NpzFile(FileBytes file, ZipReader zip, List<NpyEntry> entries) : base(file.Path, entries, new Dictionary<string, string>(), [])
    {
        this.file = file;
        this.zip = zip;
    }

    /// <inheritdoc/>
    public override string Format => "NumPy archive";

    /// <summary>Opens an archive whose directory and headers are right.</summary>
    /// <exception cref="NpyException">The archive or one of its arrays breaks the format, or holds what no tensor can.</exception>
    public static NpzFile Open(string path) => FileBytes.Open(path, NpyFile.Refusal, file => Read(file, new(file)));

    internal static NpzFile Read(FileBytes file, ZipReader zip)
    {
        if (zip.Entries.Count > MostArrays)
        {
            throw file.Bad(0, $"the archive holds {zip.Entries.Count} arrays, at most {MostArrays} are read. Split it");
        }
        long unpacked = zip.Entries.Sum(entry => entry.IsDeflated ? entry.Length : 0);
        if (unpacked > TorchFile.MostBytes(file))
        {
            throw file.Bad(0, $"the archive unpacks {unpacked} bytes from {file.Length}, more than weights do");
        }
        List<NpyEntry> entries = new(zip.Entries.Count);
        foreach (ZipEntry packed in zip.Entries) entries.Add(ReadHeader(file, packed));
        return new(file, zip, entries);
    }

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();

    private protected override Tensor Read(WeightEntry entry) => ((NpyEntry)entry).Read(zip.Open(((NpyEntry)entry).Packed!));

    /// <summary>Of a deflated array no more than the header is unpacked.</summary>
    private static NpyEntry ReadHeader(FileBytes file, ZipEntry packed)
    {
        string shown = Printable.Name(packed.Name);
        if (!packed.Name.EndsWith(Ending, StringComparison.Ordinal) || packed.Name.Length == Ending.Length)
        {
            throw file.Bad(packed.HeaderAt, $"{shown} in the archive is no NumPy array: its name does not end with {Ending}");
        }
        using Stream bytes = new SubStream(file, packed.Begin, packed.PackedLength);
        using Stream unpacked = packed.IsDeflated ? new DeflateStream(bytes, CompressionMode.Decompress) : bytes;
        // Places in packed bytes mean nothing outside: those errors name the array's begin.
        NpyHeader header = NpyHeader.Read(unpacked, packed.Length,
            (at, problem) => file.Bad(packed.Begin + (packed.IsDeflated ? 0 : at), $"{shown}: {problem}"));
        return new(packed.Name[..^Ending.Length], header, packed);
    }
}
