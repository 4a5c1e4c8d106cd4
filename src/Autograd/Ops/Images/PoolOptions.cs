namespace MiniGrad;

/// <summary>Window, stride, padding and dilation of a two-dimensional pool, and whether a partial last window counts.</summary>
public readonly record struct PoolOptions(
    int KernelY, int KernelX, int StrideY, int StrideX, int PadY = 0,
    int PadX = 0, bool CeilMode = false, int DilationY = 1, int DilationX = 1)
{
    /// <summary>The same along both axes; the stride is the kernel unless given.</summary>
    public static PoolOptions Square(int kernel, int? stride = null, int pad = 0, bool ceilMode = false, int dilation = 1) =>
        new(kernel, kernel, stride ?? kernel, stride ?? kernel, pad, pad, ceilMode, dilation, dilation);
}
