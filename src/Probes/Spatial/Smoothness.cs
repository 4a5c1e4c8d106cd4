using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// How rough the loss Z of a landscape is. Both axes are scaled to [-1, 1], so that neither limits nor resolution change the unit of
/// the gradient, which is loss per half-width. An axis of one value has no differences.
/// </summary>
/// <param name="GradientMean">The mean length of the gradient: central differences inside, one-sided ones on the rim.</param>
/// <param name="GradientDeviation">The standard deviation of that length over the cells, of the population.</param>
/// <param name="TotalVariation">
/// The mean absolute difference of neighbours along both axes. It falls with the spacing: compare landscapes of one resolution.
/// </param>
/// <param name="LocalMaxima">Cells inside that are strictly above their eight neighbours.</param>
/// <param name="RimMaxima">Cells of the rim that are strictly above all neighbours they have.</param>
/// <param name="Frequency">
/// The strongest frequency along the columns, without the constant, in cycles per pixel; the lowest of equals. A network that
/// subsamples by s repeats itself with 1/s: look near 1/2, 1/4, 1/8. One cycle per pixel is the interpolation itself, which blurs
/// between whole shifts. NaN where columns are angles, are fewer than 2, or no row changes.
/// </param>
public sealed record Smoothness(
    double GradientMean, double GradientDeviation, double TotalVariation, int LocalMaxima, int RimMaxima, double Frequency)
{
    /// <summary>Of the loss of a landscape.</summary>
    public static Smoothness Of(Landscape landscape)
    {
        IReadOnlyList<double> columns = landscape.Columns.Values;
        bool isShift = landscape.Columns.Axis != WarpAxis.Angle && columns.Count > 1;
        return Of(landscape.Loss, isShift ? columns[1] - columns[0] : double.NaN);
    }

    /// <summary>Of any function on a grid.</summary>
    /// <param name="values">Row by row.</param>
    /// <param name="pixels">The distance of two columns in pixels; NaN where they are no shifts.</param>
    /// <exception cref="ArgumentException">There is no value, rows have different lengths, or a value is not finite.</exception>
    public static Smoothness Of(IReadOnlyList<IReadOnlyList<double>> values, double pixels)
    {
        Check(values);
        (int rows, int columns) = (values.Count, values[0].Count);
        double[] slopes = new double[rows * columns];
        double variation = 0;
        int inside = 0;
        int rim = 0;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double down = Slope(k => values[k][j], i, rows);
                double across = Slope(k => values[i][k], j, columns);
                slopes[i * columns + j] = double.Hypot(down, across);
                if (i > 0) variation += Math.Abs(values[i][j] - values[i - 1][j]);
                if (j > 0) variation += Math.Abs(values[i][j] - values[i][j - 1]);
                if (!IsMaximum(values, i, j)) continue;
                if (i > 0 && i < rows - 1 && j > 0 && j < columns - 1) inside++;
                else rim++;
            }
        }
        (double mean, double deviation) = Statistics.Spread(slopes, population: true);
        int differences = (rows - 1) * columns + rows * (columns - 1);
        return new(mean, deviation, differences > 0 ? variation / differences : 0, inside, rim, Strongest(values, pixels));
    }

    private static void Check(IReadOnlyList<IReadOnlyList<double>> values)
    {
        if (values.Count == 0 || values[0].Count == 0) Throw.Argument("smoothness: there are no values. Give at least one.");
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i].Count != values[0].Count)
            {
                Throw.Argument($"smoothness: row {i} has {values[i].Count} values, the first has {values[0].Count}. Give a full grid.");
            }
            for (int j = 0; j < values[i].Count; j++)
            {
                if (!double.IsFinite(values[i][j]))
                {
                    Throw.Argument($"smoothness: the value of row {i}, column {j} is {values[i][j]}. Give finite values.");
                }
            }
        }
    }

    // Of n values on [-1, 1], neighbours are 2/(n - 1) apart.
    private static double Slope(Func<int, double> value, int at, int count)
    {
        if (count == 1) return 0;
        (int low, int high) = (Math.Max(0, at - 1), Math.Min(count - 1, at + 1));
        return (value(high) - value(low)) * (count - 1) / (2.0 * (high - low));
    }

    private static bool IsMaximum(IReadOnlyList<IReadOnlyList<double>> values, int row, int column)
    {
        int neighbours = 0;
        for (int i = Math.Max(0, row - 1); i <= Math.Min(values.Count - 1, row + 1); i++)
        {
            for (int j = Math.Max(0, column - 1); j <= Math.Min(values[i].Count - 1, column + 1); j++)
            {
                if (i == row && j == column) continue;
                if (!(values[row][column] > values[i][j])) return false;
                neighbours++;
            }
        }
        return neighbours > 0;
    }

    // The power of the discrete Fourier transform of the rows, meaned over them. Without its first value a constant row is exactly 0.
    private static double Strongest(IReadOnlyList<IReadOnlyList<double>> values, double pixels)
    {
        int n = values[0].Count;
        double best = 0;
        int strongest = 0;
        for (int k = 1; 2 * k <= n; k++)
        {
            double power = 0;
            foreach (IReadOnlyList<double> row in values)
            {
                (double real, double imaginary) = (0, 0);
                for (int j = 0; j < n; j++)
                {
                    // The turn is reduced as a whole number, which keeps it exact.
                    double angle = 2 * Math.PI * ((long)k * j % n) / n;
                    real += (row[j] - row[0]) * Math.Cos(angle);
                    imaginary += (row[j] - row[0]) * Math.Sin(angle);
                }
                power += real * real + imaginary * imaginary;
            }
            // What differs by rounding alone is equal.
            if (power > best * (1 + 1e-12)) (best, strongest) = (power, k);
        }
        return strongest == 0 ? double.NaN : strongest / (n * pixels);
    }
}
