namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>
    /// Elements that one group adds up, where neighbours lie along the reduced axis, and that one work item does, where
    /// they lie across it.
    /// </summary>
    private const int RowChunk = 8192;

    private const int ColumnChunk = 512;

    /// <summary>From this many columns on, a work item takes a column.</summary>
    private const int ManyColumns = 32;

    /// <summary>Work items of a group of the arg-reduction.</summary>
    private const int ArgGroup = 64;

    public override void Reduce(Reduction reduction, in View x, in View y)
    {
        (int outer, int n, int inner) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        long outputs = (long)outer * inner;
        if (outputs == 0) return;
        int chunk = inner < ManyColumns ? RowChunk : ColumnChunk;
        int chunks = Math.Max(1, (n + chunk - 1) / chunk);
        if (chunks == 1)
        {
            Reduce(reduction, x, n, chunk, 1, y);
            return;
        }
        GpuStorage parts = Scratch(DType.F64, outputs * chunks);
        View partial = new(parts, Layout.Contiguous([outer, chunks, inner]));
        Reduce(reduction, x, n, chunk, chunks, partial);
        Reduce(reduction, partial, y);
        parts.Recycle();
    }

    public override void ArgMax(in View x, in View y)
    {
        (int outer, int n, int inner) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        Arguments arguments = Arguments.New().Add((uint)n).Add((uint)inner)
            .Add(x.Layout.Stride(0)).Add(x.Layout.Stride(1)).Add(x.Layout.Stride(2)).Add(x).Add(y);
        Run(new("argmax", "argmax", x.Type), new Grid(ArgGroup, (long)outer * inner), arguments, Plain);
    }

    private void Reduce(Reduction reduction, in View x, int n, int chunk, int chunks, in View y)
    {
        int inner = x.Shape[2];
        long outputs = (long)x.Shape[0] * chunks * inner;
        bool rows = inner < ManyColumns;
        Arguments arguments = Arguments.New();
        if (!rows) arguments.Add((ulong)outputs);
        arguments.Add((uint)n).Add((uint)chunk).Add((uint)chunks).Add((uint)inner)
            .Add(x.Layout.Stride(0)).Add(x.Layout.Stride(1)).Add(x.Layout.Stride(2)).Add(x).Add(y);
        Grid grid = rows ? new(Group, outputs) : Grid.For(outputs, Group);
        Run(new("reduce", rows ? "rows" : "columns", x.Type, y.Type, reduction), grid, arguments, ReduceProgram);
    }

    internal static KernelProgram ReduceProgram(KernelKey key)
    {
        bool largest = (Reduction)key.Variant! == Reduction.Max;
        string definitions = $"#define REAL float\n#define IN {KernelProgram.CName(key.Type)}\n"
            + $"#define OUT {KernelProgram.CName(key.Other)}\n#define ACC {(largest ? "IN" : "WIDE")}\n"
            + (largest ? "#define REDUCE_MAX\n" : "");
        return KernelProgram.Of($"reduce-{key.Variant}-{key.Type}-{key.Other}".ToLowerInvariant(), definitions, "reduce");
    }
}
