using System.Runtime.InteropServices;

namespace MiniGrad.Formats.Images;

/// <summary>
/// Image files and tensors of them. PNG and JPEG are read, told apart by the content; PNG is written.
/// </summary>
public static class ImageFile
{
    private const long MaxFileBytes = 1L << 30;

    /// <summary>The image of a PNG or JPEG file.</summary>
    /// <exception cref="BadFileException">The file is neither, is damaged, or is too large: <see cref="PngException"/> or
    /// <see cref="JpegException"/>.</exception>
    public static PixelImage Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[512];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        bool jpeg = head.StartsWith(FileSignature.Jpeg);
        if (!jpeg && !head.StartsWith(FileSignature.Png[..4]))
        {
            if (head.IsEmpty) throw new PngException(path, 0, "the file is empty. Fetch it again");
            if (ForeignFile.Describe(head, "a PNG or JPEG image") is { } foreign) throw new PngException(path, 0, $"the file {foreign}");
            throw new PngException(path, 0, "the file is no PNG and no JPEG image: its first bytes are not the signature of either");
        }
        long length = file.Length;
        if (length > MaxFileBytes) throw Bad(MaxFileBytes, $"the file has {length} bytes, an image has at most {MaxFileBytes}");
        byte[] data = new byte[length];
        file.Position = 0;
        if (file.ReadAtLeast(data, data.Length, throwOnEndOfStream: false) < data.Length)
        {
            throw Bad(length, "the file became shorter while it was read. Read it again once it is complete");
        }
        return jpeg ? Jpeg.Decode(data, path) : Png.Decode(data, path);

        BadFileException Bad(long offset, string problem) =>
            jpeg ? new JpegException(path, offset, problem) : new PngException(path, offset, problem);
    }

    /// <summary>Writes a PNG file.</summary>
    /// <exception cref="ArgumentException">The path does not end in <c>.png</c>.</exception>
    public static void Write(string path, PixelImage image)
    {
        string extension = Path.GetExtension(path);
        if (!extension.Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            Throw.Argument($"image: {path}: no writer for the extension \"{extension}\". Use .png.");
        }
        byte[] bytes = Png.Encode(image);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>
    /// The image as an F32 tensor [1, channels, height, width] in [0, 1], with 1 channel (grey) or 3 (RGB). Alpha is
    /// composited on white; RGB becomes grey by the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B.
    /// </summary>
    public static Tensor ToTensor(PixelImage image, int channels)
    {
        if (channels is not (1 or 3)) Throw.Argument($"image: {channels} channels asked for, only 1 (grey) or 3 (RGB) are possible.");
        int plane = image.Width * image.Height;
        Tensor tensor = Tensor.Empty([1, channels, image.Height, image.Width], DType.F32);
        Span<float> values = MemoryMarshal.Cast<byte, float>(((CpuStorage)tensor.Storage).Bytes);
        bool grey = image.Channels <= 2;
        bool alpha = image.Channels is 2 or 4;
        Span<float> color = stackalloc float[3];
        for (int i = 0; i < plane; i++)
        {
            ReadOnlySpan<byte> pixel = image.Pixels.AsSpan(i * image.Channels, image.Channels);
            for (int k = 0; k < 3; k++)
            {
                float value = pixel[grey ? 0 : k] / 255f;
                float cover = alpha ? pixel[^1] / 255f : 1;
                color[k] = alpha ? value * cover + (1 - cover) : value;
            }
            if (channels == 3)
            {
                for (int k = 0; k < 3; k++) values[k * plane + i] = color[k];
            }
            else
            {
                // Grey stays exactly what it was; the weights only sum to 1 up to rounding.
                values[i] = grey ? color[0] : Math.Min(1, 0.299f * color[0] + 0.587f * color[1] + 0.114f * color[2]);
            }
        }
        return tensor;
    }

    /// <summary>
    /// One image of an F32 tensor [n, 1 to 4 channels, height, width]: values are clamped to
    /// [0, 1] and rounded to the nearest of 256 levels.
    /// </summary>
    public static PixelImage FromTensor(Tensor tensor, int index)
    {
        Shape shape = tensor.Shape;
        if (shape.Rank != 4 || tensor.Type != DType.F32 || shape[1] is < 1 or > 4)
        {
            Throw.Argument($"image: {tensor.Type} {shape} is no batch of images. Pass F32 [n, 1 to 4, height, width].");
        }
        if (index < 0 || index >= shape[0]) Throw.Range($"image: index {index} is outside a batch of {shape[0]}.");
        Tensor one = new(tensor.Storage, tensor.Layout.Slice(0, index, 1));
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(HostBytes.Bytes(one));
        int channels = shape[1];
        int plane = shape[2] * shape[3];
        byte[] pixels = new byte[values.Length];
        for (int k = 0; k < channels; k++)
        {
            for (int i = 0; i < plane; i++)
            {
                float value = values[k * plane + i];
                if (float.IsNaN(value))
                {
                    throw new NumericalException($"image: pixel {i} of channel {k} of image {index} is NaN, which has no colour.");
                }
                pixels[i * channels + k] = (byte)(Math.Clamp(value, 0f, 1f) * 255f + 0.5f);
            }
        }
        // The span does not keep the pooled memory of the tensor from being reused.
        GC.KeepAlive(tensor);
        return new(shape[3], shape[2], channels, pixels);
    }
}
