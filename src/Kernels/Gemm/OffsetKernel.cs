using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>
/// Tiles of a convolution read straight from a bordered image: each tap is an offset, so nothing is packed. For images
/// that fit the first cache, where packing would cost more than the products.
/// <code>
///   Filters: 6 filters × 2 registers of neighbouring pixels    12 sums, 2 loads and 6 broadcasts a tap
///   Rows:    1 filter, 6 image rows × 2 registers              12 sums, 12 loads and 1 broadcast a tap
/// </code>
/// Every output is one chain of multiply-adds over the taps in order.
/// </summary>
internal static unsafe class OffsetKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    public const int Height = 6;

    /// <summary>c [6 filters × 2 registers] = weights [taps × 6] applied at the offsets from one image position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filters(int taps, int* offsets, T* weights, T* image, T* c, long filterStep)
    {
        int w = S.Width;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (int k = 0; k < taps; k++)
        {
            T* b = image + offsets[k];
            V b0 = S.Load(b);
            V b1 = S.Load(b + w);
            V row = S.Broadcast(weights[0]);
            c00 = S.MultiplyAdd(row, b0, c00);
            c01 = S.MultiplyAdd(row, b1, c01);
            row = S.Broadcast(weights[1]);
            c10 = S.MultiplyAdd(row, b0, c10);
            c11 = S.MultiplyAdd(row, b1, c11);
            row = S.Broadcast(weights[2]);
            c20 = S.MultiplyAdd(row, b0, c20);
            c21 = S.MultiplyAdd(row, b1, c21);
            row = S.Broadcast(weights[3]);
            c30 = S.MultiplyAdd(row, b0, c30);
            c31 = S.MultiplyAdd(row, b1, c31);
            row = S.Broadcast(weights[4]);
            c40 = S.MultiplyAdd(row, b0, c40);
            c41 = S.MultiplyAdd(row, b1, c41);
            row = S.Broadcast(weights[5]);
            c50 = S.MultiplyAdd(row, b0, c50);
            c51 = S.MultiplyAdd(row, b1, c51);
            weights += Height;
        }
        Put(c00, c01, c);
        Put(c10, c11, c + filterStep);
        Put(c20, c21, c + 2 * filterStep);
        Put(c30, c31, c + 3 * filterStep);
        Put(c40, c41, c + 4 * filterStep);
        Put(c50, c51, c + 5 * filterStep);
    }

    /// <summary>c [6 rows × 2 registers] = weights [taps] applied at the offsets from 6 image rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(int taps, int* offsets, T* weights, T* image, long imageStep, T* c, long rowStep)
    {
        int w = S.Width;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (int k = 0; k < taps; k++)
        {
            T* b = image + offsets[k];
            V weight = S.Broadcast(weights[k]);
            c00 = S.MultiplyAdd(weight, S.Load(b), c00);
            c01 = S.MultiplyAdd(weight, S.Load(b + w), c01);
            b += imageStep;
            c10 = S.MultiplyAdd(weight, S.Load(b), c10);
            c11 = S.MultiplyAdd(weight, S.Load(b + w), c11);
            b += imageStep;
            c20 = S.MultiplyAdd(weight, S.Load(b), c20);
            c21 = S.MultiplyAdd(weight, S.Load(b + w), c21);
            b += imageStep;
            c30 = S.MultiplyAdd(weight, S.Load(b), c30);
            c31 = S.MultiplyAdd(weight, S.Load(b + w), c31);
            b += imageStep;
            c40 = S.MultiplyAdd(weight, S.Load(b), c40);
            c41 = S.MultiplyAdd(weight, S.Load(b + w), c41);
            b += imageStep;
            c50 = S.MultiplyAdd(weight, S.Load(b), c50);
            c51 = S.MultiplyAdd(weight, S.Load(b + w), c51);
        }
        Put(c00, c01, c);
        Put(c10, c11, c + rowStep);
        Put(c20, c21, c + 2 * rowStep);
        Put(c30, c31, c + 3 * rowStep);
        Put(c40, c41, c + 4 * rowStep);
        Put(c50, c51, c + 5 * rowStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V left, V right, T* c)
    {
        S.Store(left, c);
        S.Store(right, c + S.Width);
    }
}
