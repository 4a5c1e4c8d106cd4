namespace MiniGrad.Probes.Detection;

/// <summary>
/// Detection scores sorted once: the distinct scores in ascending order, and how many natural and perturbed examples
/// have each. Ties are exact equality, so everything computed from the counts treats them as one step.
/// </summary>
internal sealed class ScoreTally
{
    private ScoreTally(double[] scores, int[] natural, int[] perturbed, int[] step) =>
        (Scores, Natural, Perturbed, Step) = (scores, natural, perturbed, step);

    public double[] Scores { get; }

    public int[] Natural { get; }

    public int[] Perturbed { get; }

    /// <summary>For each example the index of its score among the distinct scores.</summary>
    public int[] Step { get; }

    /// <summary>Sorts the examples; both classes must be present and every score finite.</summary>
    public static ScoreTally Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed)
    {
        Check(scores, isPerturbed);
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        double[] sorted = scores.ToArray();
        Array.Sort(sorted, order);
        List<double> distinct = [];
        int[] step = new int[scores.Length];
        for (int k = 0; k < sorted.Length; k++)
        {
            if (k == 0 || sorted[k] != sorted[k - 1]) distinct.Add(sorted[k]);
            step[order[k]] = distinct.Count - 1;
        }
        int[] natural = new int[distinct.Count];
        int[] perturbed = new int[distinct.Count];
        for (int i = 0; i < step.Length; i++) (isPerturbed[i] ? perturbed : natural)[step[i]]++;
        return new([.. distinct], natural, perturbed, step);
    }

    /// <summary>
    /// The share of pairs (perturbed, natural) in which the perturbed score is larger, ties counted one half. It is the
    /// Mann-Whitney statistic of average ranks, (R - P(P + 1)/2)/(P N), counted in whole halves and so exact.
    /// </summary>
    public static double PairShare(ReadOnlySpan<int> natural, ReadOnlySpan<int> perturbed)
    {
        (long halves, long below, long raised) = (0, 0, 0);
        for (int k = 0; k < natural.Length; k++)
        {
            halves += perturbed[k] * (2 * below + natural[k]);
            below += natural[k];
            raised += perturbed[k];
        }
        return halves / (2.0 * below * raised);
    }

    /// <summary>One flag a score, every score finite, both classes present.</summary>
    public static void Check(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed)
    {
        if (scores.Length != isPerturbed.Length)
            Throw.Argument($"detection: {scores.Length} scores and {isPerturbed.Length} flags. Give one flag a score.");
        for (int i = 0; i < scores.Length; i++)
        {
            if (!double.IsFinite(scores[i]))
                Throw.Argument($"detection: the score of example {i} is {scores[i]}. Leave out examples without a finite score.");
        }
        int perturbed = isPerturbed.Count(true);
        if (perturbed == 0 || perturbed == scores.Length)
            Throw.Argument($"detection: {perturbed} of {scores.Length} examples are perturbed. Give natural and perturbed ones.");
    }
}
