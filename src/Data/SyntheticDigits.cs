namespace MiniGrad.Data;

/// <summary>
/// An endless set of 28 × 28 handwritten-looking digits in the manner of MNIST, drawn with a simulated pen. An image
/// is a function of seed and index alone and has the same bytes on every machine; each ten images from a multiple of
/// ten on hold every digit once.
/// </summary>
internal static class SyntheticDigits
{
    private const int Size = DigitPen.Side * DigitPen.Side;
    private const int Chunk = 64;

    /// <summary>The digits, which are the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>One image, row after row, black (0) paper and white (255) ink, and the digit it shows.</summary>
    public static (byte[] Pixels, int Label) Image(long seed, long index)
    {
        if (index < 0) Throw.Range($"digits: image {index} does not exist. Count images from 0.");
        byte[] pixels = new byte[Size];
        Rng rng = new Rng(seed).At("digits");
        int label = Label(rng, index);
        new DigitPen().Write(rng.At(index), label, pixels);
        return (pixels, label);
    }

    /// <summary>The images start … start + count − 1 of a seed.</summary>
    public static ImageDataSet Create(long seed, int start, int count)
    {
        if (start < 0 || count < 0) Throw.Range($"digits: {count} images from {start} on. Neither may be negative.");
        if (count > Array.MaxLength / Size)
        {
            Throw.Range($"digits: {count} images do not fit into one array; at most {Array.MaxLength / Size} do.");
        }
        byte[] pixels = new byte[count * Size];
        int[] labels = new int[count];
        Rng rng = new Rng(seed).At("digits");
        Parallel.For(0, (count + Chunk - 1) / Chunk, () => new DigitPen(), (chunk, _, pen) =>
        {
            for (int i = chunk * Chunk; i < Math.Min(count, (chunk + 1) * Chunk); i++)
            {
                long index = (long)start + i;
                labels[i] = Label(rng, index);
                pen.Write(rng.At(index), labels[i], pixels.AsSpan(i * Size, Size));
            }
            return pen;
        }, _ => { });
        return new("digits", 1, DigitPen.Side, DigitPen.Side, pixels, labels, ClassNames);
    }

    private static int Label(Rng rng, long index) => rng.At("labels").At(index / 10).Permutation(10)[(int)(index % 10)];
}
