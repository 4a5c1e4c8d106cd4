using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Batched matrix products over packed panels (Goto and van de Geijn, ACM TOMS 2008). Packing and blocking are written
/// once; what is packed (a matrix, an image seen as a matrix, weights that were packed before) is a type.
/// <code>
///   for each item of the batch and each block of C, in parallel:
///     for each run of Depth:
///       pack B: Depth × columns of the block       one panel of 2 registers: 128 KB
///       for BlockRows rows of A at a time:
///         pack A: BlockRows × Depth                400 KB; with a panel of B in the second cache
///         panel by panel, strip by strip: MicroKernel
/// </code>
/// A sum runs over k in runs of one length, each one chain: the same bits for any batch, thread count and tile.
/// </summary>
internal static unsafe class Gemm<T> where T : unmanaged
{
    /// <summary>
    /// The longest run. A tile of 14 × 32 is read and written once for 1024 · 28 multiply-adds; measured best of 256 to
    /// 2048.
    /// </summary>
    private const int Depth = 1024;

    private const int BlockRows = 98;

    private const int BlockColumns = 1024;

    private static int Columns => 2 * Register<T>.Width;

    /// <summary>c [items, m, n] = a [items, m, k] · b [items, k, n].</summary>
    public static void Run<PA, PB>(long items, int m, int n, int k, PA a, PB b, in GemmOutput<T> c)
        where PA : struct, IPanels<T> where PB : struct, IPanels<T>
    {
        if (m == 0 || n == 0 || items == 0) return;
        Strips strips = new(m, Register<T>.TileRows);
        int panels = (n + Columns - 1) / Columns;
        int columnBlocks = (n + BlockColumns - 1) / BlockColumns;
        int rowBlocks = 1;
        // Enough tasks to keep all threads busy to the end; a cut along n packs A once more, a cut along m packs B once more.
        double work = (double)m * n * Math.Max(1, k);
        long wanted = Threads.Count == 1 ? 1 : Math.Min(4 * Threads.Count, (long)(items * work / 500_000));
        if (items * columnBlocks < wanted)
        {
            if (PB.IsPacked || (n < m && !PA.IsPacked)) rowBlocks = (int)Math.Min(strips.Count, (wanted + items - 1) / items);
            else columnBlocks = (int)Math.Min(panels, (wanted + items - 1) / items);
            if (items * columnBlocks * rowBlocks < wanted)
            {
                columnBlocks = (int)Math.Min(panels, (wanted + items * rowBlocks - 1) / (items * rowBlocks));
            }
        }
        columnBlocks = Math.Max(columnBlocks, (n + BlockColumns - 1) / BlockColumns);
        columnBlocks = new Strips(panels, (panels + columnBlocks - 1) / columnBlocks).Count;
        long tasks = items * rowBlocks * columnBlocks;
        long grain = Math.Max(1, (long)(100_000 / (items * work / tasks)));
        Threads.For(tasks, grain, new Body<PA, PB>(a, b, c, m, n, k, rowBlocks, columnBlocks));
    }

