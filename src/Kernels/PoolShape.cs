namespace MiniGrad.Kernels;

/// <summary>The sizes of a max pool over Planes = batch × channels; windows may overlap the border by less than half.</summary>
public readonly record struct PoolShape(
    int Planes, int Height, int Width, int OutHeight, int OutWidth,
    int KernelY, int KernelX, int StrideY, int StrideX, int PadY, int PadX, int DilationY, int DilationX);

/// <summary>
/// The windows of an average pool along each axis: first and one past last input of each output, inside the image, and
/// the length it is divided by. Plain, padded, ceil-mode and adaptive pools differ only in these numbers.
/// </summary>
public sealed record PoolWindows(int Height, int Width, PoolAxis Y, PoolAxis X);

/// <summary>The windows of a pool along one axis.</summary>
public sealed record PoolAxis(int[] Begin, int[] End, double[] Length)
{
    /// <summary>The number of windows: outputs along the axis.</summary>
    public int Count => Begin.Length;
}
