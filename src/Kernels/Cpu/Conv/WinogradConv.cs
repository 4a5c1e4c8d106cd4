using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Convolutions of 3 × 3 without stride by Winograd's algorithm, in floats. With w the floats of a register:
/// <code>
///   for each block of 28 to 56 tiles (whole rows of tiles, of one image or of several), in parallel:
///     rows of pixels → scratch [row][column][w channels], in a zero border        Transpose
///     tiles of it    → V [place][channels / w][tile][w]                           Bᵀ d B
///     for each 2 w filters:
///       M [place][tile][2 w] = V · U [filters / 2 w][place][channels][2 w]        MicroKernel, rows are tiles
///       M → pixels of w filters → rows of the output's planes                     Aᵀ m A, Transpose, Epilogue
/// </code>
/// V of 56 tiles × 64 channels is half a megabyte, in the second cache. Every number of M is one chain over the
/// channels, so an image has the same bits in any batch.
/// </summary>
internal static unsafe class WinogradConv
{
    /// <summary>The larger of the two sizes that pays for a shape, or 0; decided by the shape of one image alone.</summary>
    public static int Outputs(ConvTaps taps, int filters)
    {
        int w = Register<float>.Width;
        if (!taps.IsDenseThreeByThree || taps.Height * taps.Width < w) return 0;
        double channels = (taps.Planes + w - 1) / w * w;
        double lanes = (filters + w - 1) / w * w;
        double plain = 9.0 * taps.OutPixels * taps.Planes * filters;
        int best = 0;
        double least = 0.8 * plain;
        foreach (int m in (ReadOnlySpan<int>)[4, 2])
        {
            double tiles = (double)((taps.OutHeight + m - 1) / m) * ((taps.OutWidth + m - 1) / m);
            double places = (m + 2) * (m + 2);
            // Transforming a tile of a channel costs about as much as ten products a place; above 16 MB the transformed
            // weights of four outputs come from memory for every image, which costs a single one more than the products saved.
            double cost = tiles * places * (channels * lanes + 10.0 * w * (channels + lanes) / 16);
            if (m == 4 && places * channels * lanes * sizeof(float) > 16 << 20) continue;
            if (cost < least) (best, least) = (m, cost);
        }
        return best;
    }

    /// <summary>Elements of the transformed weights.</summary>
    public static long WeightCount(int outputs, int channels, int filters)
    {
        int w = Register<float>.Width;
        return (long)(outputs + 2) * (outputs + 2) * ((channels + w - 1) / w * w) * ((filters + 2 * w - 1) / (2 * w) * (2 * w));
    }

    /// <summary>U [filters / 2 w][place][channels][2 w] = G g Gᵀ.</summary>
    public static void PackWeights(int outputs, int channels, int filters, in WeightTaps from, float* to)
    {
        if (Vector512.IsHardwareAccelerated) Pack<Vector512<float>, Simd512<float>>(outputs, channels, filters, from, to);
        else if (Vector256.IsHardwareAccelerated) Pack<Vector256<float>, Simd256<float>>(outputs, channels, filters, from, to);
        else Pack<Vector128<float>, Simd128<float>>(outputs, channels, filters, from, to);
    }

    /// <summary>y [batch, filters, pixels] from images [batch, channels, pixels] and transformed weights.</summary>
    public static void Run(
        int outputs, int batch, ConvTaps taps, int filters, float* image, float* weights, float* to, in EpiloguePointers<float> epilogue)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<Vector512<float>, Simd512<float>>(outputs, batch, taps, filters, image, weights, to, epilogue);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<Vector256<float>, Simd256<float>>(outputs, batch, taps, filters, image, weights, to, epilogue);
        }
        else Run<Vector128<float>, Simd128<float>>(outputs, batch, taps, filters, image, weights, to, epilogue);
    }

    private static void Pack<V, S>(int outputs, int channels, int filters, in WeightTaps from, float* to)
        where V : struct where S : struct, ISimd<V, float>
    {
        if (outputs == 4) Pack<V, S, WinogradFour>(channels, filters, from, to);
        else Pack<V, S, WinogradTwo>(channels, filters, from, to);
    }

    private static void Run<V, S>(
        int outputs, int batch, ConvTaps taps, int filters, float* image, float* weights, float* to, in EpiloguePointers<float> epilogue)
        where V : struct where S : struct, ISimd<V, float>
    {
        if (outputs == 4) WinogradBody<V, S, WinogradFour>.Run(batch, taps, filters, image, weights, to, epilogue);
        else WinogradBody<V, S, WinogradTwo>.Run(batch, taps, filters, image, weights, to, epilogue);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<V, S, W>(int channels, int filters, in WeightTaps from, float* to)
        where V : struct where S : struct, ISimd<V, float> where W : struct, IWinograd
    {
        int w = S.Width;
        int a = W.Outputs + 2;
        int padded = (channels + w - 1) / w * w;
        nint place = (nint)padded * 2 * w;
        float* taps = stackalloc float[9 * 2 * w];
        float* half = stackalloc float[a * 3 * w];
        for (int first = 0; first < filters; first += 2 * w, to += (long)a * a * place)
        {
            int rows = Math.Min(2 * w, filters - first);
            for (int channel = 0; channel < padded; channel++)
            {
                if (channel < channels) from.Read(channel, first, rows, 2 * w, taps, 2 * w);
                else new Span<float>(taps, 9 * 2 * w).Clear();
                for (int side = 0; side < 2 * w; side += w)
                {
                    for (int x = 0; x < 3; x++) W.Weights<V, float, S>(taps + x * 2 * w + side, 3 * 2 * w, half + x * w, 3 * w);
                    for (int y = 0; y < a; y++)
                    {
                        W.Weights<V, float, S>(half + y * 3 * w, w, to + y * a * place + channel * 2 * w + side, place);
                    }
                }
            }
        }
    }
}
