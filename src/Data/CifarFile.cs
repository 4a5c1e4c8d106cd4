using System.Text;
using MiniGrad.Formats;

namespace MiniGrad.Data;

/// <summary>
/// The binary files of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label byte and 3 × 32 × 32
/// pixel bytes, without a header; and the list of class names beside them.
/// </summary>
internal static class CifarFile
{
    /// <summary>Height and width of an image.</summary>
    public const int Side = 32;

    /// <summary>Pixel bytes of an image.</summary>
    public const int ImageBytes = 3 * Side * Side;

    /// <summary>Bytes of a record: the label and the pixels.</summary>
    public const int RecordBytes = 1 + ImageBytes;

    /// <summary>The most images a file may have; those of CIFAR-10 have 10,000.</summary>
    public const int MaxImages = 20_000;

    /// <summary>Labels are 0 … 9.</summary>
    public const int ClassCount = 10;

    private const int MaxNameBytes = 4096;

    /// <summary>The images and labels of a file such as <c>data_batch_1.bin</c>.</summary>
    public static CifarBatch Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[512];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (ForeignFile.Describe(head, "a CIFAR-10 batch") is { } foreign) throw new CifarException(path, 0, $"the file {foreign}");
        file.Position = 0;
        return Read(path, file, file.Length, "");
    }

    /// <summary>The ten class names of a file such as <c>batches.meta.txt</c>: one a line.</summary>
    public static IReadOnlyList<string> ReadClassNames(string path)
    {
        using FileStream file = File.OpenRead(path);
        return ReadClassNames(path, file, file.Length, "");
    }

    /// <summary>The records that fill the next bytes of a stream; offsets in errors count from here.</summary>
    internal static CifarBatch Read(string path, Stream stream, long length, string where)
    {
        if (length == 0) throw new CifarException(path, 0, $"{where}the file is empty. Fetch it again");
        if (length % RecordBytes != 0)
        {
            throw new CifarException(path, length - length % RecordBytes,
                $"{where}{length} bytes are not a whole number of records of {RecordBytes}: "
                + "the file is cut short or no CIFAR-10 batch. Fetch it again");
        }
        if (length / RecordBytes > MaxImages)
        {
            throw new CifarException(path, (long)MaxImages * RecordBytes,
                $"{where}{length / RecordBytes} images, more than the limit of {MaxImages}. Split the file");
        }
        int count = (int)(length / RecordBytes);
        // The first label is looked at before memory is taken: most files that are not CIFAR-10 end here.
        Span<byte> label = stackalloc byte[1];
        byte[]? pixels = null;
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            Fill(path, stream, label, (long)i * RecordBytes, where);
            if (label[0] >= ClassCount)
            {
                throw new CifarException(path, (long)i * RecordBytes,
                    $"{where}label {label[0]} of image {i} is not one of 0 … {ClassCount - 1}: "
                    + "the file is damaged or no CIFAR-10 batch. Fetch it again");
            }
            labels[i] = label[0];
            pixels ??= new byte[count * ImageBytes];
            Fill(path, stream, pixels.AsSpan(i * ImageBytes, ImageBytes), (long)i * RecordBytes + 1, where);
        }
        return new(pixels!, labels);
    }

    internal static IReadOnlyList<string> ReadClassNames(string path, Stream stream, long length, string where)
    {
        if (length > MaxNameBytes) throw new CifarException(path, MaxNameBytes, $"{where}{length} bytes, too many for ten class names");
        byte[] bytes = new byte[length];
        Fill(path, stream, bytes, 0, where);
        string[] names =
            [.. Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        if (names.Length != ClassCount)
        {
            throw new CifarException(path, 0,
                $"{where}{names.Length} lines where {ClassCount} class names belong. Repair or delete the file");
        }
        foreach (string name in names)
        {
            if (name.Any(char.IsControl))
            {
                throw new CifarException(path, 0,
                    $"{where}the class name {Printable.Name(name)} has control characters. Repair or delete the file");
            }
        }
        return names;
    }

    private static void Fill(string path, Stream stream, Span<byte> target, long at, string where)
    {
        int read = stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        if (read < target.Length)
        {
            throw new CifarException(path, at + read, $"{where}the data ends early. Read it again once it is complete, or fetch it again");
        }
    }
}

/// <summary>The images of one file of CIFAR-10: 3 × 32 × 32 bytes an image (red, green, blue; rows first), and their labels.</summary>
internal sealed record CifarBatch(byte[] Pixels, int[] Labels);
