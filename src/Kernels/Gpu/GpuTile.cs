namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// How gemm.cl or tensor.cl cuts a product: the tile of a group, the steps over the depth, and the part that a work item,
/// or on tensor cores a warp of 32, holds.
/// </summary>
internal readonly record struct GpuTile(int Rows, int Columns, int Depth, int PartRows, int PartColumns, bool OnTensorCores = false)
{
    public static readonly GpuTile Large = new(128, 128, 8, 8, 8);
    public static readonly GpuTile Medium = new(64, 64, 16, 4, 4);
    public static readonly GpuTile Small = new(32, 32, 16, 4, 4);
    public static readonly GpuTile LargeTensor = new(128, 128, 16, 64, 32, OnTensorCores: true);
    public static readonly GpuTile SmallTensor = new(64, 64, 16, 32, 32, OnTensorCores: true);

    private static readonly GpuTile[] Singles = [Large, Medium, Small];
    private static readonly GpuTile[] Doubles = [Medium, Small];
    private static readonly GpuTile[] Tensors = [LargeTensor, SmallTensor];

    /// <summary>The tiles of an element type and a way to multiply, the largest first.</summary>
    public static GpuTile[] All(DType type, bool onTensorCores) => type == DType.F64 ? Doubles : onTensorCores ? Tensors : Singles;

    /// <summary>The file that multiplies this way.</summary>
    public string File => OnTensorCores ? "tensor" : "gemm";

    public string Name => $"{(OnTensorCores ? "tf32-" : "")}{Rows}x{Columns}x{Depth}";

    public string Definitions
    {
        get
        {
            string part = OnTensorCores ? "WARP" : "WORK";
            return $"#define TILE_M {Rows}\n#define TILE_N {Columns}\n#define DEPTH {Depth}\n#define {part}_M {PartRows}\n"
                + $"#define {part}_N {PartColumns}\n";
        }
    }

    /// <summary>Tiles that cover m × n.</summary>
    public long Groups(long m, long n) => (m + Rows - 1) / Rows * ((n + Columns - 1) / Columns);

    public Grid Grid(long m, long n, int items)
    {
        long down = (m + Rows - 1) / Rows;
        if (down > GpuBackend.MostGroups)
        {
            throw new DeviceMemoryException(
                $"gpu: a product of {m} rows; at most {(long)GpuBackend.MostGroups * Rows} are computed at once. Use a smaller batch.");
        }
        return new(Rows / PartRows * (Columns / PartColumns) * (OnTensorCores ? 32 : 1), (n + Columns - 1) / Columns, (int)down, items);
    }
}
