using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// The largest of each window and its place, against the reference: rows of every length,
/// ties, signed zeros, NaN and infinities.
/// </summary>
public class MaxPoolTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    [Theory]
    [MemberData(nameof(Types))]
    public void PairsOfEveryWidth(DType type)
    {
        for (int width = 2; width <= 21; width++)
        {
            foreach (int stride in (ReadOnlySpan<int>)[1, 2, 3])
            {
                Shape shape = [2, 3, 5, width];
                Same(Numbers.Random(shape, type, $"plain {width}"), stride, $"width {width}, stride {stride}");
                Same(Special(shape, type, width), stride, $"special, width {width}, stride {stride}");
            }
        }
    }

    private static void Same(Tensor x, int stride, string what)
    {
        (Tensor expected, Tensor expectedSlope) = Pool(x.To(Device.Reference), stride);
        (Tensor actual, Tensor slope) = Pool(x, stride);
        Numbers.SameBits(expected, actual, what);
        // The gradient says which place was taken.
        Numbers.SameBits(expectedSlope, slope, $"{what}: gradient");
    }

    private static (Tensor Value, Tensor Gradient) Pool(Tensor x, int stride)
    {
        Tensor leaf = x.Tracked();
        Tensor y = leaf.MaxPool(2, stride);
        // Whole numbers, whose sums over overlapping windows are exact.
        double[] seed = [.. Enumerable.Range(1, (int)y.Count)];
        return (y, Gradient.Of(y, leaf, Numbers.Make(seed, y.Shape, x.Type, x.Device)));
    }

    private static Tensor Special(Shape shape, DType type, int seed)
    {
        double[] values = [0.0, -0.0, 1, 1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1];
        Rng rng = new Rng(5).At(seed);
        double[] drawn = new double[shape.Count];
        for (int i = 0; i < drawn.Length; i++) drawn[i] = values[rng.At(i).Below(values.Length)];
        return Numbers.Make(drawn, shape, type);
    }
}
