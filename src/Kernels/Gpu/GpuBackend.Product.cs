using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

// Matrix products and convolutions, all by gemm.cl or tensor.cl.
internal sealed partial class GpuBackend
{
    /// <summary>Products and convolutions of floats on tensor cores, with operands rounded to TF32.</summary>
    internal bool OnTensorCores { get; set; }

    private readonly Dictionary<ConvShape, ConvTables> tables = [];

    /// <summary>One tile for everything, whatever the sizes: the self-test tries each.</summary>
    internal GpuTile? ForcedTile { get; init; }

    /// <summary>Pixels, at least, that one product of a weight gradient sums over.</summary>
    internal int WeightPixels { get; init; } = 1024;

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct MatMulShape(
        uint Rows, uint Columns, uint Depth, uint Inner, long AOuter, long AInner, long ARow, long ADepth,
        long COuter, long CInner, long CDepth, long CColumn, long YOuter, long YInner, long YRow);

    public override void MatMul(in View a, in View c, in Epilogue epilogue, in View y)
    {
        (int outer, int inner, int m, int k) = (a.Shape[0], a.Shape[1], a.Shape[2], a.Shape[3]);
        int n = c.Shape[3];
        int items = outer * inner;
        if (items == 0 || m == 0 || n == 0) return;
        MatMulShape s = new((uint)m, (uint)n, (uint)k, (uint)inner,
            a.Layout.Stride(0), a.Layout.Stride(1), a.Layout.Stride(2), a.Layout.Stride(3),
            c.Layout.Stride(0), c.Layout.Stride(1), c.Layout.Stride(2), c.Layout.Stride(3),
            y.Layout.Stride(0), y.Layout.Stride(1), y.Layout.Stride(2));
        GpuTile tile = Tile(m, n, items, y.Type);
        bool leftByDepth = a.Layout.Stride(3) == 1;
        bool rightByDepth = c.Layout.Stride(3) != 1 && c.Layout.Stride(2) == 1;
        for (int item = 0; item < items; item += MostGroups)
        {
            Arguments arguments = Arguments.New().Add((uint)item).Add(s).Add(a).Add(c).Add(y);
            AddEpilogue(arguments, epilogue);
            Run(new("matmul", "product", y.Type, Variant: (tile, leftByDepth, rightByDepth)),
                tile.Grid(m, n, Math.Min(MostGroups, items - item)), arguments, MatMulProgram);
        }
    }

    public override void Conv(in ConvShape shape, in View x, in View w, in Epilogue epilogue, in View y)
    {
        if (y.Shape.Count == 0) return;
        ConvTables known = Tables(shape);
        GpuTile tile = Tile(shape.GroupFilters, Pixels(shape), shape.Groups, y.Type);
        Arguments arguments = Arguments.New().Add(GpuConvShape.Of(shape)).Add(known.Forward).Add(x).Add(w).Add(y);
        AddEpilogue(arguments, epilogue);
        Run(new("conv", "product", y.Type, Variant: tile),
            tile.Grid(shape.GroupFilters, Pixels(shape), shape.Groups), arguments, ConvProgram);
    }

    public override void ConvInput(in ConvShape shape, in View g, in View w, in Epilogue epilogue, in View dx)
    {
        if (dx.Shape.Count == 0) return;
        ConvTables known = Tables(shape);
        long pixels = (long)shape.Batch * known.LargestPhase;
        int phases = known.PhaseCount;
        GpuTile tile = Tile(shape.GroupChannels, pixels, shape.Groups * phases, dx.Type);
        Arguments arguments =
            Arguments.New().Add(GpuConvShape.Of(shape)).Add(phases).Add(known.Phases).Add(known.Backward).Add(g).Add(w).Add(dx);
        AddEpilogue(arguments, epilogue);
        Run(new("convinput", "product", dx.Type, Variant: tile),
            tile.Grid(shape.GroupChannels, pixels, shape.Groups * phases), arguments, ConvProgram);
    }

