using MiniGrad.Data;

namespace MiniGrad.Training;

/// <summary>
/// How training images are varied: padded by a margin on each side and cropped back at a random place, and, where wanted, mirrored
/// left to right with probability 1/2. What an image becomes depends on seed, epoch and image alone, not on its batch.
/// </summary>
/// <param name="Name">The name in recipes.</param>
/// <param name="Margin">Pixels added on each side before the crop.</param>
/// <param name="Reflects">Whether the margin mirrors the image, its edge not repeated; else it is black.</param>
/// <param name="Flips">Whether images are mirrored; digits and letters must not be.</param>
public sealed record Augmentation(string Name, int Margin, bool Reflects, bool Flips = true)
{
    /// <summary>No change.</summary>
    public static Augmentation None { get; } = new("none", 0, Reflects: false, Flips: false);

    /// <summary>The augmentations that recipes can name.</summary>
    public static IReadOnlyList<Augmentation> All { get; } =
    [
        None, new("crop-flip", 4, Reflects: false), new("crop-flip-reflect", 4, Reflects: true),
        new("flip", 0, Reflects: false), new("shift", 2, Reflects: false, Flips: false),
    ];

    /// <summary>The augmentation of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static Augmentation Find(string name)
    {
        if (All.FirstOrDefault(augmentation => augmentation.Name == name) is { } found) return found;
        throw new ArgumentException(Suggestion.Unknown("recipe", name, [.. All.Select(augmentation => augmentation.Name)], "augmentation"));
    }

    /// <summary>
    /// These images, varied, as F32 [N, C, H, W] with values in [0, 1]; <paramref name="epoch"/> is the stream of the epoch.
    /// </summary>
    public Tensor Images(ImageDataSet data, ReadOnlySpan<int> indices, Rng epoch, Device? device = null)
    {
        if (Margin == 0 && !Flips) return data.Images(indices, device);
        int height = data.Height;
        int width = data.Width;
        if (Reflects && Margin >= Math.Min(height, width))
        {
            Throw.Argument($"augmentation: {Name} mirrors {Margin} pixels beyond the edge, "
                + $"more than images of {height} × {width} have. Choose another.");
        }
        ReadOnlySpan<float> unit = ImageDataSet.Unit;
        int imageSize = data.Channels * height * width;
        float[] values = new float[checked(indices.Length * imageSize)];
        Span<int> rows = stackalloc int[height];
        Span<int> columns = stackalloc int[width];
        Span<uint> draws = stackalloc uint[3];
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            if ((uint)index >= (uint)data.Count) Throw.Range($"{data.Name}: image {index} does not exist; there are {data.Count}.");
            epoch.At(index).Bits(draws);
            Places(rows, draws[0], flips: false);
            Places(columns, draws[1], flips: Flips && draws[2] >= 1u << 31);
            Span<float> target = values.AsSpan(i * imageSize, imageSize);
            ReadOnlySpan<byte> source = data.Pixels.AsSpan(index * imageSize, imageSize);
            for (int line = 0; line < data.Channels * height; line++)
            {
                int row = rows[line % height];
                if (row < 0) continue;
                Copy(source.Slice((line / height * height + row) * width, width), columns, unit, target.Slice(line * width, width));
            }
        }
        return Tensor.From(values, [indices.Length, data.Channels, height, width], device);
    }

    private static void Copy(ReadOnlySpan<byte> source, ReadOnlySpan<int> columns, ReadOnlySpan<float> unit, Span<float> target)
    {
        for (int x = 0; x < target.Length; x++)
        {
            int column = columns[x];
            if (column >= 0) target[x] = unit[source[column]];
        }
    }

    /// <summary>Where along an axis each output pixel comes from: a crop of the padded axis; −1 is the black margin.</summary>
    private void Places(Span<int> places, uint draw, bool flips)
    {
        int length = places.Length;
        int shift = (int)((ulong)draw * (2 * (uint)Margin + 1) >> 32) - Margin;
        for (int i = 0; i < length; i++)
        {
            int place = i + shift;
            if ((uint)place >= (uint)length) place = !Reflects ? -1 : place < 0 ? -place : 2 * (length - 1) - place;
            places[flips ? length - 1 - i : i] = place;
        }
    }
}
