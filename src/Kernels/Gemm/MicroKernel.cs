using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>
/// The tile that all products end in: 6 rows × 2 registers of columns; 8 rows with 512-bit registers, of which there are 32.
/// <code>
///            b0        b1          one k at a time: two registers of B (packed side by side),
///   a0   [c00 c01]                  each row of A broadcast to all lanes.
///   a1   [c10 c11]                  12 accumulators + 2 of B + 1 of A = 15 of the 16 registers of AVX2;
///   ...                             12 independent sums hide the 4-cycle multiply-add on 2 units.
///   a5   [c50 c51]                  With 8 rows: 16 sums, 2 loads and 8 broadcasts a k.
/// </code>
/// Every element is one chain of multiply-adds over k in order, so neither tile edges nor blocking change its bits.
/// </summary>
internal static unsafe class MicroKernel<V, T, S> where V : struct where T : unmanaged where S : struct, ISimd<V, T>
{
    /// <summary>c [rows × 2 registers] (= or +=) a [depth × rows] · b [depth × 2 registers].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int depth, T* a, T* b, T* c, long rowStep, bool accumulate)
    {
        int w = S.Width;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        V c60 = default, c61 = default, c70 = default, c71 = default;
        int rows = S.TileRows;
        for (int k = 0; k < depth; k++)
        {
            V b0 = S.Load(b);
            V b1 = S.Load(b + w);
            V row = S.Broadcast(a[0]);
            c00 = S.MultiplyAdd(row, b0, c00);
            c01 = S.MultiplyAdd(row, b1, c01);
            row = S.Broadcast(a[1]);
            c10 = S.MultiplyAdd(row, b0, c10);
            c11 = S.MultiplyAdd(row, b1, c11);
            row = S.Broadcast(a[2]);
            c20 = S.MultiplyAdd(row, b0, c20);
            c21 = S.MultiplyAdd(row, b1, c21);
            row = S.Broadcast(a[3]);
            c30 = S.MultiplyAdd(row, b0, c30);
            c31 = S.MultiplyAdd(row, b1, c31);
            row = S.Broadcast(a[4]);
            c40 = S.MultiplyAdd(row, b0, c40);
            c41 = S.MultiplyAdd(row, b1, c41);
            row = S.Broadcast(a[5]);
            c50 = S.MultiplyAdd(row, b0, c50);
            c51 = S.MultiplyAdd(row, b1, c51);
            if (S.TileRows == 8)
            {
                row = S.Broadcast(a[6]);
                c60 = S.MultiplyAdd(row, b0, c60);
                c61 = S.MultiplyAdd(row, b1, c61);
                row = S.Broadcast(a[7]);
                c70 = S.MultiplyAdd(row, b0, c70);
                c71 = S.MultiplyAdd(row, b1, c71);
            }
            a += rows;
            b += 2 * w;
        }
        Put(c00, c01, c, accumulate);
        Put(c10, c11, c + rowStep, accumulate);
        Put(c20, c21, c + 2 * rowStep, accumulate);
        Put(c30, c31, c + 3 * rowStep, accumulate);
        Put(c40, c41, c + 4 * rowStep, accumulate);
        Put(c50, c51, c + 5 * rowStep, accumulate);
        if (S.TileRows != 8) return;
        Put(c60, c61, c + 6 * rowStep, accumulate);
        Put(c70, c71, c + 7 * rowStep, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V left, V right, T* c, bool accumulate)
    {
        if (accumulate)
        {
            left = S.Add(S.Load(c), left);
            right = S.Add(S.Load(c + S.Width), right);
        }
        S.Store(left, c);
        S.Store(right, c + S.Width);
    }
}