    private readonly struct Body<PA, PB>(PA a, PB b, in GemmOutput<T> output, int m, int n, int k, int rowBlocks, int columnBlocks)
        : ILoopBody where PA : struct, IPanels<T> where PB : struct, IPanels<T>
    {
        private readonly GemmOutput<T> output = output;

        public void Run(long begin, long end)
        {
            Strips strips = new(m, Register<T>.TileRows);
            int panels = (n + Columns - 1) / Columns;
            int widest = (panels + columnBlocks - 1) / columnBlocks * Columns;
            Strips columnCuts = new(panels, widest / Columns);
            PB right = b;
            int runs = Math.Max(1, (k + Depth - 1) / Depth);
            int longest = (k + runs - 1) / runs;
            int tall = Math.Min(m, BlockRows + Register<T>.TileRows);
            long needA = PA.IsPacked ? 0 : (long)longest * tall;
            long needB = PB.IsPacked ? 0 : (long)longest * widest;
            T* scratch = Workspace<T>.Mine.Reserve(
                Up(right.ScratchCount(widest)) + Up(needA) + Up(needB) + (long)Columns * Register<T>.TileRows + 64);
            T* packedA = scratch + Up(right.ScratchCount(widest));
            T* packedB = packedA + Up(needA);
            Buffers buffers = new(scratch, packedA, packedB, packedB + Up(needB));
            long entered = -1;
            for (long task = begin; task < end; task++)
            {
                // Row blocks of one column block follow each other: what Enter prepared serves them all.
                long item = task / (rowBlocks * columnBlocks);
                int columnBlock = (int)(task / rowBlocks % columnBlocks);
                int rowBlock = (int)(task % rowBlocks);
                int column = columnCuts.Start(columnBlock) * Columns;
                int columns = Math.Min(n, columnCuts.Start(columnBlock + 1) * Columns) - column;
                if (entered != task / rowBlocks)
                {
                    right.Enter(item, column, columns, scratch);
                    entered = task / rowBlocks;
                }
                int strip = (int)((long)strips.Count * rowBlock / rowBlocks);
                int lastStrip = (int)((long)strips.Count * (rowBlock + 1) / rowBlocks);
                Block(right, item, strips, strip, lastStrip, column, columns, runs, buffers);
            }
        }

        private void Block(
            in PB right, long item, Strips strips, int firstStrip, int lastStrip, int column, int columns, int runs, in Buffers at)
        {
            int width = Columns;
            int perBlock = Math.Max(1, BlockRows / Register<T>.TileRows);
            for (int run = 0; run < runs; run++)
            {
                int from = (int)((long)k * run / runs);
                int depth = (int)((long)k * (run + 1) / runs) - from;
                bool last = run == runs - 1;
                if (!PB.IsPacked)
                {
                    int together = PB.Together * width;
                    for (int j = 0; j < columns; j += together)
                    {
                        right.Pack(item, at.Scratch, at.PackedB + (long)j * depth, from,
                            depth, column + j, Math.Min(together, columns - j), width);
                    }
                }
                for (int strip = firstStrip; strip < lastStrip; strip += perBlock)
                {
                    int end = Math.Min(lastStrip, strip + perBlock);
                    int top = strips.Start(strip);
                    if (!PA.IsPacked)
                    {
                        for (int i = strip; i < end; i++)
                        {
                            a.Pack(item, null, at.PackedA + (long)(strips.Start(i) - top) * depth,
                                from, depth, strips.Start(i), strips.Height(i), strips.Height(i));
                        }
                    }
                    int done = 0;
                    // One row, as for a single image: panels by four.
                    for (; end - strip == 1 && strips.Height(strip) == 1
                        && done + 4 * width <= columns && output.Period - (column + done) % output.Period >= 4 * width;
                        done += 4 * width)
                    {
                        T* panels = PB.IsPacked ? right.Packed(item, column + done, from, width) : at.PackedB + (long)done * depth;
                        T* row = PA.IsPacked ? a.Packed(item, top, from, 1) : at.PackedA;
                        T* c = output.At(item, top, column + done);
                        TileKernel<T>.Row(depth, row, panels, (long)width * (PB.IsPacked ? k : depth), c, run > 0);
                        if (last && !output.Epilogue.IsNone) output.Apply(c, item, top, 1, column + done, 4 * width);
                    }
                    for (int j = done; j < columns; j += width)
                    {
                        T* panel = PB.IsPacked ? right.Packed(item, column + j, from, width) : at.PackedB + (long)j * depth;
                        for (int i = strip; i < end; i++)
                        {
                            int row = strips.Start(i);
                            int height = strips.Height(i);
                            T* rows = PA.IsPacked ? a.Packed(item, row, from, height) : at.PackedA + (long)(row - top) * depth;
                            Tile(item, height, depth, rows, panel, row, column + j, Math.Min(width, columns - j), run > 0, last, at.Edge);
                        }
                    }
                }
            }
        }

        /// <summary>A whole tile goes straight to C; one at the end of C, or across two images, through a scratch.</summary>
        private void Tile(
            long item, int height, int depth, T* rows, T* panel, int row, int column, int valid, bool accumulate, bool last, T* edge)
        {
            int within = output.Period - column % output.Period;
            T* c = output.At(item, row, column);
            if (valid == Columns && within >= Columns)
            {
                // The tile of C comes in while the sums are made.
                for (int i = 0; Sse.IsSupported && i < height; i++)
                {
                    Sse.Prefetch0(c + i * output.RowStep);
                    Sse.Prefetch0(c + i * output.RowStep + Register<T>.Width);
                }
                Gemm<T>.Tile(height, depth, rows, panel, c, output.RowStep, accumulate);
                if (last && !output.Epilogue.IsNone) output.Apply(c, item, row, height, column, valid);
                return;
            }
            Gemm<T>.Tile(height, depth, rows, panel, edge, Columns, false, valid <= Register<T>.Width);
            for (int done = 0; done < valid;)
            {
                int count = Math.Min(valid - done, output.Period - (column + done) % output.Period);
                c = output.At(item, row, column + done);
                Merge(edge + done, c, height, count, accumulate);
                if (last && !output.Epilogue.IsNone) output.Apply(c, item, row, height, column + done, count);
                done += count;
            }
        }

        private void Merge(T* from, T* c, int rows, int columns, bool accumulate)
        {
            for (int i = 0; i < rows; i++, from += Columns, c += output.RowStep)
            {
                if (!accumulate) new Span<T>(from, columns).CopyTo(new Span<T>(c, columns));
                else for (int j = 0; j < columns; j++) c[j] = Sum(c[j], from[j]);
            }
        }
    }

