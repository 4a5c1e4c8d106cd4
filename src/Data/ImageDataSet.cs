using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MiniGrad.Data;

/// <summary>Labelled images in memory, one byte a value, each image as channels, rows, columns.</summary>
public sealed class ImageDataSet
{
    private static readonly float[] UnitValues = UnitTable();

    private readonly Lazy<string> sha256;

    /// <summary>
    /// A data set of these bytes, which are not copied: pixels [images, channels, height,
    /// width], and a label for each image.
    /// </summary>
    /// <exception cref="ArgumentException">A size is below 1, the numbers of bytes and labels do not
    /// fit, or a label has no class name.</exception>
    public ImageDataSet(
        string name, int channels, int height, int width, byte[] pixels, int[] labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (channels < 1 || height < 1 || width < 1)
        {
            Throw.Argument($"{name}: image size {channels} × {height} × {width}: each must be at least 1.");
        }
        if ((Int128)labels.Length * channels * height * width != pixels.Length)
        {
            Throw.Argument(
                $"{name}: {pixels.Length} bytes of pixels for {labels.Length} labels of {channels} × {height} "
                + $"× {width}. Pass one label an image.");
        }
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] < (uint)classNames.Count) continue;
            Throw.Argument($"{name}: label {labels[i]} of image {i} is not one of 0 … {classNames.Count - 1}. Name every class.");
        }
        Name = name;
        Channels = channels;
        Height = height;
        Width = width;
        Pixels = pixels;
        Labels = labels;
        ClassNames = classNames;
        sha256 = new(Hash);
    }

    /// <summary>The name in messages and results, with the part of the set.</summary>
    public string Name { get; }

    /// <summary>1 for grey images, 3 for RGB.</summary>
    public int Channels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Pixels in a row of an image.</summary>
    public int Width { get; }

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>Labels are 0 … ClassCount − 1.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>What each class is called, by label.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>All values, image after image.</summary>
    public byte[] Pixels { get; }

    /// <summary>One class an image, from 0.</summary>
    public int[] Labels { get; }

    /// <summary>SHA-256, in lower-case hexadecimal, of the pixels followed by the labels as little-endian 32-bit integers.</summary>
    public string Sha256 => sha256.Value;

    /// <summary>The value in [0, 1] of each byte.</summary>
    internal static ReadOnlySpan<float> Unit => UnitValues;

    private int ImageSize => Channels * Height * Width;

    /// <summary>The same images, each in the middle of a black one of twice the height and width.</summary>
    public ImageDataSet OnCanvas()
    {
        (int height, int width) = (2 * Height, 2 * Width);
        byte[] pixels = new byte[checked((long)Count * Channels * height * width)];
        for (long line = 0; line < (long)Count * Channels * Height; line++)
        {
            (long plane, long row) = (line / Height, line % Height);
            Pixels.AsSpan(checked((int)(line * Width)), Width)
                .CopyTo(pixels.AsSpan(checked((int)((plane * height + Height / 2 + row) * width + Width / 2))));
        }
        return new($"{Name} on canvas", Channels, height, width, pixels, Labels, ClassNames);
    }

    /// <summary>These images as F32 [N, C, H, W] with values in [0, 1].</summary>
    public Tensor Images(ReadOnlySpan<int> indices, Device? device = null)
    {
        float[] values = new float[checked(indices.Length * ImageSize)];
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            if ((uint)index >= (uint)Count) Throw.Range($"{Name}: image {index} does not exist; there are {Count}.");
            Scale(Pixels.AsSpan(index * ImageSize, ImageSize), values.AsSpan(i * ImageSize, ImageSize));
        }
        return Tensor.From(values, [indices.Length, Channels, Height, Width], device);
    }

    /// <summary>Neighbouring images as F32 [count, C, H, W] with values in [0, 1].</summary>
    public Tensor Images(int start, int count, Device? device = null)
    {
        if (start < 0 || count < 0 || start > Count - count)
        {
            Throw.Range($"{Name}: images {start} … {(long)start + count - 1} do not all exist; there are {Count}.");
        }
        float[] values = new float[count * ImageSize];
        Scale(Pixels.AsSpan(start * ImageSize, values.Length), values);
        return Tensor.From(values, [count, Channels, Height, Width], device);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} images of {Channels} × {Height} × {Width}, {ClassCount} classes";

    private static void Scale(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        for (int i = 0; i < pixels.Length; i++) values[i] = UnitValues[pixels[i]];
    }

    private static float[] UnitTable()
    {
        float[] unit = new float[256];
        for (int i = 0; i < unit.Length; i++) unit[i] = i / 255f;
        return unit;
    }

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Pixels);
        byte[] bytes = new byte[4 * Labels.Length];
        for (int i = 0; i < Labels.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), Labels[i]);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
