namespace MiniGrad.Kernels;

/// <summary>How gemm.cl cuts a product: the tile of a group, the steps over the depth, and the part of a work item.</summary>
internal readonly record struct GpuTile(int Rows, int Columns, int Depth, int WorkRows, int WorkColumns)
{
    public string Name => $"{Rows}x{Columns}x{Depth}";

    public string Definitions => $"#define TILE_M {Rows}\n#define TILE_N {Columns}\n#define DEPTH {Depth}\n#define WORK_M {WorkRows}\n#define WORK_N {WorkColumns}\n";

    /// <summary>Tiles that cover m × n.</summary>
    public long Groups(long m, long n) => (m + Rows - 1) / Rows * ((n + Columns - 1) / Columns);

    public Grid Grid(long m, long n, int items) =>
        new(Rows / WorkRows * (Columns / WorkColumns), (n + Columns - 1) / Columns, checked((int)((m + Rows - 1) / Rows)), items);
}
