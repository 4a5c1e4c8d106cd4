namespace MiniGrad.Nn.Layers;

/// <summary>
/// How a network makes its maps smaller: by strides and pools as its authors did, or anti-aliased: densely, and then
/// under a low-pass filter (Zhang, arXiv:1904.11486). It adds no weights, so the files of the plain network fit.
/// </summary>
internal sealed class Downsampling
{
    private readonly int taps;

    /// <summary>By a low-pass filter of so many taps, 2 to 7; 0 for plain strides and pools.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of taps is neither.</exception>
    public Downsampling(int taps)
    {
        if (taps is not 0 and (< 2 or > 7)) Throw.Range($"blur-pool: {taps} taps; 2 to 7 are possible, 0 for none.");
        this.taps = taps;
    }

    /// <summary>The stride that a convolution itself takes; <see cref="After"/> does the rest.</summary>
    public int Stride(int stride) => taps == 0 ? stride : 1;

    /// <summary>What follows a convolution of <see cref="Stride"/> and its activation.</summary>
    public Tensor After(Tensor x, int stride) => taps == 0 || stride == 1 ? x : x.BlurPool(taps, stride);

    /// <summary>The largest of each window of [N, C, H, W]: densely and then filtered where that is chosen.</summary>
    public Tensor MaxPool(Tensor x, int kernel, int stride, int pad = 0, bool ceilMode = false) =>
        After(x.MaxPool(kernel, Stride(stride), pad, ceilMode), stride);

    /// <summary>The mean of each window of [N, C, H, W], or the filter in its place.</summary>
    public Tensor AveragePool(Tensor x, int kernel) => taps == 0 ? x.AveragePool(kernel) : x.BlurPool(taps, kernel);
}
