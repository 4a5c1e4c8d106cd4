using System.IO.Compression;
using System.IO.Hashing;

namespace MiniGrad.Formats.Archives;

/// <summary>
/// The files of a zip archive (PKWARE APPNOTE 6.3.10): stored and deflated ones, zip64. Strict: the directory must end the
/// file, agree with the header before each file, name nothing twice and let nothing overlap. The archive's owner closes the file.
/// </summary>
internal sealed class ZipReader
{
    /// <summary>The most that deflate shrinks anything: 258 bytes by 2 bits.</summary>
    private const long MostPacking = 1032;

    private readonly FileBytes file;
    private readonly Dictionary<string, ZipEntry> byName = new(StringComparer.Ordinal);

    public ZipReader(FileBytes file)
    {
        this.file = file;
        Entries = ZipDirectory.Read(file);
        foreach (ZipEntry entry in Entries)
        {
            if (!byName.TryAdd(entry.Name, entry))
            {
                throw file.Bad(entry.HeaderAt, $"the zip archive names {Printable.Name(entry.Name)} twice");
            }
            if (entry.IsDeflated && entry.Length / MostPacking > entry.PackedLength)
            {
                throw file.Bad(entry.Begin,
                    $"{Printable.Name(entry.Name)} claims {entry.Length} bytes, more than its {entry.PackedLength} packed bytes can hold");
            }
        }
    }

    /// <summary>The files in the order of the directory.</summary>
    public IReadOnlyList<ZipEntry> Entries { get; }

    public ZipEntry? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>
    /// The bytes of a file, checked against its checksum before the first of them is used.
    /// A deflated file is unpacked at once.
    /// </summary>
    public StoredBytes Open(ZipEntry entry)
    {
        if (!entry.IsDeflated) return new FileRange(file, entry.Begin, entry.Length, entry.Crc);
        return new UnpackedRange(file, entry.Begin, Unpack(entry));
    }

    /// <summary>All bytes of a small file.</summary>
    public byte[] ReadAll(ZipEntry entry, int most)
    {
        if (entry.Length > most)
        {
            throw file.Bad(entry.Begin, $"{Printable.Name(entry.Name)} has {entry.Length} bytes, at most {most} are read");
        }
        if (entry.IsDeflated) return Unpack(entry);
        byte[] bytes = new byte[entry.Length];
        Open(entry).Fill(bytes, 0);
        return bytes;
    }

    private byte[] Unpack(ZipEntry entry)
    {
        if (entry.Length > Array.MaxLength)
        {
            throw file.Bad(entry.Begin, $"{Printable.Name(entry.Name)} has {entry.Length} bytes when unpacked, "
                + $"at most {Array.MaxLength} are read. Store it unpacked");
        }
        byte[] bytes = new byte[entry.Length];
        using DeflateStream unpacked = new(new SubStream(file, entry.Begin, entry.PackedLength), CompressionMode.Decompress);
        int done = 0;
        try
        {
            for (int read = -1; read != 0 && done < bytes.Length; done += read) read = unpacked.Read(bytes, done, bytes.Length - done);
            if (unpacked.ReadByte() >= 0)
            {
                throw file.Bad(entry.Begin, $"{Printable.Name(entry.Name)} unpacks to more than the {entry.Length} bytes it claims");
            }
        }
        catch (InvalidDataException)
        {
            throw file.Bad(entry.Begin,
                $"{Printable.Name(entry.Name)} is no valid deflate stream after {done} unpacked bytes. Fetch the file again");
        }
        if (done < bytes.Length)
        {
            throw file.Bad(entry.Begin,
                $"{Printable.Name(entry.Name)} unpacks to {done} bytes, not the {entry.Length} it claims. Fetch the file again");
        }
        uint sum = Crc32.HashToUInt32(bytes);
        if (sum != entry.Crc)
        {
            throw file.Bad(entry.Begin,
                $"the checksum of {Printable.Name(entry.Name)} is {sum:x8}, not {entry.Crc:x8}. The file is damaged: fetch it again");
        }
        return bytes;
    }
}
