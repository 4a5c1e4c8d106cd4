using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>Where the rows of one gradient plane and of the bordered image lie, for a chunk of images.</summary>
internal readonly record struct TapRows(int Images, int Rows, int Width, long GradientImage, long ImageImage, long ImageRow);

/// <summary>
/// Twelve entries of a weight gradient at once: 3 filters × 4 taps, lanes along the pixels of a row.
/// <code>
///   dw[f, t] = Σ over images and pixels of g[f, pixel] · x[pixel + offset t]
///   a step: 3 registers of g, 4 of x, 12 sums; 7 loads for 12 multiply-adds
/// </code>
/// The end of a row is one more register that ends with it, whose lanes that were counted already are masked in g.
/// The lanes of a sum are added in order, so an entry's bits follow from the shapes alone.
/// </summary>
internal static unsafe class TapKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    public const int Filters = 3;
    public const int Taps = 4;

    /// <summary>to [3 × 4] = the sums, for three gradient planes and four offsets into the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in TapRows rows, T** planes, T* image, int* offsets, T* mask, T* to)
    {
        int w = S.Width;
        V c00 = default, c01 = default, c02 = default, c03 = default;
        V c10 = default, c11 = default, c12 = default, c13 = default;
        V c20 = default, c21 = default, c22 = default, c23 = default;
        V live = S.Load(mask);
        int whole = rows.Width / w * w;
        bool rest = whole < rows.Width;
        for (int n = 0; n < rows.Images; n++)
        {
            for (int y = 0; y < rows.Rows; y++)
            {
                long g = n * rows.GradientImage + (long)y * rows.Width;
                T* x = image + n * rows.ImageImage + y * rows.ImageRow;
                T* x0 = x + offsets[0];
                T* x1 = x + offsets[1];
                T* x2 = x + offsets[2];
                T* x3 = x + offsets[3];
                for (int at = 0; at < rows.Width; at += w)
                {
                    bool tail = at == whole && rest;
                    int i = tail ? rows.Width - w : at;
                    V g0 = S.Load(planes[0] + g + i);
                    V g1 = S.Load(planes[1] + g + i);
                    V g2 = S.Load(planes[2] + g + i);
                    if (tail)
                    {
                        g0 = S.Keep(g0, live);
                        g1 = S.Keep(g1, live);
                        g2 = S.Keep(g2, live);
                    }
                    V pixels = S.Load(x0 + i);
                    c00 = S.MultiplyAdd(g0, pixels, c00);
                    c10 = S.MultiplyAdd(g1, pixels, c10);
                    c20 = S.MultiplyAdd(g2, pixels, c20);
                    pixels = S.Load(x1 + i);
                    c01 = S.MultiplyAdd(g0, pixels, c01);
                    c11 = S.MultiplyAdd(g1, pixels, c11);
                    c21 = S.MultiplyAdd(g2, pixels, c21);
                    pixels = S.Load(x2 + i);
                    c02 = S.MultiplyAdd(g0, pixels, c02);
                    c12 = S.MultiplyAdd(g1, pixels, c12);
                    c22 = S.MultiplyAdd(g2, pixels, c22);
                    pixels = S.Load(x3 + i);
                    c03 = S.MultiplyAdd(g0, pixels, c03);
                    c13 = S.MultiplyAdd(g1, pixels, c13);
                    c23 = S.MultiplyAdd(g2, pixels, c23);
                }
            }
        }
        to[0] = S.Sum(c00);
        to[1] = S.Sum(c01);
        to[2] = S.Sum(c02);
        to[3] = S.Sum(c03);
        to[4] = S.Sum(c10);
        to[5] = S.Sum(c11);
        to[6] = S.Sum(c12);
        to[7] = S.Sum(c13);
        to[8] = S.Sum(c20);
        to[9] = S.Sum(c21);
        to[10] = S.Sum(c22);
        to[11] = S.Sum(c23);
    }
}
