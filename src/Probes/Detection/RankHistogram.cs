namespace MiniGrad.Probes.Detection;

/// <summary>
/// Where the label before an attack stands among the competitors of the label after it, in descending order of a score
/// (average boundary curvature, say): rank 1 is the competitor that relabelling would choose. Ties are broken against
/// us: the rank counts every other competitor that scores at least as much, so a score that is the same for all
/// competitors gets the last rank and not the first. An example with a NaN among its scores is excluded and counted.
/// </summary>
internal sealed class RankHistogram
{
    private readonly int[] counts;

    private RankHistogram(int[] counts, int excluded) => (this.counts, Excluded) = (counts, excluded);

    /// <summary>The number of examples at rank 1, 2 and so on, up to the number of competitors.</summary>
    public IReadOnlyList<int> Counts => counts;

    /// <summary>Examples left out because a score of theirs is NaN.</summary>
    public int Excluded { get; }

    public int Count => counts.Sum();

    /// <summary>NaN if no example counts.</summary>
    public double MeanRank => counts.Select((count, k) => (k + 1.0) * count).Sum() / Count;

    /// <summary>Mean rank of a score without information: 5 for 9 competitors.</summary>
    public double ChanceMeanRank => (counts.Length + 1) / 2.0;

    /// <summary>
    /// <paramref name="scores"/> holds for each example the scores of all its competitors, in any fixed order;
    /// <paramref name="originals"/> the position in that order of the label before the attack.
    /// </summary>
    public static RankHistogram Of(IReadOnlyList<double[]> scores, ReadOnlySpan<int> originals)
    {
        if (scores.Count == 0) Throw.Argument("rank histogram: there are no examples. Give at least one.");
        if (scores.Count != originals.Length)
            Throw.Argument($"rank histogram: {scores.Count} rows of scores and {originals.Length} original labels. Give one each.");
        int[] counts = new int[scores[0].Length];
        int excluded = 0;
        for (int i = 0; i < originals.Length; i++)
        {
            double[] row = scores[i];
            if (row.Length != counts.Length)
                Throw.Argument($"rank histogram: example {i} has {row.Length} scores, the first has {counts.Length}.");
            if ((uint)originals[i] >= (uint)row.Length)
                Throw.Argument(
                    $"rank histogram: the original label of example {i} is competitor {originals[i]} of {row.Length}. Count from 0.");
            if (row.Any(double.IsNaN)) excluded++;
            else counts[Rank(row, row[originals[i]]) - 1]++;
        }
        return new(counts, excluded);
    }

    /// <summary>The share of examples whose original label is among the first k; NaN if no example counts.</summary>
    public double TopShare(int k) => (double)counts[..Checked(k)].Sum() / Count;

    /// <summary>That share for a score without information: k of the competitors.</summary>
    public double ChanceTopShare(int k) => (double)Checked(k) / counts.Length;

    private static int Rank(double[] row, double own) => row.Count(score => score >= own);

    private int Checked(int k)
    {
        if (k < 1 || k > counts.Length) Throw.Range($"rank histogram: top {k} of {counts.Length} competitors. Take 1 to {counts.Length}.");
        return k;
    }
}
