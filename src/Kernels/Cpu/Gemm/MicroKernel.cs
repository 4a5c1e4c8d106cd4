using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The tile that products, Winograd convolutions and weight gradients end in: 1 to 14 rows × 1 or 2 registers of columns.
/// <code>
///            b0        b1          one k at a time: two registers of B,
///   a0   [c00 c01]                 each row of A broadcast to all lanes.
///   a1   [c10 c11]
///   ...                            512 bits: 14 rows = 28 sums + 2 of B + 1 of A = 31 of 32 registers;
///   a13  [cd0 cd1]                           28 multiply-adds for 16 loads a k, so arithmetic is the limit.
///                                  256 and 128 bits: 6 rows = 12 sums + 3 = 15 of 16 registers.
/// </code>
/// Rows are cut evenly (20 = 10 + 10), so no tile computes rows that nobody asked for. Every element is one chain of
/// multiply-adds over k in order: neither the tile nor the block changes its bits.
/// </summary>
internal static unsafe class MicroKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<L>(int rows, in TileRun<T> run) where L : struct, ITileLayout => Run<L, TwoRegisters>(rows, run);

    /// <summary>The left register of the columns alone, for the last panel of 16, 48, … filters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunHalf<L>(int rows, in TileRun<T> run) where L : struct, ITileLayout => Run<L, OneRegister>(rows, run);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<L, C>(int rows, in TileRun<T> run) where L : struct, ITileLayout where C : struct, ITileColumns
    {
        switch (rows)
        {
            case 1: Tile<Rows1, L, C>(run); return;
            case 2: Tile<Rows2, L, C>(run); return;
            case 3: Tile<Rows3, L, C>(run); return;
            case 4: Tile<Rows4, L, C>(run); return;
            case 5: Tile<Rows5, L, C>(run); return;
            case 6: Tile<Rows6, L, C>(run); return;
            case 7: Tile<Rows7, L, C>(run); return;
            case 8: Tile<Rows8, L, C>(run); return;
            case 9: Tile<Rows9, L, C>(run); return;
            case 10: Tile<Rows10, L, C>(run); return;
            case 11: Tile<Rows11, L, C>(run); return;
            case 12: Tile<Rows12, L, C>(run); return;
            case 13: Tile<Rows13, L, C>(run); return;
            default: Tile<Rows14, L, C>(run); return;
        }
    }

    /// <summary>
    /// Conditions on <typeparamref name="R"/> and <typeparamref name="L"/> are constants: what a tile does not need is
    /// not there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<R, L, C>(in TileRun<T> run) where R : struct, IRows
        where L : struct, ITileLayout where C : struct, ITileColumns
    {
        int n = R.Count;
        bool two = C.Registers == 2;
        int step = L.RowStep(S.Width);
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        V c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        V c80 = default, c81 = default, c90 = default, c91 = default, ca0 = default, ca1 = default, cb0 = default, cb1 = default;
        V cc0 = default, cc1 = default, cd0 = default, cd1 = default;
        T* b = run.B;
        nint half = run.Half;
        for (int block = 0; block < run.Blocks; block++)
        {
            T* a = run.A + run.Offsets[block];
            for (int k = 0; k < run.Depth; k++)
            {
                V b0 = S.Load(b);
                V b1 = two ? S.Load(b + half) : default;
                V r = S.Broadcast(a[0]);
                c00 = S.MultiplyAdd(r, b0, c00);
                if (two) c01 = S.MultiplyAdd(r, b1, c01);
                if (n > 1) { r = S.Broadcast(a[1 * step]); c10 = S.MultiplyAdd(r, b0, c10); if (two) c11 = S.MultiplyAdd(r, b1, c11); }
                if (n > 2) { r = S.Broadcast(a[2 * step]); c20 = S.MultiplyAdd(r, b0, c20); if (two) c21 = S.MultiplyAdd(r, b1, c21); }
                if (n > 3) { r = S.Broadcast(a[3 * step]); c30 = S.MultiplyAdd(r, b0, c30); if (two) c31 = S.MultiplyAdd(r, b1, c31); }
                if (n > 4) { r = S.Broadcast(a[4 * step]); c40 = S.MultiplyAdd(r, b0, c40); if (two) c41 = S.MultiplyAdd(r, b1, c41); }
                if (n > 5) { r = S.Broadcast(a[5 * step]); c50 = S.MultiplyAdd(r, b0, c50); if (two) c51 = S.MultiplyAdd(r, b1, c51); }
                if (n > 6) { r = S.Broadcast(a[6 * step]); c60 = S.MultiplyAdd(r, b0, c60); if (two) c61 = S.MultiplyAdd(r, b1, c61); }
                if (n > 7) { r = S.Broadcast(a[7 * step]); c70 = S.MultiplyAdd(r, b0, c70); if (two) c71 = S.MultiplyAdd(r, b1, c71); }
                if (n > 8) { r = S.Broadcast(a[8 * step]); c80 = S.MultiplyAdd(r, b0, c80); if (two) c81 = S.MultiplyAdd(r, b1, c81); }
                if (n > 9) { r = S.Broadcast(a[9 * step]); c90 = S.MultiplyAdd(r, b0, c90); if (two) c91 = S.MultiplyAdd(r, b1, c91); }
                if (n > 10) { r = S.Broadcast(a[10 * step]); ca0 = S.MultiplyAdd(r, b0, ca0); if (two) ca1 = S.MultiplyAdd(r, b1, ca1); }
                if (n > 11) { r = S.Broadcast(a[11 * step]); cb0 = S.MultiplyAdd(r, b0, cb0); if (two) cb1 = S.MultiplyAdd(r, b1, cb1); }
                if (n > 12) { r = S.Broadcast(a[12 * step]); cc0 = S.MultiplyAdd(r, b0, cc0); if (two) cc1 = S.MultiplyAdd(r, b1, cc1); }
                if (n > 13) { r = S.Broadcast(a[13 * step]); cd0 = S.MultiplyAdd(r, b0, cd0); if (two) cd1 = S.MultiplyAdd(r, b1, cd1); }
                a += L.Step(n, S.Width);
                b += L.PanelStep(S.Width);
            }
        }
        T* c = run.C;
        long to = run.RowStep;
        Put<C>(run.Accumulate, c00, c01, c);
        if (n > 1) Put<C>(run.Accumulate, c10, c11, c + to);
        if (n > 2) Put<C>(run.Accumulate, c20, c21, c + 2 * to);
        if (n > 3) Put<C>(run.Accumulate, c30, c31, c + 3 * to);
        if (n > 4) Put<C>(run.Accumulate, c40, c41, c + 4 * to);
        if (n > 5) Put<C>(run.Accumulate, c50, c51, c + 5 * to);
        if (n > 6) Put<C>(run.Accumulate, c60, c61, c + 6 * to);
        if (n > 7) Put<C>(run.Accumulate, c70, c71, c + 7 * to);
        if (n > 8) Put<C>(run.Accumulate, c80, c81, c + 8 * to);
        if (n > 9) Put<C>(run.Accumulate, c90, c91, c + 9 * to);
        if (n > 10) Put<C>(run.Accumulate, ca0, ca1, c + 10 * to);
        if (n > 11) Put<C>(run.Accumulate, cb0, cb1, c + 11 * to);
        if (n > 12) Put<C>(run.Accumulate, cc0, cc1, c + 12 * to);
        if (n > 13) Put<C>(run.Accumulate, cd0, cd1, c + 13 * to);
    }

    /// <summary>
    /// One row × 4 panels of packed B, <paramref name="panelStep"/> apart: a lone tile of two sums would wait four cycles
    /// for each k. The sums are those of four tiles.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row(int depth, T* a, T* b, long panelStep, T* c, bool accumulate)
    {
        int w = S.Width;
        T* b1 = b + panelStep;
        T* b2 = b1 + panelStep;
        T* b3 = b2 + panelStep;
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (int k = 0; k < depth; k++)
        {
            V r = S.Broadcast(a[k]);
            int at = 2 * w * k;
            c0 = S.MultiplyAdd(r, S.Load(b + at), c0);
            c1 = S.MultiplyAdd(r, S.Load(b + at + w), c1);
            c2 = S.MultiplyAdd(r, S.Load(b1 + at), c2);
            c3 = S.MultiplyAdd(r, S.Load(b1 + at + w), c3);
            c4 = S.MultiplyAdd(r, S.Load(b2 + at), c4);
            c5 = S.MultiplyAdd(r, S.Load(b2 + at + w), c5);
            c6 = S.MultiplyAdd(r, S.Load(b3 + at), c6);
            c7 = S.MultiplyAdd(r, S.Load(b3 + at + w), c7);
        }
        Put<TwoRegisters>(accumulate, c0, c1, c);
        Put<TwoRegisters>(accumulate, c2, c3, c + 2 * w);
        Put<TwoRegisters>(accumulate, c4, c5, c + 4 * w);
        Put<TwoRegisters>(accumulate, c6, c7, c + 6 * w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<C>(bool accumulate, V left, V right, T* c) where C : struct, ITileColumns
    {
        S.Store(accumulate ? S.Add(S.Load(c), left) : left, c);
        if (C.Registers == 2) S.Store(accumulate ? S.Add(S.Load(c + S.Width), right) : right, c + S.Width);
    }
}
