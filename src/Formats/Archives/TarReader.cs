using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MiniGrad.Formats.Archives;

/// <summary>
/// Walks through the members of a gzip-compressed tar archive (POSIX.1-1988 ustar, and GNU's where it is the same), as a
/// stream of the present member's bytes. Offsets in errors are those of the unpacked archive. Nothing is written to disk.
/// </summary>
internal sealed class TarReader : Stream
{
    private const int Block = 512;

    /// <summary>What may follow the end of the archive: writers fill up to a multiple of their record size.</summary>
    private const int MaxPadding = 1 << 20;

    private readonly string path;
    private readonly FileStream file;
    private readonly GZipStream unpacked;
    private readonly long maxBytes;
    private readonly uint declaredBytes;
    private readonly byte[] header = new byte[Block];
    private long position;
    private long left;
    private int padding;

    /// <summary>Opens an archive of which at most <paramref name="maxBytes"/> are unpacked.</summary>
    public TarReader(string path, long maxBytes)
    {
        this.path = path;
        this.maxBytes = maxBytes;
        file = File.OpenRead(path);
        try
        {
            if (file.Length < 18) throw new TarException(path, 0, $"{file.Length} bytes are too few for a gzip file. Fetch it again");
            Span<byte> head = stackalloc byte[16];
            file.ReadExactly(head);
            if (!head.StartsWith(FileSignature.Gzip))
            {
                throw new TarException(path, 0,
                    $"the file {ForeignFile.Describe(head, "a tar.gz archive") ?? "is no gzip file. Fetch it again."}");
            }
            file.Position = file.Length - 4;
            file.ReadExactly(head[..4]);
            declaredBytes = BinaryPrimitives.ReadUInt32LittleEndian(head);
            file.Position = 0;
            unpacked = new(file, CompressionMode.Decompress);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The name of the present member, without a leading "./".</summary>
    public string Name { get; private set; } = "";

    /// <summary>The bytes of the present member.</summary>
    public long Size { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => Size;

    public override long Position
    {
        get => Size - left;
        set => throw new NotSupportedException();
    }

    /// <summary>Goes on to the next member that is a file; false at the end, once the gzip checksum was found right.</summary>
    public bool Next()
    {
        while (true)
        {
            Skip(left + padding);
            left = padding = 0;
            long at = position;
            if (ReadRaw(header) < Block) throw new TarException(path, at, "the archive ends without its end mark. Fetch it again");
            if (header.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                Finish();
                return false;
            }
            CheckSum(at);
            byte type = header[156];
            Size = Octal(header.AsSpan(124, 12), at + 124, "size");
            if (Size > maxBytes - position)
            {
                throw new TarException(path, at + 124,
                    $"the archive unpacks to more than {maxBytes} bytes: its next member declares {Size}");
            }
            Name = Text(header.AsSpan(0, 100));
            string prefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? Text(header.AsSpan(345, 155)) : "";
            if (prefix.Length > 0) Name = $"{prefix}/{Name}";
            if (Name.StartsWith("./", StringComparison.Ordinal)) Name = Name[2..];
            left = Size;
            padding = (int)(-Size & (Block - 1));
            switch (type)
            {
                case (byte)'0' or 0 when !Name.EndsWith('/'):
                    return true;
                case (byte)'0' or 0 or (byte)'5' when Size == 0:
                    continue;
                case (byte)'x' or (byte)'g':
                    CheckExtended(at);
                    continue;
                default:
                    throw new TarException(path, at + 156, $"{Printable.Name(Name)} is a member of type "
                        + $"'{Printable.Line(((char)type).ToString())}'; only files and folders are read");
            }
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, left);
        int read = ReadRaw(buffer[..wanted]);
        if (read < wanted)
        {
            throw new TarException(path, position,
                $"the archive ends inside {Printable.Name(Name)}, {left - read} bytes before its end. Fetch it again");
        }
        left -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Extended headers of POSIX.1-2001 carry dates and owners; one that renames or resizes a member is not followed.</summary>
    private void CheckExtended(long at)
    {
        if (Size > 64 * 1024) throw new TarException(path, at + 124, $"an extended header of {Size} bytes");
        byte[] records = new byte[Size];
        ReadExactly(records);
        foreach (string key in (string[])[" path=", " size=", " GNU.sparse."])
        {
            if (records.AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)) < 0) continue;
            throw new TarException(path, at + Block,
                $"an extended header with the key{key.TrimEnd('=')} is not read. Pack the archive again in the ustar format");
        }
    }

    private void CheckSum(long at)
    {
        int sum = 8 * ' ';
        for (int i = 0; i < Block; i++) sum += i is >= 148 and < 156 ? 0 : header[i];
        long declared = Octal(header.AsSpan(148, 8), at + 148, "checksum");
        if (declared != sum)
        {
            throw new TarException(path, at + 148,
                $"the header's checksum is {sum}, not {declared} as it says: no tar archive, or a damaged one. Fetch it again");
        }
    }

    private long Octal(ReadOnlySpan<byte> field, long at, string what)
    {
        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        long value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw new TarException(path, at, $"the header's {what} is no octal number. Fetch it again");
            }
            value = value * 8 + (digit - '0');
        }
        if (digits.IsEmpty) throw new TarException(path, at, $"the header has no {what}. Fetch it again");
        return value;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Reads on to the end of the gzip stream, whose decoder then compares the checksum.</summary>
    private void Finish()
    {
        long end = position;
        while (ReadRaw(header) is > 0 and int read)
        {
            if (header.AsSpan(0, read).IndexOfAnyExcept((byte)0) >= 0)
            {
                throw new TarException(path, position - read, "other bytes follow the end mark of the archive");
            }
            if (position - end > MaxPadding) throw new TarException(path, position, "the archive goes on with zeros behind its end mark");
        }
        if ((uint)position != declaredBytes)
        {
            throw new TarException(path, position,
                $"the gzip trailer declares {declaredBytes} unpacked bytes, the archive has {position}. Fetch it again");
        }
    }

    private void Skip(long count)
    {
        Span<byte> scratch = stackalloc byte[4096];
        while (count > 0)
        {
            int wanted = (int)Math.Min(count, scratch.Length);
            if (ReadRaw(scratch[..wanted]) < wanted)
            {
                throw new TarException(path, position, $"the archive ends inside {Printable.Name(Name)}. Fetch it again");
            }
            count -= wanted;
        }
    }

    private int ReadRaw(Span<byte> target)
    {
        try
        {
            int read = unpacked.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            position += read;
            return read;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new TarException(path, position, $"the gzip data is damaged: {Printable.Line(error.Message)} Fetch it again");
        }
    }
}

/// <summary>A gzip-compressed tar archive is damaged, cut short, or declares what it does not hold.</summary>
public sealed class TarException(string path, long offset, string problem) : BadFileException(path, offset, problem);
