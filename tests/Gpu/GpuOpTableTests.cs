using MiniGrad.Tests.Autograd;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>The whole table of operations on a GPU's kernels, against the reference and the processor.</summary>
public class GpuOpTableTests
{
    public static TheoryData<string> All => OpTableTests.All;

    [GpuTheory]
    [MemberData(nameof(All))]
    public void TheKernelsAgreeWithTheReference(string name) => OpTableTests.AgreesWithTheReference(OpTable.Row(name), AnyGpu.Device);

    [GpuTheory]
    [MemberData(nameof(All))]
    public void DerivativesAgreeWithTheProcessor(string name) => DerivativesAgree(OpTable.Row(name), AnyGpu.Device);

    internal static void DerivativesAgree(OpRow row, Device device)
    {
        if (row.Orders == 0) return;
        double[][] expected = Gradients(row, Device.Cpu);
        double[][] found = Gradients(row, device);
        for (int i = 0; i < expected.Length; i++)
        {
            double scale = 1 + expected[i].Max(Math.Abs);
            Numbers.Close(expected[i], found[i], _ => 1e-12 * scale, $"{row.Name}, input {i}");
        }
    }

    /// <summary>The cotangents of every input, and of their sum of squares again where the row has two orders.</summary>
    private static double[][] Gradients(OpRow row, Device device)
    {
        Tensor[] leaves = OpTableTests.Tracked(row.Inputs(DType.F64, device));
        Tensor y = row.Apply(leaves);
        Tensor u = Numbers.Random(y.Shape, y.Type, "u").To(device);
        Tensor[] first = Gradient.Of(y, leaves, u, record: row.Orders > 1);
        double[][] result = [.. first.Select(g => g.ToArray<double>())];
        if (row.Orders < 2) return result;
        Tensor total = first.Select(g => g.Square().Sum()).Aggregate((a, b) => a + b);
        return total.IsTracked ? [.. result, .. Gradient.Of(total, leaves).Select(g => g.ToArray<double>())] : result;
    }
}
