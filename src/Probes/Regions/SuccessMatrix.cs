namespace MiniGrad.Probes.Regions;

/// <summary>
/// How often walks arrive, by the classes of their images: <c>Cells[target][source]</c>, as the figures of the null-space study have
/// it. Totals leave out the diagonal, where source and target are of one class.
/// </summary>
internal sealed record SuccessMatrix(SuccessShare[][] Cells)
{
    public int Classes => Cells.Length;

    /// <summary>All walks between two classes.</summary>
    public SuccessShare Overall => Sum((target, source) => target != source);

    /// <summary>Counts the walks that end nearer to their target than a threshold; at most as far, where that is asked for.</summary>
    /// <exception cref="ArgumentException">The threshold is not positive, a class does not exist, or a distance is NaN.</exception>
    public static SuccessMatrix Of(
        IEnumerable<WalkEnd> ends, int classes, double threshold, WrongSources wrong = WrongSources.Excluded, bool orAt = false)
    {
        if (classes < 2) Throw.Range($"success: {classes} classes; at least 2 are needed.");
        SuccessShare[][] cells = [.. Enumerable.Range(0, classes).Select(_ => new SuccessShare[classes])];
        foreach (WalkEnd end in ends)
        {
            if ((uint)end.SourceClass >= (uint)classes || (uint)end.TargetClass >= (uint)classes)
            {
                Throw.Range($"success: a walk from class {end.SourceClass} to {end.TargetClass}; classes are 0 to {classes - 1}.");
            }
            cells[end.TargetClass][end.SourceClass] += SuccessShare.Of(end, threshold, wrong, orAt);
        }
        return new(cells);
    }

    /// <summary>The walks from all other classes to one.</summary>
    public SuccessShare OfTarget(int target) => Sum((t, s) => t == target && s != target);

    /// <summary>The walks from one class to all others.</summary>
    public SuccessShare OfSource(int source) => Sum((t, s) => s == source && t != source);

    private SuccessShare Sum(Func<int, int, bool> isCounted)
    {
        SuccessShare sum = default;
        for (int target = 0; target < Classes; target++)
        {
            for (int source = 0; source < Classes; source++)
            {
                if (isCounted(target, source)) sum += Cells[target][source];
            }
        }
        return sum;
    }
}

/// <summary>The share of walks between two classes that arrive, by how near they must come: success depends steeply on it.</summary>
internal sealed record ThresholdCurve(IReadOnlyList<(double Threshold, SuccessShare Share)> Points)
{
    /// <summary>The thresholds of the null-space study, for LPIPS on AlexNet.</summary>
    public static readonly double[] Usual = [0.01, 0.02, 0.03, 0.05, 0.1];

    /// <summary>One point for each threshold, <see cref="Usual"/> ones by default.</summary>
    /// <exception cref="ArgumentException">A threshold is not positive, or a distance is NaN.</exception>
    public static ThresholdCurve Of(
        IEnumerable<WalkEnd> ends, double[]? thresholds = null, WrongSources wrong = WrongSources.Excluded, bool orAt = false)
    {
        WalkEnd[] between = [.. ends.Where(end => end.SourceClass != end.TargetClass)];
        return new([.. (thresholds ?? Usual).Select(threshold => (threshold,
            between.Aggregate(default(SuccessShare), (sum, end) => sum + SuccessShare.Of(end, threshold, wrong, orAt))))]);
    }
}
