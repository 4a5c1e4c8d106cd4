using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>The fast kernels for the processor: SIMD lanes, packed products, fixed order of summation.</summary>
public sealed unsafe partial class CpuBackend : Backend
{
    /// <summary>Elements per piece of a row: the piece and its gathered operands stay in the first-level cache.</summary>
    private const int Piece = 1024;

    /// <summary>Elements per parallel work item: below this a pointwise loop stays on the caller.</summary>
    private const long Grain = 16 * 1024;

    public override void Map<F>(F formula, in View x, in View y)
    {
        if (y.Type == DType.F32) Map<float, F>(formula, x, y);
        else Map<double, F>(formula, x, y);
    }

    public override void Zip<F>(F formula, in View a, in View b, in View y)
    {
        if (a.Type == DType.F32) Zip<float, F>(formula, a, b, y);
        else Zip<double, F>(formula, a, b, y);
    }

    public override void Select(in View mask, in View a, in View b, in View y)
    {
        if (y.Type == DType.F32) Select<float>(mask, a, b, y);
        else Select<double>(mask, a, b, y);
    }

    private static void Map<T, F>(F formula, in View x, in View y) where T : unmanaged where F : struct, IFormula
    {
        Rows rows = new(y.Layout, x.Layout);
        fixed (T* to = Memory.Of<T>(y), from = Memory.Of<T>(x))
        {
            Threads.For(Pieces(rows), PieceGrain(rows), new MapBody<T, F>(formula, rows, from, to));
        }
    }

    private static void Zip<T, F>(F formula, in View a, in View b, in View y) where T : unmanaged where F : struct, IFormula2
    {
        Rows rows = new(y.Layout, a.Layout, b.Layout);
        fixed (byte* to = Memory.Of<byte>(y))
        fixed (T* left = Memory.Of<T>(a), right = Memory.Of<T>(b))
        {
            Threads.For(Pieces(rows), PieceGrain(rows), new ZipBody<T, F>(formula, rows, left, right, to, y.Type == DType.Bool));
        }
    }

    private static void Select<T>(in View mask, in View a, in View b, in View y) where T : unmanaged
    {
        Rows rows = new(y.Layout, a.Layout, b.Layout, mask.Layout);
        fixed (T* to = Memory.Of<T>(y), left = Memory.Of<T>(a), right = Memory.Of<T>(b))
        fixed (byte* which = Memory.Of<byte>(mask))
        {
            Threads.For(Pieces(rows), PieceGrain(rows), new SelectBody<T>(rows, which, left, right, to));
        }
    }

    private static long PiecesPerRow(in Rows rows) => (rows.Length + Piece - 1) / Piece;

    private static long Pieces(in Rows rows) => rows.Count * PiecesPerRow(rows);

    private static long PieceGrain(in Rows rows) => Math.Max(1, Grain / Math.Min(Piece, Math.Max(1, rows.Length)));

    /// <summary>The operand's next n elements side by side: in place when they are, else collected into the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Fetch<T>(T* from, long step, int n, T* buffer) where T : unmanaged
    {
        if (step == 1) return from;
        if (step == 0) new Span<T>(buffer, n).Fill(*from);
        else for (int i = 0; i < n; i++) buffer[i] = from[i * step];
        return buffer;
    }

    private readonly struct MapBody<T, F>(F formula, Rows rows, T* from, T* to) : ILoopBody
        where T : unmanaged where F : struct, IFormula
    {
        [SkipLocalsInit]
        public void Run(long begin, long end)
        {
            T* buffer = stackalloc T[Piece];
            long perRow = PiecesPerRow(rows);
            for (long piece = begin; piece < end; piece++)
            {
                long at = piece % perRow * Piece;
                long row = piece / perRow;
                int n = (int)Math.Min(Piece, rows.Length - at);
                T* x = Fetch(from + rows.Start(1, row) + at * rows.Step(1), rows.Step(1), n, buffer);
                Apply(x, to + rows.Start(0, row) + at, n);
            }
        }

        // Whole vectors, then the rest of the row through the same vector code on a padded copy: a result must not
        // depend on where its row ended.
        private void Apply(T* x, T* y, int n)
        {
            int width = Vector<T>.Count;
            int i = 0;
            for (; i + width <= n; i += width)
            {
                Vector.Store(formula.Apply(new VectorLane<T>(Vector.Load(x + i))).Value, y + i);
            }
            if (i == n) return;
            T* rest = stackalloc T[Vector<T>.Count];
            Unsafe.CopyBlockUnaligned(rest, x + i, (uint)((n - i) * sizeof(T)));
            Vector.Store(formula.Apply(new VectorLane<T>(Vector.Load(rest))).Value, rest);
            Unsafe.CopyBlockUnaligned(y + i, rest, (uint)((n - i) * sizeof(T)));
        }
    }

