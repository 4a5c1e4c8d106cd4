using MiniGrad.Kernels.Cpu;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Reference;

/// <summary>
/// The definition: every operand is read into doubles in row-major order, plain loops follow the textbook, and the
/// result is rounded once. The fast kernels are tested against it.
/// </summary>
internal sealed partial class ReferenceBackend : Backend
{
    public override void Fill(in View y, double value)
    {
        double[] result = new double[y.Shape.Count];
        Array.Fill(result, value);
        Write(y, result);
    }

    public override void Copy(in View x, in View y) => Write(y, Read(x));

    public override void Map<F>(F formula, in View x, in View y)
    {
        double[] a = Read(x);
        for (long i = 0; i < a.Length; i++) a[i] = formula.Apply(new ScalarLane(a[i])).Value;
        Write(y, a);
    }

    public override void Zip<F>(F formula, in View a, in View b, in View y)
    {
        double[] left = Read(a);
        double[] right = Read(b);
        for (long i = 0; i < left.Length; i++) left[i] = formula.Apply(new ScalarLane(left[i]), new ScalarLane(right[i])).Value;
        Write(y, left);
    }

    public override void Select(in View mask, in View a, in View b, in View y)
    {
        double[] which = Read(mask);
        double[] left = Read(a);
        double[] right = Read(b);
        for (long i = 0; i < left.Length; i++) left[i] = which[i] != 0 ? left[i] : right[i];
        Write(y, left);
    }

    public override void Reduce(Reduction reduction, in View x, in View y)
    {
        (int outer, int n, int inner) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        double[] a = Read(x);
        double[] result = new double[outer * inner];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                double total = reduction == Reduction.Sum ? 0 : double.NegativeInfinity;
                for (int k = 0; k < n; k++)
                {
                    double value = a[(o * n + k) * inner + i];
                    total = reduction == Reduction.Sum ? total + value : Math.Max(total, value);
                }
                result[o * inner + i] = total;
            }
        }
        Write(y, result);
    }

    public override void ArgMax(in View x, in View y)
    {
        (int outer, int n, int inner) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        double[] a = Read(x);
        double[] result = new double[outer * inner];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                int best = 0;
                for (int k = 1; k < n; k++)
                {
                    double champion = a[(o * n + best) * inner + i];
                    double value = a[(o * n + k) * inner + i];
                    if (value > champion || (double.IsNaN(value) && !double.IsNaN(champion))) best = k;
                }
                result[o * inner + i] = best;
            }
        }
        Write(y, result);
    }

    public override void MatMul(in View a, in View c, in Epilogue epilogue, in View y)
    {
        (int items, int m, int k, int n) = (a.Shape[0] * a.Shape[1], a.Shape[2], a.Shape[3], c.Shape[3]);
        double[] left = Read(a);
        double[] right = Read(c);
        double[] result = new double[items * m * n];
        for (int item = 0; item < items; item++)
        {
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (int d = 0; d < k; d++) sum += left[(item * m + i) * k + d] * right[(item * k + d) * n + j];
                    result[(item * m + i) * n + j] = sum;
                }
            }
        }
        Write(y, Finished(result, epilogue, i => i % n));
    }

    /// <summary>As <see cref="Epilogue"/> says; <paramref name="place"/> finds an element's number in the shift.</summary>
    private static double[] Finished(double[] y, in Epilogue epilogue, Func<int, int> place)
    {
        double[]? shift = epilogue.Shift is { } numbers ? Read(numbers) : null;
        double[]? residual = epilogue.Residual is { } added ? Read(added) : null;
        double[]? gate = epilogue.Mask is { } mask ? Read(mask) : null;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] += (shift?[place(i)] ?? 0) + (residual?[i] ?? 0);
            if ((epilogue.Relu && y[i] < 0) || gate?[i] <= 0) y[i] = 0;
        }
        return y;
    }

    public override void Gather(in View x, in View index, in View y)
    {
        (int outer, int m, int inner) = (y.Shape[0], y.Shape[1], y.Shape[2]);
        int n = x.Shape[1];
        double[] a = Read(x);
        double[] at = Read(index);
        double[] result = new double[outer * m * inner];
        for (int i = 0; i < result.Length; i++)
        {
            int k = Index(at[i], n, "gather");
            result[i] = a[(i / (m * inner) * n + k) * inner + i % inner];
        }
        Write(y, result);
    }

    public override void ScatterAdd(in View g, in View index, in View y)
    {
        (int outer, int n, int inner) = (y.Shape[0], y.Shape[1], y.Shape[2]);
        int m = g.Shape[1];
        double[] a = Read(g);
        double[] at = Read(index);
        double[] result = new double[outer * n * inner];
        for (int i = 0; i < a.Length; i++)
        {
            int k = Index(at[i], n, "scatter-add");
            result[(i / (m * inner) * n + k) * inner + i % inner] += a[i];
        }
        Write(y, result);
    }

    private static int Index(double value, int n, string operation)
    {
        if (!(value >= 0 && value < n)) Throw.Range($"{operation}: index {value} is outside 0 to {n - 1}.");
        return (int)value;
    }

    private static double[] Read(in View view) => view.Type switch
    {
        DType.F32 => Read(view, Memory.Of<float>(view), v => v),
        DType.F64 => Read(view, Memory.Of<double>(view), v => v),
        DType.I32 => Read(view, Memory.Of<int>(view), v => v),
        _ => Read(view, Memory.Of<byte>(view), v => v),
    };

    private static double[] Read<T>(in View view, Span<T> memory, Func<T, double> widen)
    {
        Rows rows = new(view.Layout, view.Layout);
        double[] values = new double[view.Shape.Count];
        long i = 0;
        for (long row = 0; row < rows.Count; row++)
        {
            long start = rows.Start(0, row);
            for (long k = 0; k < rows.Length; k++) values[i++] = widen(memory[(int)(start + k * rows.Step(0))]);
        }
        return values;
    }

    private static void Write(in View view, double[] values)
    {
        switch (view.Type)
        {
            case DType.F32: Write(view, values, Memory.Of<float>(view), v => (float)v); break;
            case DType.F64: Write(view, values, Memory.Of<double>(view), v => v); break;
            case DType.I32: Write(view, values, Memory.Of<int>(view), v => (int)v); break;
            default: Write(view, values, Memory.Of<byte>(view), v => (byte)(v != 0 ? 1 : 0)); break;
        }
    }

    private static void Write<T>(in View view, double[] values, Span<T> memory, Func<double, T> round)
    {
        Rows rows = new(view.Layout, view.Layout);
        long i = 0;
        for (long row = 0; row < rows.Count; row++)
        {
            long start = rows.Start(0, row);
            for (long k = 0; k < rows.Length; k++) memory[(int)(start + k * rows.Step(0))] = round(values[i++]);
        }
    }
}
