using System.Buffers.Binary;
using System.IO.Compression;
using MiniGrad.Formats;
using MiniGrad.Formats.Images;

namespace MiniGrad.Data;

/// <summary>
/// IDX files of unsigned bytes, the format of MNIST (http://yann.lecun.com/exdb/mnist): a magic number, big-endian
/// sizes, the elements. Plain or gzip-compressed, told by the first bytes.
/// </summary>
internal static class IdxFile
{
    /// <summary>The most elements a file may have.</summary>
    public const int MaxBytes = 1 << 30;

    private const int MaxRank = 4;

    /// <summary>The smallest gzip header and the trailer of checksum and size.</summary>
    private const int GzipFrame = 18;

    /// <summary>The sizes of the axes, and as many bytes as they have elements; gzip is unpacked.</summary>
    /// <exception cref="IdxException">The file is damaged, cut short, too large, or holds other than unsigned bytes.</exception>
    public static (int[] Shape, byte[] Data) Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        long length = file.Length;
        if (length == 0) throw new IdxException(path, 0, "the file is empty. Fetch it again");
        Span<byte> head = stackalloc byte[512];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        bool packed = head.StartsWith(FileSignature.Gzip);
        if (!packed && ForeignFile.Describe(head, "an IDX data set") is { } foreign) throw new IdxException(path, 0, $"the file {foreign}");
        file.Position = 0;
        return packed ? ReadPacked(path, file, length) : ReadPlain(path, file, length);
    }

    /// <summary>Writes unsigned bytes of a shape.</summary>
    /// <exception cref="ArgumentException">There are not as many bytes as the shape has elements.</exception>
    public static void Write(string path, ReadOnlySpan<int> shape, byte[] data, bool gzip = false)
    {
        if (shape.Length is < 1 or > MaxRank) Throw.Argument($"idx: {shape.Length} axes, only 1 to {MaxRank} are possible.");
        long count = 1;
        byte[] header = new byte[4 + 4 * shape.Length];
        header[2] = 0x08;
        header[3] = (byte)shape.Length;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] < 1) Throw.Argument($"idx: size {shape[i]} of axis {i} must be at least 1.");
            count = Math.Min(count * shape[i], (long)MaxBytes + 1);
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), shape[i]);
        }
        if (count != data.Length || count > MaxBytes)
        {
            Throw.Argument($"idx: {data.Length} bytes do not fill [{string.Join(", ", shape.ToArray())}] of at most {MaxBytes}.");
        }
        AtomicFile.Write(path, stream =>
        {
            if (gzip)
            {
                using GZipStream packer = new(stream, CompressionLevel.Optimal, leaveOpen: true);
                packer.Write(header);
                packer.Write(data);
            }
            else
            {
                stream.Write(header);
                stream.Write(data);
            }
        });
    }

    private static (int[] Shape, byte[] Data) ReadPlain(string path, FileStream file, long length)
    {
        (int[] shape, int header) = ReadHeader(path, file, "");
        long count = Count(shape);
        if (length - header < count)
        {
            throw new IdxException(path, length,
                $"the header declares {count} bytes of data, the file ends after {length - header}. Fetch it again");
        }
        if (length - header > count)
        {
            throw new IdxException(path, header + count,
                $"{length - header - count} bytes follow the {count} bytes of data that the header declares");
        }
        byte[] data = new byte[count];
        if (ReadSome(path, file, data, header) != data.Length)
        {
            throw new IdxException(path, length, "the file became shorter while it was read. Read it again once it is complete");
        }
        return (shape, data);
    }

    /// <summary>Offsets in errors are those of the unpacked content, save where the gzip file itself is at fault.</summary>
    private static (int[] Shape, byte[] Data) ReadPacked(string path, FileStream file, long length)
    {
        if (length < GzipFrame)
        {
            throw new IdxException(path, length, $"the gzip file has {length} bytes, too few for its header and checksum. Fetch it again");
        }
        Span<byte> trailer = stackalloc byte[8];
        file.Position = length - trailer.Length;
        file.ReadExactly(trailer);
        file.Position = 0;
        using GZipStream stream = new(file, CompressionMode.Decompress, leaveOpen: true);
        (int[] shape, int header) = ReadHeader(path, stream, " (in the unpacked data)");
        long count = Count(shape);
        // The trailer holds the unpacked size: what it and the header agree on is checked against what deflate can reach.
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (size != header + count)
        {
            throw new IdxException(path, length - 4, $"the IDX header declares {header + count} bytes in all, the gzip trailer {size}. "
                + "The file is cut short, damaged, or followed by other bytes: fetch it again");
        }
        if (count > (length + 1) * PngDecoder.MaxExpansion)
        {
            throw new IdxException(path, length - 4,
                $"{length} bytes of gzip cannot unpack to {count}. The file is damaged: fetch it again");
        }
        byte[] data = new byte[count];
        int read = ReadSome(path, stream, data, header);
        if (read != data.Length)
        {
            throw new IdxException(path, length, $"the gzip data ends after {header + read} of {size} unpacked bytes. Fetch it again");
        }
        Span<byte> more = stackalloc byte[1];
        if (ReadSome(path, stream, more, header + read) != 0)
        {
            throw new IdxException(path, header + read, $"the gzip data unpacks to more than the {size} bytes declared");
        }
        return (shape, data);
    }

    private static (int[] Shape, int Bytes) ReadHeader(string path, Stream stream, string where)
    {
        Span<byte> bytes = stackalloc byte[4 + 4 * MaxRank];
        int read = ReadSome(path, stream, bytes[..4], 0);
        if (read < 4) throw new IdxException(path, read, $"the file ends inside the magic number{where}. Fetch it again");
        if (bytes[0] != 0 || bytes[1] != 0)
        {
            throw new IdxException(path, 0,
                $"the file is no IDX file: it starts with bytes 0x{bytes[0]:X2} 0x{bytes[1]:X2}, not two zeros{where}");
        }
        if (bytes[2] != 0x08)
        {
            throw new IdxException(path, 2, $"elements are {TypeName(bytes[2])}; only unsigned bytes (0x08) are read{where}");
        }
        int rank = bytes[3];
        if (rank is < 1 or > MaxRank) throw new IdxException(path, 3, $"{rank} axes, only 1 to {MaxRank} are read{where}");
        read = 4 + ReadSome(path, stream, bytes.Slice(4, 4 * rank), 4);
        if (read < 4 + 4 * rank)
        {
            throw new IdxException(path, read, $"the file ends inside the sizes of its {rank} axes{where}. Fetch it again");
        }
        int[] shape = new int[rank];
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 + 4 * i)..]);
            if (size is 0 or > int.MaxValue)
            {
                throw new IdxException(path, 4 + 4 * i, $"size {size} of axis {i} is not between 1 and {int.MaxValue}{where}");
            }
            shape[i] = (int)size;
            count *= size;
            if (count > MaxBytes)
            {
                throw new IdxException(path, 4 + 4 * i,
                    $"the sizes up to axis {i} multiply to {count} bytes, more than the limit of {MaxBytes}{where}");
            }
        }
        return (shape, read);
    }

    private static long Count(int[] shape)
    {
        long count = 1;
        foreach (int size in shape) count *= size;
        return count;
    }

    private static int ReadSome(string path, Stream stream, Span<byte> target, long at)
    {
        try
        {
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (stream is GZipStream && e is InvalidDataException or IOException)
        {
            throw new IdxException(path, at, $"the gzip data is damaged: {Printable.Line(e.Message)} Fetch it again");
        }
    }

    private static string TypeName(byte code) => code switch
    {
        0x09 => "signed bytes (0x09)",
        0x0B => "16-bit integers (0x0B)",
        0x0C => "32-bit integers (0x0C)",
        0x0D => "32-bit floats (0x0D)",
        0x0E => "64-bit floats (0x0E)",
        _ => $"of the unknown type 0x{code:X2}",
    };
}
