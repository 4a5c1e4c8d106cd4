namespace MiniGrad.Charts.Plots;

/// <summary>
/// Bins of one round width (1, 2 or 5 times a power of ten) whose edges are multiples of it, so that zero is an edge
/// wherever the values have both signs. A bin holds its lower edge, the last one both.
/// </summary>
public sealed class HistogramBins
{
    private const int Fewest = 4;

    private HistogramBins(double[] edges) => Edges = edges;

    public IReadOnlyList<double> Edges { get; }

    /// <summary>About the given number of bins over [minimum, maximum], of which the end bins may reach beyond.</summary>
    public static HistogramBins Over(double minimum, double maximum, int count)
    {
        if (count < Fewest) Throw.Range($"histogram: {count} bins. Take at least {Fewest}.");
        // With at most 4 steps or more to a range, at least one multiple of the step lies inside.
        double step = AxisTicks.Step(minimum, maximum, count);
        List<double> edges = [.. AxisTicks.Linear(minimum, maximum, count)];
        if (edges[0] > minimum) edges.Insert(0, edges[0] - step);
        if (edges[^1] < maximum) edges.Add(edges[^1] + step);
        return new([.. edges]);
    }

    /// <summary>How many values each bin holds, and how many are not finite or lie outside all bins.</summary>
    public (int[] Counts, int Outside) Count(IReadOnlyList<double> values)
    {
        double[] edges = [.. Edges];
        int[] counts = new int[edges.Length - 1];
        int outside = 0;
        foreach (double value in values)
        {
            if (!(value >= edges[0] && value <= edges[^1]))
            {
                outside++;
                continue;
            }
            int found = Array.BinarySearch(edges, value);
            int bin = found >= 0 ? found : ~found - 1;
            counts[Math.Min(bin, counts.Length - 1)]++;
        }
        return (counts, outside);
    }
}
