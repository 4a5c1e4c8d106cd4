using MiniGrad.Kernels;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// One shape of every family of convolutions: the same bits in any batch and on any number
/// of threads, with and without kept weights.
/// </summary>
[Collection(SerialCollection.Name)]
public sealed class FamilySameBitsTests : IDisposable
{
    private const int Batch = 5;

    private static readonly Backend Cpu = Backend.For(Device.Cpu);

    private readonly int former = Computing.Default.Threads;

    public void Dispose() => Computing.Default = Computing.Default with { Threads = former };

    public static TheoryData<string> Forwards => [.. ConvFamily.Forwards];

    public static TheoryData<string> Backwards => [.. ConvFamily.Backwards];

    public static TheoryData<string> Weights => [.. ConvFamily.Weights];

    private delegate void Kernel(in ConvShape shape, in View image, in View weights, in Epilogue epilogue, in View to);

    [Theory]
    [MemberData(nameof(Forwards))]
    public void Forward(string family)
    {
        foreach (ConvShape s in Shapes(s => ConvFamily.Forward(s) == family))
        {
            Check(family, s, Images(s), Outputs(s), Draw([s.Filters], "shift"), Cpu.Conv);
        }
    }

    [Theory]
    [MemberData(nameof(Backwards))]
    public void InputGradient(string family)
    {
        foreach (ConvShape s in Shapes(s => ConvFamily.Backward(s) == family)) Check(family, s, Outputs(s), Images(s), null, Cpu.ConvInput);
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void WeightGradient(string family)
    {
        foreach (ConvShape shape in Shapes(s => ConvFamily.Weight(s) == family))
        {
            ConvShape s = shape with { Batch = 37 };
            (Tensor x, Tensor g) = (Draw(Images(s), "x"), Draw(Outputs(s), "g"));
            Tensor? expected = null;
            foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 8])
            {
                Computing.Default = Computing.Default with { Threads = threads };
                Tensor dw = Tensor.Empty(Filters(s), DType.F32);
                Cpu.ConvWeight(s, x.View, g.View, dw.View);
                Numbers.SameBits(expected ??= dw, dw, $"{family} on {threads} threads, {s}");
            }
        }
    }

    private static void Check(string family, ConvShape s, Shape from, Shape to, Tensor? shift, Kernel kernel)
    {
        (Tensor image, Tensor residual, Tensor gate) = (Draw(from, "image"), Draw(to, "residual"), Draw(to, "gate"));
        Tensor fresh = Draw(Filters(s), "w");
        Tensor kept = Draw(Filters(s), "w");
        kept.Storage.IsReused = true;
        Computing.Default = Computing.Default with { Threads = 1 };
        Tensor expected = Compute(0, Batch, fresh);
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 8])
        {
            Computing.Default = Computing.Default with { Threads = threads };
            string what = $"{family} on {threads} threads, {s}";
            Numbers.SameBits(expected, Compute(0, Batch, fresh), what);
            // The second time from the kept copy.
            Numbers.SameBits(expected, Compute(0, Batch, kept), what + ", packed");
            Numbers.SameBits(expected, Compute(0, Batch, kept), what + ", packed before");
            for (int i = 0; i < Batch; i++)
            {
                Numbers.SameBits(expected.Slice(0, i, i + 1), Compute(i, i + 1, i % 2 == 0 ? kept : fresh), $"{what}, image {i} alone");
            }
            Numbers.SameBits(expected.Slice(0, 1, 4), Compute(1, 4, fresh), what + ", images 1 to 3");
        }

        Tensor Compute(int first, int end, Tensor weights)
        {
            Tensor y = Tensor.Empty([end - first, to[1], to[2], to[3]], DType.F32);
            Epilogue epilogue = new(shift?.View, residual.Slice(0, first, end).View, shift is not null, gate.Slice(0, first, end).View);
            kernel(s with { Batch = end - first }, image.Slice(0, first, end).View, weights.View, epilogue, y.View);
            return y;
        }
    }

    /// <summary>The first and the last shape of a family, in a batch.</summary>
    private static ConvShape[] Shapes(Func<ConvShape, bool> isOfFamily)
    {
        ConvShape[] found = [.. ConvFamily.Shapes().Where(isOfFamily).Select(s => s with { Batch = Batch })];
        return [found[0], found[^1]];
    }

    private static Shape Images(in ConvShape s) => [s.Batch, s.Channels, s.Height, s.Width];

    private static Shape Outputs(in ConvShape s) => [s.Batch, s.Filters, s.OutHeight, s.OutWidth];

    private static Shape Filters(in ConvShape s) => [s.Filters, s.GroupChannels, s.KernelHeight, s.KernelWidth];

    private static Tensor Draw(Shape shape, string name) => Numbers.Random(shape, DType.F32, name);
}