    public override void ConvWeight(in ConvShape shape, in View x, in View g, in View dw)
    {
        if (dw.Shape.Count == 0) return;
        ConvTables known = Tables(shape);
        int taps = shape.Taps;
        GpuTile tile = Tile(shape.GroupFilters, taps, shape.Groups, dw.Type);
        int area = Math.Max(1, shape.OutHeight * shape.OutWidth);
        int mostChunks = Math.Max(1, Math.Min(MostChunks, MostGroups / shape.Groups));
        int chunkImages = Math.Max(1, Math.Max(WeightPixels / area, (shape.Batch + mostChunks - 1) / mostChunks));
        int chunks = Math.Max(1, (shape.Batch + chunkImages - 1) / chunkImages);
        GpuStorage? parts = chunks > 1 ? Scratch(dw.Type, dw.Shape.Count * chunks) : null;
        Arguments arguments = Arguments.New().Add(GpuConvShape.Of(shape)).Add(chunks).Add(chunkImages).Add(known.Forward).Add(x).Add(g);
        if (parts is null) arguments.Add(dw);
        else arguments.Add(parts).Add(0L);
        Run(new("convweight", "product", dw.Type, Variant: tile),
            tile.Grid(shape.GroupFilters, taps, shape.Groups * chunks), arguments, ConvProgram);
        if (parts is null) return;
        Reduce(Reduction.Sum, new View(parts, Layout.Contiguous([1, chunks, (int)dw.Shape.Count])), dw);
        parts.Recycle();
    }

    /// <summary>Products, at most, whose sum is a weight gradient.</summary>
    private const int MostChunks = 128;

    private static long Pixels(in ConvShape s)
    {
        long pixels = (long)s.Batch * s.OutHeight * s.OutWidth;
        if (pixels > int.MaxValue)
        {
            throw new DeviceMemoryException(
                $"gpu: a convolution with {pixels} pixels; at most {int.MaxValue} are counted. Use a smaller batch.");
        }
        return pixels;
    }

    /// <summary>The largest tile of which there are enough to keep the device busy; the choice does not change a result.</summary>
    private GpuTile Tile(long m, long n, long items, DType type)
    {
        if (ForcedTile is { } forced) return forced;
        GpuTile[] tiles = GpuTile.All(type, OnTensorCores);
        foreach (GpuTile tile in tiles)
        {
            if (m > tile.Rows / 2 && n > tile.Columns / 2 && tile.Groups(m, n) * items >= device.Facts.ComputeUnits) return tile;
        }
        return tiles[^1];
    }

    private ConvTables Tables(in ConvShape shape)
    {
        ConvShape one = shape with { Batch = 1 };
        lock (tables)
        {
            if (!tables.TryGetValue(one, out ConvTables? known))
            {
                tables[one] = known = ConvTables.Of(one, values => Constant(DType.I32, values));
            }
            return known;
        }
    }

    private static void AddEpilogue(Arguments arguments, in Epilogue epilogue) =>
        arguments.Add(epilogue.Shift).Add(epilogue.Residual).Add(epilogue.Mask).Add(epilogue.Relu ? 1 : 0);

    internal static KernelProgram MatMulProgram(KernelKey key)
    {
        (GpuTile tile, bool left, bool right) = ((GpuTile, bool, bool))key.Variant!;
        string definitions = $"{tile.Definitions}#define LEFT_BY_DEPTH {(left ? 1 : 0)}\n#define RIGHT_BY_DEPTH {(right ? 1 : 0)}\n";
        return KernelProgram.Of($"matmul-{tile.Name}-{(left ? 1 : 0)}{(right ? 1 : 0)}",
            key.Type, definitions, "finish", "matmul", "strips", tile.File);
    }

    internal static KernelProgram ConvProgram(KernelKey key)
    {
        GpuTile tile = (GpuTile)key.Variant!;
        return KernelProgram.Of($"{key.Program}-{tile.Name}", key.Type,
            tile.Definitions, "finish", "convshape", key.Program, "strips", tile.File);
    }
}
