namespace MiniGrad.Kernels;

/// <summary>
/// The sizes of a two-dimensional convolution: x [Batch, Channels, Height, Width], w [Filters, Channels / Groups,
/// KernelHeight, KernelWidth], y [Batch, Filters, OutHeight, OutWidth].
/// </summary>
public readonly record struct ConvShape(
    int Batch, int Channels, int Height, int Width,
    int Filters, int KernelHeight, int KernelWidth,
    int StrideY, int StrideX, int PadY, int PadX, int DilationY, int DilationX, int Groups)
{
    /// <summary>Rows of the output, in pixels.</summary>
    public int OutHeight => (Height + 2 * PadY - DilationY * (KernelHeight - 1) - 1) / StrideY + 1;

    /// <summary>Columns of the output, in pixels.</summary>
    public int OutWidth => (Width + 2 * PadX - DilationX * (KernelWidth - 1) - 1) / StrideX + 1;

    /// <summary>Input channels of one group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupFilters => Filters / Groups;

    /// <summary>Products per output: channels of a group × kernel area.</summary>
    public int Taps => GroupChannels * KernelHeight * KernelWidth;

    /// <summary>Pixels of one output plane.</summary>
    public int OutPixels => OutHeight * OutWidth;
}