    private readonly struct ZipBody<T, F>(F formula, Rows rows, T* left, T* right, byte* to, bool mask) : ILoopBody
        where T : unmanaged where F : struct, IFormula2
    {
        [SkipLocalsInit]
        public void Run(long begin, long end)
        {
            T* leftBuffer = stackalloc T[Piece];
            T* rightBuffer = stackalloc T[Piece];
            T* result = stackalloc T[mask ? Piece : 1];
            long perRow = PiecesPerRow(rows);
            for (long piece = begin; piece < end; piece++)
            {
                long at = piece % perRow * Piece;
                long row = piece / perRow;
                int n = (int)Math.Min(Piece, rows.Length - at);
                // An operand that is one number for the whole row (a bias) stays in a register.
                T* a = left + rows.Start(1, row) + at * rows.Step(1);
                T* b = right + rows.Start(2, row) + at * rows.Step(2);
                if (rows.Step(1) != 0) a = Fetch(a, rows.Step(1), n, leftBuffer);
                if (rows.Step(2) != 0) b = Fetch(b, rows.Step(2), n, rightBuffer);
                long y = rows.Start(0, row) + at;
                T* output = mask ? result : (T*)to + y;
                Apply(a, rows.Step(1) == 0, b, rows.Step(2) == 0, output, n);
                if (!mask) continue;
                for (int i = 0; i < n; i++) to[y + i] = EqualityComparer<T>.Default.Equals(result[i], default) ? (byte)0 : (byte)1;
            }
        }

        private void Apply(T* a, bool oneA, T* b, bool oneB, T* y, int n)
        {
            int width = Vector<T>.Count;
            Vector<T> x = new(*a);
            Vector<T> z = new(*b);
            int i = 0;
            for (; i + width <= n; i += width)
            {
                if (!oneA) x = Vector.Load(a + i);
                if (!oneB) z = Vector.Load(b + i);
                Vector.Store(formula.Apply(new VectorLane<T>(x), new VectorLane<T>(z)).Value, y + i);
            }
            if (i == n) return;
            T* rest = stackalloc T[2 * Vector<T>.Count];
            uint bytes = (uint)((n - i) * sizeof(T));
            if (!oneA)
            {
                Unsafe.CopyBlockUnaligned(rest, a + i, bytes);
                x = Vector.Load(rest);
            }
            if (!oneB)
            {
                Unsafe.CopyBlockUnaligned(rest + width, b + i, bytes);
                z = Vector.Load(rest + width);
            }
            Vector.Store(formula.Apply(new VectorLane<T>(x), new VectorLane<T>(z)).Value, rest);
            Unsafe.CopyBlockUnaligned(y + i, rest, bytes);
        }
    }

    private readonly struct SelectBody<T>(Rows rows, byte* mask, T* left, T* right, T* to) : ILoopBody where T : unmanaged
    {
        public void Run(long begin, long end)
        {
            long perRow = PiecesPerRow(rows);
            for (long piece = begin; piece < end; piece++)
            {
                long at = piece % perRow * Piece;
                long row = piece / perRow;
                int n = (int)Math.Min(Piece, rows.Length - at);
                T* a = left + rows.Start(1, row) + at * rows.Step(1);
                T* b = right + rows.Start(2, row) + at * rows.Step(2);
                byte* m = mask + rows.Start(3, row) + at * rows.Step(3);
                T* y = to + rows.Start(0, row) + at;
                for (int i = 0; i < n; i++) y[i] = m[i * rows.Step(3)] != 0 ? a[i * rows.Step(1)] : b[i * rows.Step(2)];
            }
        }
    }
}
