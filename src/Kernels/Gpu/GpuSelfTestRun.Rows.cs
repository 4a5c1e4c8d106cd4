namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuSelfTestRun
{
    private void Reductions()
    {
        foreach (DType type in Reals)
        {
            foreach (Reduction reduction in (ReadOnlySpan<Reduction>)[Reduction.Sum, Reduction.Max])
            {
                Reduce(reduction, "rows", type, [3, 300, 5], layout => layout.Permute([2, 1, 0]));
                Reduce(reduction, "rows in chunks", type, [1, 8200, 1]);
                Reduce(reduction, "columns", type, [2, 37, 33]);
                Reduce(reduction, "columns in chunks", type, [1, 600, 35]);
            }
            foreach (Shape shape in (ReadOnlySpan<Shape>)[[5, 200, 1], [2, 70, 3], [3, 1, 2]])
            {
                double[] special = new double[Math.Min(140, shape.Count)];
                (special[0], special[^1]) = (double.NegativeInfinity, shape[1] == 70 ? double.NaN : 5);
                GpuSelfTestOperand x = Input(type, shape, null, special);
                GpuSelfTestOperand y = Result(DType.I32, GpuSelfTestAllowance.Exact, [shape[0], shape[2]]);
                Case($"argmax {shape} {Name(type)}", (b, v) => b.ArgMax(v(x), v(y)));
            }
        }
    }

    private void Reduce(Reduction reduction, string how, DType type, Shape shape, Func<Layout, Layout>? view = null)
    {
        bool largest = reduction == Reduction.Max;
        double[] special = largest ? [double.NegativeInfinity, double.NaN] : [];
        GpuSelfTestOperand x = Input(type, shape, view, special);
        // Sums are taken in doubles: for floats one rounding is left.
        GpuSelfTestAllowance allowance =
            largest ? GpuSelfTestAllowance.Exact : GpuSelfTestAllowance.Sum(type == DType.F32 ? 0 : x.Layout.Shape[1]);
        GpuSelfTestOperand y = Result(type, allowance, [x.Layout.Shape[0], x.Layout.Shape[2]]);
        Case($"reduce {Name(reduction)} {how} {Name(type)}", (b, v) => b.Reduce(reduction, v(x), v(y)));
    }

    private static string Name(Reduction reduction) => reduction.ToString().ToLowerInvariant();

    private void Rows()
    {
        foreach (DType type in Reals)
        {
            foreach (int n in (ReadOnlySpan<int>)[5, 300])
            {
                double[] extremes =
                    [1, 2, double.NaN, 3, 4, .. Enumerable.Repeat(double.NegativeInfinity, 5), 0, double.NegativeInfinity, 1, 700, -2];
                GpuSelfTestOperand x = Input(type, [7, n], null, n == 5 ? extremes : []);
                string of = $"of {n} {Name(type)}";
                Exponentials(type, n, x, of);
                Normalized(type, n, of);
            }
        }
    }

    private void Exponentials(DType type, int n, GpuSelfTestOperand x, string of)
    {
        // The exponent, some tens at most, carries a rounding into a factor; the series and the sum add a few.
        GpuSelfTestAllowance exponential = GpuSelfTestAllowance.Units(40);
        GpuSelfTestOperand y = Result(type, exponential, [7, n]);
        Case($"softmax {of}", (b, v) => b.Softmax(1.5, v(x), v(y)));

        GpuSelfTestOperand probabilities = InputOf(type, [7, n], value => Math.Abs(value) / n);
        GpuSelfTestOperand g = Input(type, [7, n]);
        GpuSelfTestOperand dx = Result(type, new(8 + (type == DType.F64 ? n : 0), 4), [7, n]);
        Case($"softmax adjoint {of}", (b, v) => b.SoftmaxAdjoint(1.5, v(probabilities), v(g), v(dx)));

        GpuSelfTestOperand labels = Given(DType.I32, [7], [0, 4, 3, 2, 1, 0, 4]);
        GpuSelfTestOperand slopes = Input(type, [7]);
        foreach (bool labelled in (ReadOnlySpan<bool>)[false, true])
        {
            string name = labelled ? "cross-entropy" : "log-sum-exp";
            GpuSelfTestOperand logs = Result(type, new(8, 10), [7]);
            GpuSelfTestOperand shares = Result(type, new(40, 4), [7, n]);
            Case($"{name} {of}", (b, v) => b.LogSumExp(v(x), labelled ? v(labels) : null, v(logs)));
            Case($"{name} adjoint {of}", (b, v) => b.LogSumExpAdjoint(v(x), labelled ? v(labels) : null, v(slopes), v(shares)));
        }
    }

    private void Normalized(DType type, int n, string of)
    {
        GpuSelfTestOperand x = Input(type, [7, n]);
        GpuSelfTestOperand g = Input(type, [7, n]);
        GpuSelfTestOperand scale = Input(type, [n]);
        GpuSelfTestOperand shift = Input(type, [n]);
        GpuSelfTestOperand before = Input(type, [7, n]);
        // Doubles are summed in another order. Floats the processor centres by a rounded mean,
        // so that its r is off by a rounding of a float.
        GpuSelfTestAllowance moment = new(type == DType.F64 ? n + 64 : 2L << 29, 4);
        GpuSelfTestAllowance result = new(type == DType.F64 ? n + 64 : 16, 8);
        foreach (bool whole in (ReadOnlySpan<bool>)[false, true])
        {
            string name = whole ? "normalize with scale and shift" : "normalize";
            GpuSelfTestOperand y = Result(type, result, [7, n]);
            GpuSelfTestOperand moments = Result(DType.F64, moment, [7, 2]);
            Case($"{name} {of}",
                (b, v) => b.NormalizeRows(v(x), whole ? v(scale) : null, whole ? v(shift) : null, 1e-5, v(y), whole ? v(moments) : null));
            double[] known = [.. Enumerable.Range(0, 14).Select(i => i % 2 == 0 ? 0.1 * i - 0.5 : 0.8 + 0.05 * i)];
            GpuSelfTestOperand kept = new(DType.F64, known, Layout.Contiguous([7, 2]));
            GpuSelfTestOperand dx = Result(type, result, [7, n]);
            Case($"{name} adjoint {of}",
                (b, v) => b.NormalizeRowsAdjoint(v(g), v(x), whole ? v(scale) : null, v(kept), whole ? v(before) : null, v(dx)));
        }
    }
}
