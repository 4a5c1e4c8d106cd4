using MiniGrad.Kernels.Cpu;

namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>The side of the squares in which a transpose moves; shorter axes are copied element by element.</summary>
    private const int Square = 32;

    /// <summary>Group counts along the second and third axis end here on every driver.</summary>
    internal const int MostGroups = 65535;

    public override void Fill(in View y, double value)
    {
        long count = y.Shape.Count;
        if (count == 0) return;
        Rows rows = new(y.Layout, y.Layout);
        (GpuSizes sizes, GpuSteps steps) = Walk(rows, y.Layout, 0, y.Layout.IsContiguous, count);
        Arguments arguments = Arguments.New().Add((ulong)count).Add(sizes).Add(steps).Add(y.Storage);
        switch (y.Type)
        {
            case DType.F32: arguments.Add((float)value); break;
            case DType.F64: arguments.Add(value); break;
            case DType.I32: arguments.Add((int)value); break;
            default: arguments.Add((byte)(value != 0 ? 1 : 0)); break;
        }
        Run(new("move", "fill", y.Type, y.Type), Grid.For(count, Group), arguments, MoveProgram);
    }

    public override void Copy(in View x, in View y)
    {
        long count = y.Shape.Count;
        if (count == 0) return;
        bool flat = x.Layout.IsContiguous && y.Layout.IsContiguous;
        Rows rows = new(x.Layout, y.Layout);
        if (!flat && Turn(rows, x, y)) return;
        (GpuSizes sizes, GpuSteps from) = Walk(rows, x.Layout, 0, flat, count);
        GpuSteps to = flat ? new() { Offset = y.Layout.Offset } : GpuSteps.Of(rows, 1);
        Arguments arguments = Arguments.New().Add((ulong)count).Add(sizes).Add(from).Add(to).Add(x.Storage).Add(y.Storage);
        Run(new("move", "copy", x.Type, y.Type), Grid.For(count, Group), arguments, MoveProgram);
    }

    /// <summary>Copies by squares where the elements lie together along another axis in x than in y.</summary>
    private bool Turn(in Rows rows, in View x, in View y)
    {
        if (rows.Axes is < 2 or > 3 || rows.Stride(1, 0) != 1 || rows.Size(0) < Square) return false;
        int across = rows.Stride(0, 1) == 1 ? 1 : rows.Axes == 3 && rows.Stride(0, 2) == 1 ? 2 : 0;
        if (across == 0 || rows.Size(across) < Square) return false;
        int other = rows.Axes == 3 ? 3 - across : 0;
        long planes = other == 0 ? 1 : rows.Size(other);
        long tall = (rows.Size(across) + Square - 1) / Square;
        if (tall > MostGroups) return false;
        Arguments arguments = Arguments.New().Add((uint)rows.Size(0)).Add((uint)rows.Size(across))
            .Add(rows.Stride(0, 0)).Add(rows.Stride(1, across)).Add((ulong)planes)
            .Add(other == 0 ? 0L : rows.Stride(0, other)).Add(other == 0 ? 0L : rows.Stride(1, other))
            .Add(rows.Start(0, 0)).Add(rows.Start(1, 0)).Add(x.Storage).Add(y.Storage);
        Grid grid = new(Group, (rows.Size(0) + Square - 1) / Square, (int)tall, (int)Math.Min(planes, MostGroups));
        Run(new("move", "turn", x.Type, y.Type), grid, arguments, MoveProgram);
        return true;
    }

    /// <summary>A walk's sizes and first steps; no axes mark elements that lie together.</summary>
    private static (GpuSizes Sizes, GpuSteps Steps) Walk(in Rows rows, Layout layout, int operand, bool flat, long count)
    {
        if (flat) return (default, new() { Offset = layout.Offset });
        CheckWalk(count);
        GpuSizes sizes = GpuSteps.Sizes(rows);
        GpuSteps steps = GpuSteps.Of(rows, operand);
        if (sizes.Axes == 0)
        {
            // All axes have one element: a walk of one.
            sizes.Axes = 1;
            sizes[0] = 1;
        }
        return (sizes, steps);
    }

    internal static KernelProgram MoveProgram(KernelKey key)
    {
        string convert = key.Other == DType.I32 && key.Type.IsFloat()
            ? "((x) != (x) ? 0 : (x) >= 2147483647.0 ? 2147483647 : (x) <= -2147483648.0 ? -2147483647 - 1 : (int)(x))"
            : key.Type == key.Other ? "(x)" : key.Other == DType.Bool ? "((x) != 0 ? 1 : 0)" : $"(({KernelProgram.CName(key.Other)})(x))";
        string definitions = $"#define REAL float\n#define IN {KernelProgram.CName(key.Type)}\n"
            + $"#define OUT {KernelProgram.CName(key.Other)}\n#define TO_OUT(x) {convert}\n";
        return KernelProgram.Of($"move-{key.Type}-{key.Other}".ToLowerInvariant(), definitions, "move");
    }
}
