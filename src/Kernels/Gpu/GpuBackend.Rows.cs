namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>Work items of a group of the row kernels.</summary>
    private const int RowGroup = 128;

    public override void Softmax(double scale, in View x, in View y)
    {
        if (x.Shape.Count == 0) return;
        int n = x.Shape[-1];
        Arguments arguments = Arguments.New().Add((uint)n).AddReal(x.Type, scale).Add(x);
        Run(new("softmax", "softmax", x.Type), new(RowGroup, x.Shape.Count / n), AddResult(arguments, x, y), WithMath);
    }

    public override void SoftmaxAdjoint(double scale, in View y, in View g, in View dx)
    {
        if (y.Shape.Count == 0) return;
        int n = y.Shape[-1];
        Arguments arguments = Arguments.New().Add((uint)n).AddReal(y.Type, scale).Add(y).Add(g);
        Run(new("softmax", "softmax_adjoint", y.Type), new(RowGroup, y.Shape.Count / n), AddResult(arguments, g, dx), WithMath);
    }

    public override void LogSumExp(in View x, in View? labels, in View y)
    {
        if (x.Shape.Count == 0) return;
        int n = x.Shape[-1];
        Run(new("softmax", "log_sum_exp", x.Type), new(RowGroup, x.Shape.Count / n),
            Arguments.New().Add((uint)n).Add(x).Add(labels).Add(y), WithMath);
    }

    public override void LogSumExpAdjoint(in View x, in View? labels, in View g, in View dx)
    {
        if (x.Shape.Count == 0) return;
        int n = x.Shape[-1];
        Run(new("softmax", "log_sum_exp_adjoint", x.Type), new(RowGroup, x.Shape.Count / n),
            Arguments.New().Add((uint)n).Add(x).Add(labels).Add(g).Add(dx), WithMath);
    }

    public override void NormalizeRows(in View x, in View? scale, in View? shift, double epsilon, in View y, in View? moments)
    {
        if (x.Shape.Count == 0) return;
        int n = x.Shape[-1];
        Arguments arguments = Arguments.New().Add((uint)n).Add(epsilon).Add(x).Add(scale).Add(shift).Add(y).Add(moments);
        Run(new("normalize", "normalize_rows", x.Type), new(RowGroup, x.Shape.Count / n), arguments, NormalizeProgram);
    }

    public override void NormalizeRowsAdjoint(in View g, in View x, in View? scale, in View moments, in View? sum, in View dx)
    {
        if (x.Shape.Count == 0) return;
        int n = x.Shape[-1];
        Arguments arguments = Arguments.New().Add((uint)n).Add(g).Add(x).Add(scale).Add(moments).Add(sum).Add(dx);
        Run(new("normalize", "normalize_rows_adjoint", x.Type), new(RowGroup, x.Shape.Count / n), arguments, NormalizeProgram);
    }

    /// <summary>Adds a result that may take the place of an operand added before.</summary>
    private static Arguments AddResult(Arguments arguments, in View operand, in View result)
    {
        if (ReferenceEquals(operand.Storage, result.Storage)) ((GpuStorage)result.Storage).PrepareOverwrite();
        return arguments.Add(result);
    }

    internal static KernelProgram NormalizeProgram(KernelKey key) =>
        KernelProgram.Of(key.Program, key.Type, "", "math", "softmax", "normalize");
}
