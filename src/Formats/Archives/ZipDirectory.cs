using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace MiniGrad.Formats.Archives;

/// <summary>Reads and checks the directory at the end of a zip archive and the header before each of its files.</summary>
internal sealed class ZipDirectory
{
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int WideEndBytes = 56;
    private const int RecordBytes = 46;
    private const int HeaderBytes = 30;
    private const uint Saturated = uint.MaxValue;

    /// <summary>Far above any real file; keeps a hostile directory from costing seconds.</summary>
    private const int MaxFiles = 100_000;

    private const int MaxDirectoryBytes = 32 << 20;

    /// <summary>Encrypted, descriptor after the data, patch data, strong encryption, UTF-8 names, hidden headers.</summary>
    private const int EncryptedFlags = 0x0001 | 0x0040 | 0x2000;
    private const int DescriptorFlag = 0x0008;
    private const int PatchFlag = 0x0020;

    private readonly FileBytes file;

    private ZipDirectory(FileBytes file) => this.file = file;

    public static List<ZipEntry> Read(FileBytes file) => new ZipDirectory(file).Read();

    private List<ZipEntry> Read()
    {
        (long begin, long length, long count) = FindDirectory();
        if (length > MaxDirectoryBytes)
        {
            throw file.Bad(begin, $"the directory of the zip archive has {length} bytes, at most {MaxDirectoryBytes} are read");
        }
        if (count > MaxFiles || count > length / RecordBytes)
        {
            throw file.Bad(begin, $"the zip archive claims {count} files, "
                + $"a directory of {length} bytes has room for {Math.Min(MaxFiles, length / RecordBytes)}");
        }
        byte[] records = new byte[length];
        file.Fill(records, begin);
        List<ZipEntry> entries = new((int)count);
        int at = 0;
        for (long i = 0; i < count; i++) entries.Add(ReadHeader(ReadRecord(records, ref at, begin), begin));
        if (at != length) throw file.Bad(begin + at, $"{length - at} bytes of the zip directory follow its last entry");
        CheckOverlap(entries);
        return entries;
    }

    /// <summary>Where the directory lies and how many files it lists, by the record that ends the archive.</summary>
    private (long Begin, long Length, long Count) FindDirectory()
    {
        byte[] tail = new byte[(int)Math.Min(file.Length, EndBytes + ushort.MaxValue)];
        file.Fill(tail, file.Length - tail.Length);
        int end = tail.Length - EndBytes;
        while (end >= 0 && !(tail.AsSpan(end).StartsWith("PK\u0005\u0006"u8) && end + EndBytes + U16(tail, end + 20) == tail.Length)) end--;
        if (end < 0) throw file.Bad(file.Length, "the zip archive ends without its directory: it is cut short. Fetch the file again");
        long endAt = file.Length - tail.Length + end;
        if (U16(tail, end + 4) != 0 || U16(tail, end + 6) != 0 || U16(tail, end + 8) != U16(tail, end + 10))
        {
            throw file.Bad(endAt + 4, "the zip archive is spread over several disks, which is not read");
        }
        (long count, long length, long begin) = (U16(tail, end + 10), U32(tail, end + 12), U32(tail, end + 16));
        long directoryEnd = endAt;
        if (endAt >= LocatorBytes)
        {
            Span<byte> locator = stackalloc byte[LocatorBytes];
            file.Fill(locator, endAt - LocatorBytes);
            if (locator.StartsWith("PK\u0006\u0007"u8))
            {
                directoryEnd = ReadWideEnd(locator, endAt - LocatorBytes, ref count, ref length, ref begin);
            }
        }
        if (begin > directoryEnd || directoryEnd - begin != length)
        {
            throw file.Bad(endAt, $"the zip directory should be the {length} bytes from {begin} on, "
                + $"but its end record stands at {directoryEnd}. Fetch the file again");
        }
        return (begin, length, count);
    }

