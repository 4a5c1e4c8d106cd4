using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>Where the rows of one gradient plane and of the bordered image lie, for a chunk of images.</summary>
internal readonly record struct TapRows(int Images, int Rows, int Width, long GradientImage, long ImageImage, long ImageRow);

/// <summary>
/// A tile of a weight gradient: filters × taps, lanes along the pixels of a row.
/// <code>
///   dw[f, t] = Σ over images and pixels of g[f, pixel] · x[pixel + offset t]
///   3 × 4: 3 registers of g, 1 of x, 12 sums: 16 registers;  7 loads for 12 multiply-adds
///   4 × 6: 4 registers of g, 1 of x, 24 sums: of 32;         10 loads for 24
/// </code>
/// The end of a row is one more register that ends with it, whose lanes that were counted already are masked in g.
/// The lanes of a sum are added in order, so an entry's bits follow from the shapes alone.
/// </summary>
internal static unsafe class TapKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    /// <summary>to [3 × 4] = the sums, for three gradient planes and four offsets into the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Small(in TapRows rows, T** planes, T* image, int* offsets, T* mask, T* to)
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
                    bool epilogue = rest && at == whole;
                    int i = epilogue ? rows.Width - w : at;
                    V g0 = S.Load(planes[0] + g + i);
                    V g1 = S.Load(planes[1] + g + i);
                    V g2 = S.Load(planes[2] + g + i);
                    if (epilogue)
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

    /// <summary>to [4 × 6] = the sums, for four gradient planes and six offsets into the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Large(in TapRows rows, T** planes, T* image, int* offsets, T* mask, T* to)
    {
        int w = S.Width;
        V c00 = default, c01 = default, c02 = default, c03 = default, c04 = default, c05 = default;
        V c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;
        V c20 = default, c21 = default, c22 = default, c23 = default, c24 = default, c25 = default;
        V c30 = default, c31 = default, c32 = default, c33 = default, c34 = default, c35 = default;
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
                T* x4 = x + offsets[4];
                T* x5 = x + offsets[5];
                for (int at = 0; at < rows.Width; at += w)
                {
                    bool epilogue = rest && at == whole;
                    int i = epilogue ? rows.Width - w : at;
                    V g0 = S.Load(planes[0] + g + i);
                    V g1 = S.Load(planes[1] + g + i);
                    V g2 = S.Load(planes[2] + g + i);
                    V g3 = S.Load(planes[3] + g + i);
                    if (epilogue)
                    {
                        g0 = S.Keep(g0, live);
                        g1 = S.Keep(g1, live);
                        g2 = S.Keep(g2, live);
                        g3 = S.Keep(g3, live);
                    }
                    V pixels = S.Load(x0 + i);
                    c00 = S.MultiplyAdd(g0, pixels, c00);
                    c10 = S.MultiplyAdd(g1, pixels, c10);
                    c20 = S.MultiplyAdd(g2, pixels, c20);
                    c30 = S.MultiplyAdd(g3, pixels, c30);
                    pixels = S.Load(x1 + i);
                    c01 = S.MultiplyAdd(g0, pixels, c01);
                    c11 = S.MultiplyAdd(g1, pixels, c11);
                    c21 = S.MultiplyAdd(g2, pixels, c21);
                    c31 = S.MultiplyAdd(g3, pixels, c31);
                    pixels = S.Load(x2 + i);
                    c02 = S.MultiplyAdd(g0, pixels, c02);
                    c12 = S.MultiplyAdd(g1, pixels, c12);
                    c22 = S.MultiplyAdd(g2, pixels, c22);
                    c32 = S.MultiplyAdd(g3, pixels, c32);
                    pixels = S.Load(x3 + i);
                    c03 = S.MultiplyAdd(g0, pixels, c03);
                    c13 = S.MultiplyAdd(g1, pixels, c13);
                    c23 = S.MultiplyAdd(g2, pixels, c23);
                    c33 = S.MultiplyAdd(g3, pixels, c33);
                    pixels = S.Load(x4 + i);
                    c04 = S.MultiplyAdd(g0, pixels, c04);
                    c14 = S.MultiplyAdd(g1, pixels, c14);
                    c24 = S.MultiplyAdd(g2, pixels, c24);
                    c34 = S.MultiplyAdd(g3, pixels, c34);
                    pixels = S.Load(x5 + i);
                    c05 = S.MultiplyAdd(g0, pixels, c05);
                    c15 = S.MultiplyAdd(g1, pixels, c15);
                    c25 = S.MultiplyAdd(g2, pixels, c25);
                    c35 = S.MultiplyAdd(g3, pixels, c35);
                }
            }
        }
        to[0] = S.Sum(c00);
        to[1] = S.Sum(c01);
        to[2] = S.Sum(c02);
        to[3] = S.Sum(c03);
        to[4] = S.Sum(c04);
        to[5] = S.Sum(c05);
        to[6] = S.Sum(c10);
        to[7] = S.Sum(c11);
        to[8] = S.Sum(c12);
        to[9] = S.Sum(c13);
        to[10] = S.Sum(c14);
        to[11] = S.Sum(c15);
        to[12] = S.Sum(c20);
        to[13] = S.Sum(c21);
        to[14] = S.Sum(c22);
        to[15] = S.Sum(c23);
        to[16] = S.Sum(c24);
        to[17] = S.Sum(c25);
        to[18] = S.Sum(c30);
        to[19] = S.Sum(c31);
        to[20] = S.Sum(c32);
        to[21] = S.Sum(c33);
        to[22] = S.Sum(c34);
        to[23] = S.Sum(c35);
    }
}
