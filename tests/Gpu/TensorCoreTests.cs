using MiniGrad.Kernels.Gpu;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>
/// The kernels for tensor cores; elsewhere their fragments are multiplied by ordinary
/// means, so that places and roundings are tested.
/// </summary>
public class TensorCoreTests
{
    [GpuTheory]
    [InlineData(1, 1, 1)]
    [InlineData(17, 9, 5)]
    [InlineData(64, 64, 16)]
    [InlineData(65, 130, 33)]
    [InlineData(150, 200, 40)]
    public void AProductIsThatOfTheRoundedOperands(int m, int n, int k)
    {
        Tensor a = Numbers.Random([m, k], DType.F32, "a");
        Tensor c = Numbers.Random([k, n], DType.F32, "c");
        double[] expected = Numbers.Doubles(Rounded(a).Cast(DType.F64).MatMul(Rounded(c).Cast(DType.F64)));
        double[] sizes = Numbers.Doubles(a.Abs().MatMul(c.Abs()));
        foreach (bool turned in (ReadOnlySpan<bool>)[false, true])
        {
            Tensor left = turned ? a.Permute(1, 0).Contiguous().To(Device).Permute(1, 0) : a.To(Device);
            Tensor right = turned ? c.Permute(1, 0).Contiguous().To(Device).Permute(1, 0) : c.To(Device);
            Numbers.Close(expected, Numbers.Doubles(left.MatMul(right)), i => (k + 1) * 1.2e-7 * sizes[i], $"{m} x {n} x {k}");
        }
    }

    [GpuFact]
    public void AConvolutionAndItsAdjointsAreThoseOfTheRoundedOperands()
    {
        Tensor x = Numbers.Random([3, 6, 9, 7], DType.F32, "x");
        Tensor w = Numbers.Random([10, 3, 3, 3], DType.F32, "w");
        Tensor[] found = Conv(x.To(Device), w.To(Device));
        Tensor[] expected = Conv(Rounded(x).Cast(DType.F64), Rounded(w).Cast(DType.F64));
        for (int i = 0; i < found.Length; i++)
        {
            double[] exact = Numbers.Doubles(expected[i]);
            // The cotangent of y is y, which was rounded once more.
            double bound = exact.Max(Math.Abs) * (i == 0 ? 1e-5 : 2e-3);
            Numbers.Close(exact, Numbers.Doubles(found[i]), _ => bound, $"result {i}");
        }

        static Tensor[] Conv(Tensor x, Tensor w)
        {
            (Tensor a, Tensor b) = (x.Tracked(), w.Tracked());
            Tensor y = a.Conv2d(b, new ConvOptions(StrideY: 2, PadY: 1, PadX: 1, Groups: 2));
            return [y.Detach(), .. Gradient.Of((y * y).Sum() * 0.5, [a, b])];
        }
    }

    [GpuFact]
    public void InfinitiesAndNaNStay()
    {
        Tensor a = Tensor.From([float.PositiveInfinity, float.NaN, float.MaxValue, BitConverter.UInt32BitsToSingle(0x7FFFFFFF)], [4, 1])
            .To(Device);
        float[] y = a.MatMul(Ops.Ones([1, 1]).To(Device)).ToArray<float>();
        Assert.Equal(float.PositiveInfinity, y[0]);
        Assert.True(float.IsNaN(y[1]) && float.IsNaN(y[3]));
        Assert.True(y[2] > 3.4e38f);
    }

    [GpuFact]
    public void ADeviceWithoutTensorCoresRefuses()
    {
        GpuDevice device = AnyGpu.Device;
        if (device.Facts.HasTensorCores) return;
        DeviceException error = Assert.Throws<DeviceException>(() => device.OnTensorCores = true);
        Assert.Contains("has no tensor cores", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A device of its own on the same hardware, so that other tests keep their precision.</summary>
    private static readonly Lazy<GpuDevice> Own = new(() =>
    {
        GpuDevice device = AnyGpu.Fresh();
        ((GpuBackend)device.Backend).OnTensorCores = true;
        return device;
    });

    private static GpuDevice Device => Own.Value;

    /// <summary>The nearest numbers with 10 bits of fraction.</summary>
    private static Tensor Rounded(Tensor x) =>
        Tensor.From(Array.ConvertAll(x.ToArray<float>(),
            v => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(v) + 0x1000) & 0xFFFFE000)),
            x.Shape);
}