    /// <summary>The record of an archive that may be larger than 4 GB; PyTorch writes one always.</summary>
    private long ReadWideEnd(ReadOnlySpan<byte> locator, long locatorAt, ref long count, ref long length, ref long begin)
    {
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(locator[8..]);
        if (at > (ulong)locatorAt || locatorAt - (long)at < WideEndBytes)
        {
            throw file.Bad(locatorAt + 8, $"the zip64 end record cannot stand at {at}");
        }
        Span<byte> record = stackalloc byte[WideEndBytes];
        file.Fill(record, (long)at);
        if (!record.StartsWith("PK\u0006\u0006"u8) || U64(record, 4, (long)at) != locatorAt - (long)at - 12)
        {
            throw file.Bad((long)at, "no zip64 end record stands where its locator points");
        }
        if (U32(record, 16) != 0 || U32(record, 20) != 0 || U64(record, 24, (long)at) != U64(record, 32, (long)at))
        {
            throw file.Bad((long)at + 16, "the zip archive is spread over several disks, which is not read");
        }
        long wideCount = U64(record, 32, (long)at);
        long wideLength = U64(record, 40, (long)at);
        long wideBegin = U64(record, 48, (long)at);
        if ((count != wideCount && count != ushort.MaxValue)
            || (length != wideLength && length != Saturated) || (begin != wideBegin && begin != Saturated))
        {
            throw file.Bad((long)at, "the two end records of the zip archive contradict each other");
        }
        (count, length, begin) = (wideCount, wideLength, wideBegin);
        return (long)at;
    }

    /// <summary>One record of the directory.</summary>
    private (ZipEntry Entry, int Flags) ReadRecord(byte[] records, ref int at, long begin)
    {
        long place = begin + at;
        if (records.Length - at < RecordBytes || !records.AsSpan(at).StartsWith("PK\u0001\u0002"u8))
        {
            throw file.Bad(place, "the zip directory is damaged: no entry begins here");
        }
        ReadOnlySpan<byte> record = records.AsSpan(at);
        int nameLength = U16(record, 28);
        int extraLength = U16(record, 30);
        int whole = RecordBytes + nameLength + extraLength + U16(record, 32);
        if (whole > record.Length) throw file.Bad(place, $"an entry of the zip directory has {whole} bytes, {record.Length} are left");
        at += whole;
        string name = Name(record.Slice(RecordBytes, nameLength), place + RecordBytes);
        string shown = Printable.Name(name);
        int flags = U16(record, 8);
        if ((flags & EncryptedFlags) != 0)
        {
            throw file.Bad(place + 8, $"{shown} is encrypted, which is not read. Unpack the archive with its password");
        }
        int method = U16(record, 10);
        if (method is not (0 or 8) || (flags & PatchFlag) != 0)
        {
            throw file.Bad(place + 10, $"{shown} is packed by method {method}; stored and deflated files are read");
        }
        long packed = U32(record, 20);
        long length = U32(record, 24);
        long header = U32(record, 42);
        int disk = U16(record, 34);
        ReadOnlySpan<byte> wide = WideSizes(record.Slice(RecordBytes + nameLength, extraLength), place + RecordBytes + nameLength);
        length = Widen(length, ref wide, place);
        packed = Widen(packed, ref wide, place);
        header = Widen(header, ref wide, place);
        if (disk is not (0 or ushort.MaxValue))
        {
            throw file.Bad(place + 34, "the zip archive is spread over several disks, which is not read");
        }
        if (method == 0 && packed != length)
        {
            throw file.Bad(place + 20, $"{shown} is stored as it is, but has {packed} bytes packed and {length} unpacked");
        }
        return (new(name, header, method == 8, packed, length, U32(record, 16)), flags);
    }

