namespace MiniGrad.Kernels.Reference;

// Each row of the last axis by the textbook.
internal sealed partial class ReferenceBackend
{
    public override void Softmax(double scale, in View x, in View y)
    {
        double[][] rows = ReadRows(x);
        foreach (double[] row in rows)
        {
            double top = row.Max();
            for (int i = 0; i < row.Length; i++) row[i] = Math.Exp(scale * (row[i] - top));
            double sum = row.Sum();
            for (int i = 0; i < row.Length; i++) row[i] /= sum;
        }
        WriteRows(y, rows);
    }

    public override void SoftmaxAdjoint(double scale, in View y, in View g, in View dx)
    {
        (double[][] values, double[][] rows) = (ReadRows(y), ReadRows(g));
        for (int k = 0; k < rows.Length; k++)
        {
            double mean = rows[k].Zip(values[k], (a, b) => a * b).Sum();
            for (int i = 0; i < rows[k].Length; i++) rows[k][i] = scale * values[k][i] * (rows[k][i] - mean);
        }
        WriteRows(dx, rows);
    }

    public override void LogSumExp(in View x, in View? labels, in View y)
    {
        double[][] rows = ReadRows(x);
        double[]? index = labels is { } view ? Read(view) : null;
        double[] result = new double[rows.Length];
        for (int k = 0; k < rows.Length; k++)
        {
            double top = Finite(rows[k].Max());
            result[k] = Math.Log(rows[k].Sum(v => Math.Exp(v - top))) + top;
            if (index is not null) result[k] -= rows[k][(int)index[k]];
        }
        Write(y, result);
    }

    public override void LogSumExpAdjoint(in View x, in View? labels, in View g, in View dx)
    {
        double[][] rows = ReadRows(x);
        double[] factor = Read(g);
        double[]? index = labels is { } view ? Read(view) : null;
        for (int k = 0; k < rows.Length; k++)
        {
            double top = Finite(rows[k].Max());
            double[] e = Array.ConvertAll(rows[k], v => Math.Exp(v - top));
            double sum = e.Sum();
            rows[k] = Array.ConvertAll(e, v => factor[k] * v / sum);
            if (index is not null) rows[k][(int)index[k]] = -factor[k] * (sum - e[(int)index[k]]) / sum;
        }
        WriteRows(dx, rows);
    }

    public override void NormalizeRows(in View x, in View? scale, in View? shift, double epsilon, in View y, in View? moments)
    {
        double[][] rows = ReadRows(x);
        (double[]? factor, double[]? offset) = (scale is { } s ? Read(s) : null, shift is { } b ? Read(b) : null);
        double[][] kept = new double[rows.Length][];
        for (int k = 0; k < rows.Length; k++)
        {
            double mean = rows[k].Average();
            double inverse = 1 / Math.Sqrt(rows[k].Average(v => (v - mean) * (v - mean)) + epsilon);
            kept[k] = [mean, inverse];
            for (int i = 0; i < rows[k].Length; i++) rows[k][i] = (rows[k][i] - mean) * inverse * (factor?[i] ?? 1) + (offset?[i] ?? 0);
        }
        WriteRows(y, rows);
        if (moments is { } view) WriteRows(view, kept);
    }

    public override void NormalizeRowsAdjoint(in View g, in View x, in View? scale, in View moments, in View? sum, in View dx)
    {
        (double[][] slopes, double[][] rows, double[][] kept) = (ReadRows(g), ReadRows(x), ReadRows(moments));
        double[]? factor = scale is { } s ? Read(s) : null;
        for (int k = 0; k < rows.Length; k++)
        {
            double[] u = [.. slopes[k].Select((v, i) => v * (factor?[i] ?? 1))];
            double[] normal = Array.ConvertAll(rows[k], v => (v - kept[k][0]) * kept[k][1]);
            double mean = u.Average();
            double along = u.Zip(normal, (a, b) => a * b).Average();
            rows[k] = [.. u.Select((v, i) => kept[k][1] * (v - mean - normal[i] * along))];
        }
        if (sum is { } added)
        {
            double[][] sums = ReadRows(added);
            for (int k = 0; k < rows.Length; k++) rows[k] = [.. rows[k].Zip(sums[k], (a, b) => a + b)];
        }
        WriteRows(dx, rows);
    }

    private static double Finite(double top) => double.IsInfinity(top) ? 0 : top;

    private static double[][] ReadRows(in View view) => [.. Read(view).Chunk(view.Shape[-1])];

    private static void WriteRows(in View view, double[][] rows) => Write(view, [.. rows.SelectMany(row => row)]);
}
