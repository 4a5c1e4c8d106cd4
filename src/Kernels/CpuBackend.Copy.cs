namespace MiniGrad.Kernels;

public sealed unsafe partial class CpuBackend
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
        Rows rows = new(y.Layout, x.Layout);
        fixed (T* to = Memory.Of<T>(y))
        fixed (S* from = Memory.Of<S>(x))
        {
            Threads.For(Pieces(rows), PieceGrain(rows), new CopyBody<S, T>(rows, from, to));
        }
    }

    private readonly struct CopyBody<S, T>(Rows rows, S* from, T* to) : ILoopBody where S : unmanaged where T : unmanaged
    {
        public void Run(long begin, long end)
        {
            long perRow = PiecesPerRow(rows);
            long fromStep = rows.Step(1);
            long toStep = rows.Step(0);
            for (long piece = begin; piece < end; piece++)
            {
                long at = piece % perRow * Piece;
                long row = piece / perRow;
                int n = (int)Math.Min(Piece, rows.Length - at);
                S* x = from + rows.Start(1, row) + at * fromStep;
                T* y = to + rows.Start(0, row) + at * toStep;
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
}
