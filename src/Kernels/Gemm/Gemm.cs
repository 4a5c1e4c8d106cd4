using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels;

/// <summary>
/// Batched matrix products over packed panels (Goto and van de Geijn, ACM TOMS 2008). Packing and blocking are written
/// once; what is packed (a matrix, an image seen as a matrix) is a type.
/// <code>
///   for each item of the batch and each block of C (BlockRows × BlockColumns), in parallel:
///     for each run of Depth:                       B panels: Depth × 2 registers, in L1 while used
///       pack B block, pack A block                 A block : BlockRows × Depth, in L2
///       tile by tile: MicroKernel
/// </code>
/// A sum runs over k in runs of Depth, each one chain: the same bits for any batch, thread count and tile.
/// </summary>
internal static unsafe class Gemm<T> where T : unmanaged
{
    /// <summary>Depth of one run: 256 × 16 floats of B are 16 KB, half of a first-level cache.</summary>
    public const int Depth = 256;

    /// <summary>16 tiles of 6 rows, or 12 of 8: with Depth 256, 96 KB of floats.</summary>
    private const int BlockRows = 96;

    private const int BlockColumns = 512;

    private static int Rows => Register<T>.TileRows;

    private static int Columns => 2 * Register<T>.Width;

    /// <summary>c [items, m, n] = a [items, m, k] · b [items, k, n]; c is row-major with the given steps.</summary>
    public static void Run<PA, PB>(long items, int m, int n, int k, PA a, PB b, T* c, long itemStep, long rowStep)
        where PA : struct, IPanels<T> where PB : struct, IPanels<T>
    {
        if (m == 0 || n == 0 || items == 0) return;
        int rowBlocks = (m + BlockRows - 1) / BlockRows;
        int columnBlocks = (n + BlockColumns - 1) / BlockColumns;
        if (items * rowBlocks * columnBlocks < 2 * Threads.Count) columnBlocks = Math.Min((n + Columns - 1) / Columns, 2 * Threads.Count);
        int columnsPerBlock = ((n + columnBlocks - 1) / columnBlocks + Columns - 1) / Columns * Columns;
        columnBlocks = (n + columnsPerBlock - 1) / columnsPerBlock;
        double work = (double)Math.Min(m, BlockRows) * columnsPerBlock * Math.Max(1, k);
        long grain = Math.Max(1, (long)(64 * 1024 / work));
        Threads.For(items * rowBlocks * columnBlocks, grain, new Body<PA, PB>(a, b, c, m, n, k, rowBlocks, columnBlocks, columnsPerBlock, itemStep, rowStep));
    }

    private readonly struct Body<PA, PB>(
        PA a, PB b, T* c, int m, int n, int k, int rowBlocks, int columnBlocks, int columnsPerBlock, long itemStep, long rowStep)
        : ILoopBody where PA : struct, IPanels<T> where PB : struct, IPanels<T>
    {
        public void Run(long begin, long end)
        {
            long need = a.ScratchCount + b.ScratchCount + (long)Depth * (BlockRows + columnsPerBlock) + Rows * Columns + 64;
            T* scratchA = Workspace<T>.Mine.Reserve(need);
            T* scratchB = scratchA + (a.ScratchCount + 15) / 16 * 16;
            T* packedA = scratchB + (b.ScratchCount + 15) / 16 * 16;
            T* packedB = packedA + Depth * BlockRows;
            T* edge = packedB + (long)Depth * columnsPerBlock;
            long entered = -1;
            for (long task = begin; task < end; task++)
            {
                long item = task / (rowBlocks * columnBlocks);
                int block = (int)(task % (rowBlocks * columnBlocks));
                if (item != entered)
                {
                    a.Enter(item, scratchA);
                    b.Enter(item, scratchB);
                    entered = item;
                }
                int row = block % rowBlocks * BlockRows;
                int column = block / rowBlocks * columnsPerBlock;
                Block(item, row, Math.Min(BlockRows, m - row), column, Math.Min(columnsPerBlock, n - column), scratchA, scratchB, packedA, packedB, edge);
            }
        }

        private void Block(long item, int row, int rows, int column, int columns, T* scratchA, T* scratchB, T* packedA, T* packedB, T* edge)
        {
            T* corner = c + item * itemStep + row * rowStep + column;
            int width = Columns;
            if (k == 0)
            {
                for (int i = 0; i < rows; i++) new Span<T>(corner + i * rowStep, columns).Clear();
                return;
            }
            for (int from = 0; from < k; from += Depth)
            {
                int depth = Math.Min(Depth, k - from);
                for (int i = 0; i < rows; i += Rows)
                {
                    a.Pack(item, scratchA, packedA + (long)i * depth, from, depth, row + i, Math.Min(Rows, rows - i), Rows);
                }
                for (int j = 0; j < columns; j += width)
                {
                    T* panel = packedB + (long)j * depth;
                    int valid = Math.Min(width, columns - j);
                    b.Pack(item, scratchB, panel, from, depth, column + j, valid, width);
                    for (int i = 0; i < rows; i += Rows)
                    {
                        int high = Math.Min(Rows, rows - i);
                        T* tile = corner + i * rowStep + j;
                        if (high == Rows && valid == width)
                        {
                            Tile(depth, packedA + (long)i * depth, panel, tile, rowStep, from > 0);
                            continue;
                        }
                        Tile(depth, packedA + (long)i * depth, panel, edge, width, false);
                        Merge(edge, tile, high, valid, from > 0);
                    }
                }
            }
        }

        private void Merge(T* edge, T* tile, int rows, int columns, bool accumulate)
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    T value = edge[i * Columns + j];
                    tile[i * rowStep + j] = accumulate ? Sum(tile[i * rowStep + j], value) : value;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(int depth, T* a, T* b, T* c, long rowStep, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated) MicroKernel<Vector512<T>, T, Simd512<T>>.Run(depth, a, b, c, rowStep, accumulate);
        else if (Vector256.IsHardwareAccelerated) MicroKernel<Vector256<T>, T, Simd256<T>>.Run(depth, a, b, c, rowStep, accumulate);
        else MicroKernel<Vector128<T>, T, Simd128<T>>.Run(depth, a, b, c, rowStep, accumulate);
    }

    private static T Sum(T a, T b) =>
        typeof(T) == typeof(float) ? (T)(object)((float)(object)a + (float)(object)b) : (T)(object)((double)(object)a + (double)(object)b);
}
