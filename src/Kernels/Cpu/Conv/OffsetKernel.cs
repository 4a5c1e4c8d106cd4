using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Tiles of a convolution read straight from a bordered image: each tap is an offset, so nothing is packed. For images
/// that fit the second cache, where packing would cost more than it brings.
/// <code>
///   Filters: 1 to 14 filters × 2 registers of pixels (6 with 256 bits)   the tile of MicroKernel with pixels for B
///   Rows:    1 filter, 6 image rows × 2 registers                        12 sums, 12 loads and 1 broadcast a tap
/// </code>
/// Every output is one chain of multiply-adds over the taps in order.
/// </summary>
internal static unsafe class OffsetKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    public static void Filters<M>(int filters, int taps, int* offsets, T* weights, in TilePlaces<T> at, long filterStep)
        where M : struct, ITileMode
    {
        switch (filters)
        {
            case 1: Filters<Rows1, M>(taps, offsets, weights, at, filterStep); return;
            case 2: Filters<Rows2, M>(taps, offsets, weights, at, filterStep); return;
            case 3: Filters<Rows3, M>(taps, offsets, weights, at, filterStep); return;
            case 4: Filters<Rows4, M>(taps, offsets, weights, at, filterStep); return;
            case 5: Filters<Rows5, M>(taps, offsets, weights, at, filterStep); return;
            case 6: Filters<Rows6, M>(taps, offsets, weights, at, filterStep); return;
            case 7: Filters<Rows7, M>(taps, offsets, weights, at, filterStep); return;
            case 8: Filters<Rows8, M>(taps, offsets, weights, at, filterStep); return;
            case 9: Filters<Rows9, M>(taps, offsets, weights, at, filterStep); return;
            case 10: Filters<Rows10, M>(taps, offsets, weights, at, filterStep); return;
            case 11: Filters<Rows11, M>(taps, offsets, weights, at, filterStep); return;
            case 12: Filters<Rows12, M>(taps, offsets, weights, at, filterStep); return;
            case 13: Filters<Rows13, M>(taps, offsets, weights, at, filterStep); return;
            default: Filters<Rows14, M>(taps, offsets, weights, at, filterStep); return;
        }
    }

    /// <summary>
    /// c [filters × 2 registers] = weights [taps × filters] applied at the offsets from image positions: two of a register
    /// each, or four of half a register each, where rows are short. What comes out goes to places as far apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Filters<R, M>(int taps, int* offsets, T* weights, in TilePlaces<T> at, long filterStep)
        where R : struct, IRows where M : struct, ITileMode
    {
        int n = R.Count;
        T* p0 = at.Image0;
        T* p1 = at.Image1;
        T* p2 = at.Image2;
        T* p3 = at.Image3;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        V c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        V c80 = default, c81 = default, c90 = default, c91 = default, ca0 = default, ca1 = default, cb0 = default, cb1 = default;
        V cc0 = default, cc1 = default, cd0 = default, cd1 = default;
        for (int k = 0; k < taps; k++)
        {
            int offset = offsets[k];
            V b0 = M.Halves ? S.LoadHalves(p0 + offset, p1 + offset) : S.Load(p0 + offset);
            V b1 = M.Halves ? S.LoadHalves(p2 + offset, p3 + offset) : S.Load(p1 + offset);
            V row = S.Broadcast(weights[0]);
            c00 = S.MultiplyAdd(row, b0, c00);
            c01 = S.MultiplyAdd(row, b1, c01);
            if (n > 1) { row = S.Broadcast(weights[1]); c10 = S.MultiplyAdd(row, b0, c10); c11 = S.MultiplyAdd(row, b1, c11); }
            if (n > 2) { row = S.Broadcast(weights[2]); c20 = S.MultiplyAdd(row, b0, c20); c21 = S.MultiplyAdd(row, b1, c21); }
            if (n > 3) { row = S.Broadcast(weights[3]); c30 = S.MultiplyAdd(row, b0, c30); c31 = S.MultiplyAdd(row, b1, c31); }
            if (n > 4) { row = S.Broadcast(weights[4]); c40 = S.MultiplyAdd(row, b0, c40); c41 = S.MultiplyAdd(row, b1, c41); }
            if (n > 5) { row = S.Broadcast(weights[5]); c50 = S.MultiplyAdd(row, b0, c50); c51 = S.MultiplyAdd(row, b1, c51); }
            if (n > 6) { row = S.Broadcast(weights[6]); c60 = S.MultiplyAdd(row, b0, c60); c61 = S.MultiplyAdd(row, b1, c61); }
            if (n > 7) { row = S.Broadcast(weights[7]); c70 = S.MultiplyAdd(row, b0, c70); c71 = S.MultiplyAdd(row, b1, c71); }
            if (n > 8) { row = S.Broadcast(weights[8]); c80 = S.MultiplyAdd(row, b0, c80); c81 = S.MultiplyAdd(row, b1, c81); }
            if (n > 9) { row = S.Broadcast(weights[9]); c90 = S.MultiplyAdd(row, b0, c90); c91 = S.MultiplyAdd(row, b1, c91); }
            if (n > 10) { row = S.Broadcast(weights[10]); ca0 = S.MultiplyAdd(row, b0, ca0); ca1 = S.MultiplyAdd(row, b1, ca1); }
            if (n > 11) { row = S.Broadcast(weights[11]); cb0 = S.MultiplyAdd(row, b0, cb0); cb1 = S.MultiplyAdd(row, b1, cb1); }
            if (n > 12) { row = S.Broadcast(weights[12]); cc0 = S.MultiplyAdd(row, b0, cc0); cc1 = S.MultiplyAdd(row, b1, cc1); }
            if (n > 13) { row = S.Broadcast(weights[13]); cd0 = S.MultiplyAdd(row, b0, cd0); cd1 = S.MultiplyAdd(row, b1, cd1); }
            weights += n;
        }
        Put<M>(c00, c01, at, 0);
        if (n > 1) Put<M>(c10, c11, at, 1 * filterStep);
        if (n > 2) Put<M>(c20, c21, at, 2 * filterStep);
        if (n > 3) Put<M>(c30, c31, at, 3 * filterStep);
        if (n > 4) Put<M>(c40, c41, at, 4 * filterStep);
        if (n > 5) Put<M>(c50, c51, at, 5 * filterStep);
        if (n > 6) Put<M>(c60, c61, at, 6 * filterStep);
        if (n > 7) Put<M>(c70, c71, at, 7 * filterStep);
        if (n > 8) Put<M>(c80, c81, at, 8 * filterStep);
        if (n > 9) Put<M>(c90, c91, at, 9 * filterStep);
        if (n > 10) Put<M>(ca0, ca1, at, 10 * filterStep);
        if (n > 11) Put<M>(cb0, cb1, at, 11 * filterStep);
        if (n > 12) Put<M>(cc0, cc1, at, 12 * filterStep);
        if (n > 13) Put<M>(cd0, cd1, at, 13 * filterStep);
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