    /// <summary>Checks the header before a file against the directory, and finds where the file begins.</summary>
    private ZipEntry ReadHeader((ZipEntry Entry, int Flags) record, long directory)
    {
        ZipEntry entry = record.Entry;
        string shown = Printable.Name(entry.Name);
        long at = entry.HeaderAt;
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        if (at > directory - HeaderBytes - name.Length)
        {
            throw file.Bad(at, $"the header of {shown} would lie in the zip directory, which begins at {directory}");
        }
        Span<byte> header = stackalloc byte[HeaderBytes];
        file.Fill(header, at);
        if (!header.StartsWith("PK\u0003\u0004"u8)) throw file.Bad(at, $"no header of {shown} stands where the zip directory points");
        int nameLength = U16(header, 26);
        int extraLength = U16(header, 28);
        long begin = at + HeaderBytes + nameLength + extraLength;
        if (begin > directory || entry.PackedLength > directory - begin)
        {
            throw file.Bad(at, $"{shown} with its {entry.PackedLength} bytes runs into the zip directory, which begins at {directory}");
        }
        byte[] rest = new byte[nameLength + extraLength];
        file.Fill(rest, at + HeaderBytes);
        if (!rest.AsSpan(0, nameLength).SequenceEqual(name))
        {
            throw file.Bad(at + HeaderBytes, $"the header of {shown} has another name than the zip directory");
        }
        if (((U16(header, 6) ^ record.Flags) & (EncryptedFlags | DescriptorFlag | PatchFlag)) != 0
            || U16(header, 8) != (entry.IsDeflated ? 8 : 0))
        {
            throw file.Bad(at + 6, $"the header of {shown} contradicts the zip directory on how it is packed");
        }
        ReadOnlySpan<byte> wide = WideSizes(rest.AsSpan(nameLength), at + HeaderBytes + nameLength);
        long length = Widen(U32(header, 22), ref wide, at);
        long packed = Widen(U32(header, 18), ref wide, at);
        uint crc = U32(header, 14);
        // With a descriptor after the data, the writer did not know these yet and may have left zeros.
        bool open = (record.Flags & DescriptorFlag) != 0;
        if (!Agree(length, entry.Length, open) || !Agree(packed, entry.PackedLength, open) || !Agree(crc, entry.Crc, open))
        {
            throw file.Bad(at + 14, $"the header of {shown} has {packed} and {length} bytes with checksum {crc:x8}, "
                + $"the zip directory {entry.PackedLength} and {entry.Length} with {entry.Crc:x8}");
        }
        return entry with { Begin = begin };
    }

    private static bool Agree(long header, long directory, bool open) => header == directory || (open && header == 0);

    private void CheckOverlap(List<ZipEntry> entries)
    {
        ZipEntry[] ordered = [.. entries];
        Array.Sort(ordered, (a, b) => a.HeaderAt.CompareTo(b.HeaderAt));
        long end = 0;
        foreach (ZipEntry entry in ordered)
        {
            if (entry.HeaderAt < end)
            {
                throw file.Bad(entry.HeaderAt,
                    $"{Printable.Name(entry.Name)} overlaps the file before it in the zip archive by {end - entry.HeaderAt} bytes");
            }
            end = entry.Begin + entry.PackedLength;
        }
    }

    private string Name(ReadOnlySpan<byte> bytes, long place)
    {
        // Without the UTF-8 flag a name is in an old code page, which agrees with UTF-8 in ASCII:
        // what other names such files have is not read.
        if (!Utf8.IsValid(bytes) || bytes.Contains((byte)0) || bytes.IsEmpty)
        {
            throw file.Bad(place, "a name in the zip archive is no UTF-8 text");
        }
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The extra field that holds what does not fit into 32 bits; empty if there is none.</summary>
    private ReadOnlySpan<byte> WideSizes(ReadOnlySpan<byte> extra, long place)
    {
        ReadOnlySpan<byte> found = default;
        while (extra.Length >= 4)
        {
            int length = U16(extra, 2);
            if (length > extra.Length - 4)
            {
                throw file.Bad(place, $"an extra field of the zip archive has {length} bytes, {extra.Length - 4} are left");
            }
            if (U16(extra, 0) == 1) found = extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }
        return found;
    }

    private long Widen(long narrow, ref ReadOnlySpan<byte> wide, long place)
    {
        if (narrow != Saturated) return narrow;
        if (wide.Length < 8) throw file.Bad(place, "a size of the zip archive stands in a zip64 field that is missing");
        long value = U64(wide, 0, place);
        wide = wide[8..];
        return value;
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private long U64(ReadOnlySpan<byte> bytes, int at, long place)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
        return value >= 0 ? value : throw file.Bad(place, $"the zip archive claims {(ulong)value} bytes, more than any file has");
    }
}

/// <summary>One file of a zip archive: where its bytes begin, how many lie there, how many they unpack to, and their CRC-32.</summary>
internal sealed record ZipEntry(string Name, long HeaderAt, bool IsDeflated, long PackedLength, long Length, uint Crc)
{
    /// <summary>Where the bytes begin in the archive.</summary>
    public long Begin { get; init; }
}
