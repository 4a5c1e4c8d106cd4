namespace MiniGrad.Kernels.Cpu;

internal sealed unsafe partial class CpuBackend
{
    public override void Fill(in View y, double value)
    {
        switch (y.Type)
        {
            case DType.F32: Fill(y, (float)value); break;
            case DType.F64: Fill(y, value); break;
            case DType.I32: Fill(y, (int)value); break;
            default: Fill(y, (byte)(value != 0 ? 1 : 0)); break;
        }
    }

    public override void Copy(in View x, in View y)
    {
        switch (x.Type)
        {
            case DType.F32: CopyFrom<float>(x, y); break;
            case DType.F64: CopyFrom<double>(x, y); break;
            case DType.I32: CopyFrom<int>(x, y); break;
            default: CopyFrom<byte>(x, y); break;
        }
    }

    private static void Fill<T>(in View y, T value) where T : unmanaged
    {
        Rows rows = new(y.Layout, y.Layout);
        fixed (T* to = Memory.Of<T>(y))
        {
            for (long row = 0; row < rows.Count; row++)
            {
                T* at = to + rows.Start(0, row);
                if (rows.Step(0) == 1) new Span<T>(at, (int)rows.Length).Fill(value);
                else for (long i = 0; i < rows.Length; i++) at[i * rows.Step(0)] = value;
            }
        }
    }

    private static void CopyFrom<S>(in View x, in View y) where S : unmanaged
    {
        switch (y.Type)
        {
            case DType.F32: Copy<S, float>(x, y); break;
            case DType.F64: Copy<S, double>(x, y); break;
            case DType.I32: Copy<S, int>(x, y); break;
            default: Copy<S, byte>(x, y); break;
        }
    }

    private static void Copy<S, T>(in View x, in View y) where S : unmanaged where T : unmanaged
    {
        if (y.Shape.Count == 0) return;
        Rows rows = new(y.Layout, x.Layout);
        fixed (T* to = Memory.Of<T>(y))
        fixed (S* from = Memory.Of<S>(x))
        {
            int across = typeof(S) == typeof(T) && rows.Step(0) == 1 && rows.Step(1) != 1 ? SourceAxis(rows) : 0;
            if (across == 0) Threads.For(PieceCount(rows), PieceGrain(rows), new CopyBody<S, T>(rows, from, to));
            else TransposeBody<T>.Run(rows, across, (T*)from, to);
        }
    }

    private readonly struct CopyBody<S, T>(Rows rows, S* from, T* to) : ILoopBody where S : unmanaged where T : unmanaged
    {
        public void Run(long begin, long end)
        {
            long fromStep = rows.Step(1);
            long toStep = rows.Step(0);
            Pieces pieces = new(rows, begin);
            for (long piece = begin; piece < end; piece++, pieces.Next(rows))
            {
                int n = pieces.Count(rows);
                S* x = from + pieces.At(1, rows);
                T* y = to + pieces.At(0, rows);
                if (typeof(S) == typeof(T))
                {
                    if (fromStep == 1 && toStep == 1) new Span<S>(x, n).CopyTo(new Span<S>(y, n));
                    else for (int i = 0; i < n; i++) ((S*)y)[i * toStep] = x[i * fromStep];
                    continue;
                }
                for (int i = 0; i < n; i++) y[i * toStep] = Convert(x[i * fromStep]);
            }
        }

        // Each test of a type is decided when the method is compiled; one conversion remains, without boxes.
        private static T Convert(S value)
        {
            double number = typeof(S) == typeof(float) ? (float)(object)value
                : typeof(S) == typeof(double) ? (double)(object)value
                : typeof(S) == typeof(int) ? (int)(object)value
                : (byte)(object)value;
            if (typeof(T) == typeof(float)) return (T)(object)(float)number;
            if (typeof(T) == typeof(double)) return (T)(object)number;
            if (typeof(T) == typeof(int)) return (T)(object)(int)number;
            return (T)(object)(byte)(number != 0 ? 1 : 0);
        }
    }
    /// <summary>The axis along which the source lies together, when it is not the row; otherwise 0.</summary>
    private static int SourceAxis(in Rows rows)
    {
        for (int axis = 1; axis < rows.Axes; axis++)
        {
            if (rows.Stride(1, axis) == 1 && rows.Size(axis) >= TransposeBody<byte>.Side) return axis;
        }
        return 0;
    }

    /// <summary>
    /// A transpose: rows of y, columns of x. Squares of both fit the first-level cache, so that a line fetched for one
    /// element serves its neighbours too.
    /// <code>
    ///   x:  across →           y:  along →
    ///       a a a a                a b c d     rows.Step(1) is the step down in x,
    ///       b b b b        →       a b c d     rows.Stride(0, across) the one in y
    ///       c c c c                a b c d
    /// </code>
    /// A work item is one plane's strip of <see cref="Side"/> rows of y.
    /// </summary>
    private readonly struct TransposeBody<T>(Rows rows, int across, T* from, T* to) : ILoopBody where T : unmanaged
    {
        public const int Side = 16;

        private long Strips => (rows.Size(across) + Side - 1) / Side;

        public static void Run(in Rows rows, int across, T* from, T* to)
        {
            TransposeBody<T> body = new(rows, across, from, to);
            Threads.For(rows.Count / rows.Size(across) * body.Strips, Math.Max(1, Grain / (Side * rows.Length)), body);
        }

        public void Run(long begin, long end)
        {
            for (long item = begin; item < end; item++)
            {
                long first = item % Strips * Side;
                (long x, long y) = Plane(item / Strips);
                Strip(from + x + first, to + y + first * rows.Stride(0, across), (int)Math.Min(Side, rows.Size(across) - first));
            }
        }

        /// <summary>Where a plane starts in x and y: its place along all axes but the two.</summary>
        private (long From, long To) Plane(long plane)
        {
            (long x, long y) = (rows.Start(1, 0), rows.Start(0, 0));
            for (int axis = 1; axis < rows.Axes; axis++)
            {
                if (axis == across) continue;
                long position = plane % rows.Size(axis);
                plane /= rows.Size(axis);
                x += position * rows.Stride(1, axis);
                y += position * rows.Stride(0, axis);
            }
            return (x, y);
        }

        private void Strip(T* x, T* y, int height)
        {
            for (long j = 0; j < rows.Length; j += Side)
            {
                int width = (int)Math.Min(Side, rows.Length - j);
                if (typeof(T) == typeof(float) && height == Side && width == Side) Block((float*)x + j * rows.Step(1), (float*)y + j);
                else Part(x + j * rows.Step(1), y + j, height, width);
            }
        }

        private void Block(float* x, float* y)
        {
            int side = Transpose.Side;
            for (int i = 0; i < Side; i += side)
            {
                for (int k = 0; k < Side; k += side)
                {
                    StridedLines source = new(x + k * rows.Step(1) + i, rows.Step(1));
                    Transpose.Block(source, side, new StridedLines(y + i * rows.Stride(0, across) + k, rows.Stride(0, across)));
                }
            }
        }

        private void Part(T* x, T* y, int height, int width)
        {
            for (int i = 0; i < height; i++)
            {
                T* target = y + i * rows.Stride(0, across);
                for (int k = 0; k < width; k++) target[k] = x[k * rows.Step(1) + i];
            }
        }
    }
}