    /// <summary>A worker's memory: what <see cref="IPanels{T}.Enter"/> fills, the packed blocks, and a tile.</summary>
    private readonly struct Buffers(T* scratch, T* packedA, T* packedB, T* edge)
    {
        public T* Scratch => scratch;

        public T* PackedA => packedA;

        public T* PackedB => packedB;

        public T* Edge => edge;
    }

    private static long Up(long count) => (count + 31) / 16 * 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(int rows, int depth, T* a, T* b, T* c, long rowStep, bool accumulate, bool half = false)
    {
        int start = 0;
        TileRun<T> run = new()
        {
            A = a,
            B = b,
            Half = Register<T>.Width,
            Depth = depth,
            Blocks = 1,
            Offsets = &start,
            C = c,
            RowStep = (nint)rowStep,
            Accumulate = accumulate,
        };
        if (half) TileKernel<T>.RunHalf<PackedStrips>(rows, run);
        else TileKernel<T>.Run<PackedStrips>(rows, run);
    }

    private static T Sum(T a, T b) =>
        typeof(T) == typeof(float) ? (T)(object)((float)(object)a + (float)(object)b) : (T)(object)((double)(object)a + (double)(object)b);
}

/// <summary>The micro-kernel at this processor's widest register.</summary>
internal static class TileKernel<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Row(int depth, T* a, T* b, long panelStep, T* c, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated) MicroKernel<Vector512<T>, T, Simd512<T>>.Row(depth, a, b, panelStep, c, accumulate);
        else if (Vector256.IsHardwareAccelerated) MicroKernel<Vector256<T>, T, Simd256<T>>.Row(depth, a, b, panelStep, c, accumulate);
        else MicroKernel<Vector128<T>, T, Simd128<T>>.Row(depth, a, b, panelStep, c, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunHalf<L>(int rows, in TileRun<T> run) where L : struct, ITileLayout
    {
        if (Vector512.IsHardwareAccelerated) MicroKernel<Vector512<T>, T, Simd512<T>>.RunHalf<L>(rows, run);
        else if (Vector256.IsHardwareAccelerated) MicroKernel<Vector256<T>, T, Simd256<T>>.RunHalf<L>(rows, run);
        else MicroKernel<Vector128<T>, T, Simd128<T>>.RunHalf<L>(rows, run);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<L>(int rows, in TileRun<T> run) where L : struct, ITileLayout
    {
        if (Vector512.IsHardwareAccelerated) MicroKernel<Vector512<T>, T, Simd512<T>>.Run<L>(rows, run);
        else if (Vector256.IsHardwareAccelerated) MicroKernel<Vector256<T>, T, Simd256<T>>.Run<L>(rows, run);
        else MicroKernel<Vector128<T>, T, Simd128<T>>.Run<L>(rows, run);
    }
}
