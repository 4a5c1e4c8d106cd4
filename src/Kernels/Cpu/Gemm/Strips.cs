namespace MiniGrad.Kernels.Cpu;

/// <summary>Rows cut into strips of at most a tile's height, as evenly as can be: 64 = 12 + 13 + 13 + 13 + 13.</summary>
internal readonly struct Strips(int rows, int highest)
{
    public int Count { get; } = (rows + highest - 1) / highest;

    /// <summary>The first row of a strip.</summary>
    public int Start(int strip) => (int)((long)rows * strip / Count);

    public int Height(int strip) => Start(strip + 1) - Start(strip);
}
