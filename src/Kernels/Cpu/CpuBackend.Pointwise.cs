using System.Numerics;
using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Cpu;

/// <summary>The fast kernels for the processor: SIMD lanes, packed products, fixed order of summation.</summary>
internal sealed unsafe partial class CpuBackend : Backend
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
            Threads.For(PieceCount(rows), PieceGrain(rows), new MapBody<T, F>(formula, rows, from, to));
        }
    }

    private static void Zip<T, F>(F formula, in View a, in View b, in View y) where T : unmanaged where F : struct, IFormula2
    {
        Rows rows = new(y.Layout, a.Layout, b.Layout);
        fixed (byte* to = Memory.Of<byte>(y))
        fixed (T* left = Memory.Of<T>(a), right = Memory.Of<T>(b))
        {
            Threads.For(PieceCount(rows), PieceGrain(rows), new ZipBody<T, F>(formula, rows, left, right, to, y.Type == DType.Bool));
        }
    }

    private static void Select<T>(in View mask, in View a, in View b, in View y) where T : unmanaged
    {
        Rows rows = new(y.Layout, a.Layout, b.Layout, mask.Layout);
        fixed (T* to = Memory.Of<T>(y), left = Memory.Of<T>(a), right = Memory.Of<T>(b))
        fixed (byte* which = Memory.Of<byte>(mask))
        {
            Threads.For(PieceCount(rows), PieceGrain(rows), new SelectBody<T>(rows, which, left, right, to));
        }
    }

    private static long PieceCount(in Rows rows) => rows.Count * Pieces.PerRow(rows);

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

    /// <summary>Walks over the pieces of rows, one after another.</summary>
    private struct Pieces
    {
        private readonly long perRow;
        private Cursor cursor;
        private long part;

        public Pieces(in Rows rows, long begin)
        {
            perRow = PerRow(rows);
            cursor = rows.From(begin / perRow);
            part = begin % perRow;
        }

        public static long PerRow(in Rows rows) => Math.Max(1, (rows.Length + Piece - 1) / Piece);

        /// <summary>Elements of this piece.</summary>
        public readonly int Count(in Rows rows) => (int)Math.Min(Piece, rows.Length - part * Piece);

        /// <summary>Where this piece of an operand starts.</summary>
        public readonly long At(int operand, in Rows rows) => cursor.At(operand) + part * Piece * rows.Step(operand);

        public void Next(in Rows rows)
        {
            if (++part < perRow) return;
            part = 0;
            cursor.Next(rows);
        }
    }

    private readonly struct MapBody<T, F>(F formula, Rows rows, T* from, T* to) : ILoopBody
        where T : unmanaged where F : struct, IFormula
    {
        [SkipLocalsInit]
        public void Run(long begin, long end)
        {
            T* buffer = stackalloc T[Piece];
            Pieces pieces = new(rows, begin);
            for (long piece = begin; piece < end; piece++, pieces.Next(rows))
            {
                int n = pieces.Count(rows);
                T* x = Fetch(from + pieces.At(1, rows), rows.Step(1), n, buffer);
                Apply(x, to + pieces.At(0, rows), n);
            }
        }

        // Whole vectors, then the rest of the row through the same vector code on a padded copy: a result must not
        // depend on where its row ended.
        private void Apply(T* x, T* y, int n)
        {
            int whole = n & -Vector<T>.Count;
            Vectors(x, y, whole);
            if (whole == n) return;
            T* rest = stackalloc T[Vector<T>.Count];
            uint bytes = (uint)((n - whole) * sizeof(T));
            Unsafe.CopyBlockUnaligned(rest, x + whole, bytes);
            Vectors(rest, rest, Vector<T>.Count);
            Unsafe.CopyBlockUnaligned(y + whole, rest, bytes);
        }

        // Alone in its method, and there once: the compiler puts a limited amount of code into one.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Vectors(T* x, T* y, int n)
        {
            for (int i = 0; i < n; i += Vector<T>.Count) Vector.Store(formula.Apply(new VectorLane<T>(Vector.Load(x + i))).Value, y + i);
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
            Pieces pieces = new(rows, begin);
            for (long piece = begin; piece < end; piece++, pieces.Next(rows))
            {
                int n = pieces.Count(rows);
                // An operand that is one number for the whole row (a bias) stays in a register.
                T* a = left + pieces.At(1, rows);
                T* b = right + pieces.At(2, rows);
                if (rows.Step(1) != 0) a = Fetch(a, rows.Step(1), n, leftBuffer);
                if (rows.Step(2) != 0) b = Fetch(b, rows.Step(2), n, rightBuffer);
                long y = pieces.At(0, rows);
                T* output = mask ? result : (T*)to + y;
                Apply(a, rows.Step(1) == 0, b, rows.Step(2) == 0, output, n);
                if (!mask) continue;
                for (int i = 0; i < n; i++) to[y + i] = EqualityComparer<T>.Default.Equals(result[i], default) ? (byte)0 : (byte)1;
            }
        }

        private void Apply(T* a, bool oneA, T* b, bool oneB, T* y, int n)
        {
            int width = Vector<T>.Count;
            int whole = n & -width;
            Vectors(a, oneA, b, oneB, y, whole);
            if (whole == n) return;
            T* rest = stackalloc T[2 * Vector<T>.Count];
            uint bytes = (uint)((n - whole) * sizeof(T));
            if (!oneA) Unsafe.CopyBlockUnaligned(rest, a + whole, bytes);
            if (!oneB) Unsafe.CopyBlockUnaligned(rest + width, b + whole, bytes);
            Vectors(oneA ? a : rest, oneA, oneB ? b : rest + width, oneB, rest, width);
            Unsafe.CopyBlockUnaligned(y + whole, rest, bytes);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Vectors(T* a, bool oneA, T* b, bool oneB, T* y, int n)
        {
            Vector<T> x = new(*a);
            Vector<T> z = new(*b);
            for (int i = 0; i < n; i += Vector<T>.Count)
            {
                if (!oneA) x = Vector.Load(a + i);
                if (!oneB) z = Vector.Load(b + i);
                Vector.Store(formula.Apply(new VectorLane<T>(x), new VectorLane<T>(z)).Value, y + i);
            }
        }
    }

    private readonly struct SelectBody<T>(Rows rows, byte* mask, T* left, T* right, T* to) : ILoopBody where T : unmanaged
    {
        public void Run(long begin, long end)
        {
            Pieces pieces = new(rows, begin);
            for (long piece = begin; piece < end; piece++, pieces.Next(rows))
            {
                int n = pieces.Count(rows);
                T* a = left + pieces.At(1, rows);
                T* b = right + pieces.At(2, rows);
                byte* m = mask + pieces.At(3, rows);
                T* y = to + pieces.At(0, rows);
                for (int i = 0; i < n; i++) y[i] = m[i * rows.Step(3)] != 0 ? a[i * rows.Step(1)] : b[i * rows.Step(2)];
            }
        }
    }
}
