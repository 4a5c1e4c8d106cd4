using MiniGrad.Kernels;
using MiniGrad.Kernels.Cpu;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Every family of convolutions of floats against the reference, at odd sizes and under every epilogue.</summary>
public class ConvFamilyTests
{
    [Fact]
    public void EachFamilyIsChosenBySomeShape()
    {
        Assert.Empty(ConvFamily.Forwards.Except(ConvFamily.Shapes().Select(s => ConvFamily.Forward(s))));
        Assert.Empty(ConvFamily.Backwards.Except(ConvFamily.Shapes().Select(s => ConvFamily.Backward(s))));
        Assert.Empty(ConvFamily.Weights.Except(ConvFamily.Shapes().Select(s => ConvFamily.Weight(s))));
    }

    [Fact]
    public void EveryShapeUnderEveryFinish()
    {
        foreach (ConvShape shape in ConvFamily.Shapes()) Check(shape);
    }

    /// <summary>A NaN reaches the planes of its own filter and passes the maximum there; others see nothing of it.</summary>
    [Fact]
    public void ANaNPassesTheMaximum()
    {
        foreach (ConvShape s in ConvFamily.Shapes())
        {
            double[] shifts = new double[s.Filters];
            shifts[s.Filters / 2] = double.NaN;
            Tensor y = Tensor.Empty([s.Batch, s.Filters, s.OutHeight, s.OutWidth], DType.F32);
            Tensor shift = Numbers.Make(shifts, [s.Filters], DType.F32);
            Backend.For(Device.Cpu)
                .Conv(s, Draw(Images(s), "x").View, Draw(Filters(s), "w").View, new Epilogue(shift.View, null, true), y.View);
            double[] result = Numbers.Doubles(y);
            for (int i = 0; i < result.Length; i++)
            {
                bool isNaN = i / s.OutPixels % s.Filters == s.Filters / 2;
                Assert.True(isNaN ? double.IsNaN(result[i]) : result[i] >= 0, $"{ConvFamily.Forward(s)} {s}: element {i} is {result[i]}");
            }
        }
    }

    private static Shape Images(in ConvShape s) => [s.Batch, s.Channels, s.Height, s.Width];

    private static Shape Filters(in ConvShape s) => [s.Filters, s.GroupChannels, s.KernelHeight, s.KernelWidth];

    private static Tensor Draw(Shape shape, string name) => Numbers.Random(shape, DType.F32, name);

    private static void Check(ConvShape s)
    {
        Backend fast = Backend.For(Device.Cpu);
        Shape outputs = [s.Batch, s.Filters, s.OutHeight, s.OutWidth];
        (Tensor x, Tensor w, Tensor g) = (Draw(Images(s), "x"), Draw(Filters(s), "w"), Draw(outputs, "g"));
        (double[] pixels, double[] weights, double[] slopes) = (Numbers.Doubles(x), Numbers.Doubles(w), Numbers.Doubles(g));
        int kernel = s.KernelHeight * s.KernelWidth;

        ConvPlan<float> plan = ConvPlan<float>.Forward(s);
        (double[] exact, double[] sizes) = Sums(outputs, x, w, (backend, a, b, y) => backend.Conv(s, a, b, default, y));
        double[] bounds = plan.WinogradOutputs == 0 ? Plain(sizes, s.Taps)
            : WinogradBound.Of(plan.WinogradOutputs, s.Batch, plan.Taps, s.Filters,
                pixels, (f, c, t) => weights[(f * s.Channels + c) * 9 + t]);
        EpilogueCheck.Every(outputs, DType.F32, exact, i => bounds[i], s.Filters, i => i / s.OutPixels % s.Filters,
            (epilogue, y) => fast.Conv(s, x.View, w.View, epilogue, y), $"{ConvFamily.Forward(s)} {s}");

        (exact, sizes) = Sums(Images(s), g, w, (backend, a, b, y) => backend.ConvInput(s, a, b, default, y));
        double[] inputBounds = Plain(sizes, s.GroupFilters * kernel);
        WidenToWinograd(s, slopes, weights, inputBounds);
        EpilogueCheck.Every(Images(s), DType.F32, exact, i => inputBounds[i], 0, i => 0,
            (epilogue, dx) => fast.ConvInput(s, g.View, w.View, epilogue, dx), $"input, {ConvFamily.Backward(s)} {s}");

        (exact, sizes) = Sums(Filters(s), x, g, (backend, a, b, y) => backend.ConvWeight(s, a, b, y));
        Tensor dw = Tensor.Empty(Filters(s), DType.F32);
        fast.ConvWeight(s, x.View, g.View, dw.View);
        double[] weightBounds = Plain(sizes, s.Batch * s.OutPixels);
        Numbers.Close(exact, Numbers.Doubles(dw), i => weightBounds[i], $"weight, {ConvFamily.Weight(s)} {s}");
    }

    /// <summary>
    /// The bounds of those pixels of the input gradient that come from Winograd's
    /// algorithm: all of them, or some phases of a stride.
    /// </summary>
    private static void WidenToWinograd(ConvShape s, double[] slopes, double[] weights, double[] bounds)
    {
        ConvPlan<float>[] phases = ConvPlan<float>.Backward(s);
        for (int i = 0; i < phases.Length && phases[0].BlockedPhases is null; i++)
        {
            ConvTaps taps = phases[i].Taps;
            if (phases[i].WinogradOutputs == 0 || taps.OutPixels == 0) continue;
            double[] phase = WinogradBound.Of(phases[i].WinogradOutputs, s.Batch, taps, s.Channels, slopes,
                (c, f, t) => weights[(f * s.Channels + c) * s.KernelHeight * s.KernelWidth + taps.Places[t]]);
            for (int p = 0; p < phase.Length; p++)
            {
                (int plane, int pixel) = Math.DivRem(p, taps.OutPixels);
                int y = pixel / taps.OutWidth * s.StrideY + i / s.StrideX;
                bounds[(plane * s.Height + y) * s.Width + pixel % taps.OutWidth * s.StrideX + i % s.StrideX] = phase[p];
            }
        }
    }

    private static double[] Plain(double[] sizes, int products) =>
        Array.ConvertAll(sizes, size => (products + 1) * Numbers.Epsilon(DType.F32) * size);

    /// <summary>The sums of products, from the reference in double, and the sums of their absolute values.</summary>
    private static (double[] Exact, double[] Sizes) Sums(Shape shape, Tensor a, Tensor b, Action<Backend, View, View, View> kernel)
    {
        Tensor exact = Tensor.Empty(shape, DType.F64, Device.Reference);
        kernel(Backend.For(Device.Reference), Doubled(a, Device.Reference).View, Doubled(b, Device.Reference).View, exact.View);
        Tensor sizes = Tensor.Empty(shape, DType.F64);
        kernel(Backend.For(Device.Cpu), Numbers.Absolute(Doubled(a, Device.Cpu)).View,
            Numbers.Absolute(Doubled(b, Device.Cpu)).View, sizes.View);
        return (Numbers.Doubles(exact), Numbers.Doubles(sizes));
    }

    private static Tensor Doubled(Tensor x, Device device) => Numbers.Make(Numbers.Doubles(x), x.Shape, DType.F64, device);
}
