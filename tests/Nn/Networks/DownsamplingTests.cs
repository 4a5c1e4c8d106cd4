using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using Xunit;

namespace MiniGrad.Tests.Nn.Networks;

/// <summary>The low-pass filter of anti-aliased networks, and where it goes.</summary>
public sealed class DownsamplingTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public void AConstantImageStaysConstantAtEverySize(int taps)
    {
        for (int size = taps / 2 + 1; size <= 9; size++)
        {
            for (int stride = 1; stride <= 3; stride++)
            {
                Tensor y = Ops.Full([2, 3, size, size + 1], 0.7, DType.F64).BlurPool(taps, stride);

                Assert.Equal(new Shape(2, 3, (size + stride - 1) / stride, (size + stride) / stride), y.Shape);
                Assert.All(y.ToArray<double>(), value => Assert.Equal(0.7, value, 14));
            }
        }
    }

    [Fact]
    public void FourTapsAreTheBinomialOnes()
    {
        double[] pixels = new double[64];
        pixels[3 * 8 + 4] = 64;
        double[] y = Tensor.From(pixels, [1, 1, 8, 8]).BlurPool(4, 1).ToArray<double>();

        // One pixel before, two after: the filter, turned, lies from row 1 to 4 and column 2 to 5.
        double[] taps = [1, 3, 3, 1];
        for (int i = 0; i < 64; i++)
        {
            (int row, int column) = (i / 8 - 1, i % 8 - 2);
            double expected = row is >= 0 and < 4 && column is >= 0 and < 4 ? taps[row] * taps[column] : 0;
            Assert.Equal(expected, y[i], 12);
        }
    }

    [Fact]
    public void OneTapIsPlainSubsampling()
    {
        Tensor x = Tensor.From(Array.ConvertAll(new Rng(1).Uniform(49), u => (double)u), [1, 1, 7, 7]);

        Assert.Equal(x.Slice(2, 0, step: 2).Slice(3, 0, step: 2).ToArray<double>(), x.BlurPool(1, 2).ToArray<double>());
    }

    [Fact]
    public void TooSmallAnImageAndWrongTapsAreRefused()
    {
        Assert.Contains("too few", Assert.Throws<ArgumentException>(() => Ops.Zeros([1, 1, 2, 5]).BlurPool(4)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ops.Zeros([1, 1, 9, 9]).BlurPool(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Downsampling(1));
    }

    [Theory, InlineData("resnet20-cifar", 4), InlineData("wrn-10-1", 3), InlineData("preact-resnet18", 7), InlineData("lenet5", 2)]
    public void ABlurChangesTheFunctionButNoWeight(string name, int taps)
    {
        Network plain = ModelCatalog.Create(name, 1);
        Network blurred = ModelCatalog.Load(name, plain.Parameters.ToDictionary(p => p.Name, p => p.Value), new() { BlurPool = taps });
        Tensor x = Tensor.From(new Rng(2).Uniform((int)plain.InputShape.Count), [1, .. plain.InputShape.ToArray()]);

        float[] a = plain.Forward(x).ToArray<float>();
        float[] b = blurred.Forward(x).ToArray<float>();

        Assert.Equal(plain.Parameters.Count, blurred.Parameters.Count);
        Assert.Contains(Enumerable.Range(0, a.Length), i => Math.Abs(a[i] - b[i]) > 1e-3);
    }
}
