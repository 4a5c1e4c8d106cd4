namespace MiniGrad.Kernels.Cpu;

/// <summary>What one call of <see cref="MicroKernel{V, T, S}"/> works on.</summary>
internal unsafe struct TileRun<T> where T : unmanaged
{
    /// <summary>The first row of A at the first k.</summary>
    public T* A;

    /// <summary>Panels of B, one after the other over all blocks.</summary>
    public T* B;

    /// <summary>From a panel's first register to its second.</summary>
    public nint Half;

    /// <summary>
    /// The sum over k runs over blocks of this depth, which lie at listed offsets from A: taps, blocks of channels,
    /// rows of pixels.
    /// </summary>
    public int Depth;

    public int Blocks;

    public int* Offsets;

    /// <summary>Where the tile goes, rows <see cref="RowStep"/> apart.</summary>
    public T* C;

    public nint RowStep;

    /// <summary>Adds to what is there instead of replacing it.</summary>
    public bool Accumulate;
}

/// <summary>How A and B lie in memory, in elements; constants to the compiler.</summary>
internal interface ITileLayout
{
    /// <summary>From a row of A to the next.</summary>
    static abstract int RowStep(int width);

    /// <summary>From a k to the next in A.</summary>
    static abstract int Step(int rows, int width);

    /// <summary>From a k to the next in B.</summary>
    static abstract int PanelStep(int width);
}

/// <summary>A packed with the rows side by side, B in panels of two registers: matrix products.</summary>
internal readonly struct PackedStrips : ITileLayout
{
    public static int RowStep(int width) => 1;

    public static int Step(int rows, int width) => rows;

    public static int PanelStep(int width) => 2 * width;
}

/// <summary>A in blocks of one register of channels, a row for each tile; B in panels: Winograd convolutions.</summary>
internal readonly struct ChannelBlocks : ITileLayout
{
    public static int RowStep(int width) => width;

    public static int Step(int rows, int width) => 1;

    public static int PanelStep(int width) => 2 * width;
}

/// <summary>A and B in blocks of one register of channels, k runs over pixels: weight gradients.</summary>
internal readonly struct PixelBlocks : ITileLayout
{
    public static int RowStep(int width) => 1;

    public static int Step(int rows, int width) => width;

    public static int PanelStep(int width) => width;
}

/// <summary>Registers of columns in a tile; a constant to the compiler.</summary>
internal interface ITileColumns
{
    static abstract int Registers { get; }
}

internal readonly struct TwoRegisters : ITileColumns
{
    public static int Registers => 2;
}

internal readonly struct OneRegister : ITileColumns
{
    public static int Registers => 1;
}
