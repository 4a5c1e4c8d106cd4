using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>
/// Tiles of a convolution read straight from a bordered image: each tap is an offset, so nothing is packed. For images
/// that fit the second cache, where packing would cost more than it brings.
/// <code>
///   Filters: 6 filters × 2 registers of pixels      12 sums, 2 loads and 6 broadcasts a tap, of 16 registers
///            8 filters × 2 registers of pixels      16 sums, 2 loads and 8 broadcasts a tap, of 32 registers (512 bits)
///   Rows:    1 filter, 6 image rows × 2 registers   12 sums, 12 loads and 1 broadcast a tap
/// </code>
/// Every output is one chain of multiply-adds over the taps in order.
/// </summary>
internal static unsafe class OffsetKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    /// <summary>
    /// c [filters × 2 registers] = weights [taps × filters] applied at the offsets from image positions: two of a register
    /// each, or four of half a register each, where rows are short. What comes out goes to places as far apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filters<M>(int taps, int* offsets, T* weights, in TilePlaces<T> at, long filterStep) where M : struct, ITileMode
    {
        T* p0 = at.Image0;
        T* p1 = at.Image1;
        T* p2 = at.Image2;
        T* p3 = at.Image3;
        int height = S.TileRows;
        V c00 = default, c01 = default, c10 = default, c11 = default;
        V c20 = default, c21 = default, c30 = default, c31 = default;
        V c40 = default, c41 = default, c50 = default, c51 = default;
        V c60 = default, c61 = default, c70 = default, c71 = default;
        for (int k = 0; k < taps; k++)
        {
            int offset = offsets[k];
            V b0 = M.Halves ? S.LoadHalves(p0 + offset, p1 + offset) : S.Load(p0 + offset);
            V b1 = M.Halves ? S.LoadHalves(p2 + offset, p3 + offset) : S.Load(p1 + offset);
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
            if (S.TileRows == 8)
            {
                row = S.Broadcast(weights[6]);
                c60 = S.MultiplyAdd(row, b0, c60);
                c61 = S.MultiplyAdd(row, b1, c61);
                row = S.Broadcast(weights[7]);
                c70 = S.MultiplyAdd(row, b0, c70);
                c71 = S.MultiplyAdd(row, b1, c71);
            }
            weights += height;
        }
        Put<M>(c00, c01, at, 0 * filterStep);
        Put<M>(c10, c11, at, 1 * filterStep);
        Put<M>(c20, c21, at, 2 * filterStep);
        Put<M>(c30, c31, at, 3 * filterStep);
        Put<M>(c40, c41, at, 4 * filterStep);
        Put<M>(c50, c51, at, 5 * filterStep);
        if (S.TileRows != 8) return;
        Put<M>(c60, c61, at, 6 * filterStep);
        Put<M>(c70, c71, at, 7 * filterStep);
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
    private static void Put<M>(V left, V right, in TilePlaces<T> at, long step) where M : struct, ITileMode
    {
        if (M.Halves)
        {
            S.StoreHalves(left, at.To0 + step, at.To1 + step);
            S.StoreHalves(right, at.To2 + step, at.To3 + step);
            return;
        }
        S.Store(left, at.To0 + step);
        S.Store(right, at.To1 + step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V left, V right, T* c)
    {
        S.Store(left, c);
        S.Store(right, c + S.Width);
    }
}
