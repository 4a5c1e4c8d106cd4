using System.Globalization;
using MiniGrad.Kernels;
using MiniGrad.Kernels.Cpu;
using Xunit;
using Xunit.Abstractions;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// What Winograd's algorithm costs in accuracy, on the layers of residual networks; every element within its derived bound.
/// </summary>
public class WinogradErrorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(64, 32, 4)]
    [InlineData(128, 16, 4)]
    [InlineData(256, 8, 4)]
    [InlineData(512, 4, 2)]
    public void ErrorsAreWithinTheirBound(int channels, int side, int outputs)
    {
        if (Register<float>.Width != 16) return; // with smaller registers other shapes are chosen

        ConvShape s = new(1, channels, side, side, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1);
        ConvPlan<float> plan = ConvPlan<float>.Forward(s);
        Assert.Equal(outputs, plan.WinogradOutputs);
        double spread = Math.Sqrt(6.0 / (9 * channels));
        Tensor x = Numbers.Random([1, channels, side, side], DType.F32, "x", 0, 1);
        Tensor w = Numbers.Random([channels, channels, 3, 3], DType.F32, "w", -spread, spread);
        double[] exact = Numbers.Doubles(Convolved(x.Cast(DType.F64), w.Cast(DType.F64)));
        double[] fast = Numbers.Doubles(Convolved(x, w));
        double[] weights = Numbers.Doubles(w);
        double[] bounds = WinogradBound.Of(outputs, 1, plan.Taps, channels,
            Numbers.Doubles(x), (f, c, t) => weights[(f * channels + c) * 9 + t]);
        Numbers.Close(exact, fast, i => bounds[i], $"{s}");

        (double worst, double square, double size) = (0, 0, 0);
        for (int i = 0; i < exact.Length; i++)
        {
            double error = Math.Abs(fast[i] - exact[i]);
            worst = Math.Max(worst, error);
            square += error * error;
            size += exact[i] * exact[i];
        }
        (double rms, double most) = (Math.Sqrt(square / size), worst / Math.Sqrt(size / exact.Length));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"F({outputs} × {outputs}), {channels} channels, {side} × {side}: "
            + $"rms {rms:0.00E+0}, most {most:0.00E+0} of the output's rms"));
        // Errors of random sign add up to the root of their number: √n u, times the growth of the transforms, below 8 for these points.
        Assert.InRange(rms, 0, 8 * Math.Sqrt(channels + 24.0) * Math.Pow(2, -24));

        Tensor Convolved(Tensor image, Tensor filters)
        {
            Tensor y = Tensor.Empty(image.Shape, image.Type);
            Backend.For(Device.Cpu).Conv(s, image.View, filters.View, default, y.View);
            return y;
        }
    }
}
