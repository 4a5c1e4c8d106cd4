using MiniGrad.Lab.Curvature;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The curvatures at natural images, or at perturbed ones, of one repetition. An example is the image's number in the data
/// set, its class before any attack, and what was measured.
/// </summary>
internal sealed record ScoredSet(int[] Indices, int[] Originals, CurvatureRow[] Rows)
{
    /// <summary>The mean of κ̄ over the competitors.</summary>
    public double[] Scores => Array.ConvertAll(Rows, row => row.Result.Score);

    /// <summary>The sum in place of the mean, as the study has it.</summary>
    public double[] Sums => Array.ConvertAll(Rows, row => row.Result.ScoreSum);

    /// <summary>How near the next logit is to that of the current class, 0 or less: what a score must beat to be worth its price.</summary>
    public double[] Nearness => Array.ConvertAll(Rows, row => row.Result.Pairs.Max(p => p.Margin));

    /// <summary>Whether the network's class is another than before the attack.</summary>
    public bool[] Moved => [.. Rows.Select((row, k) => row.Result.Current != Originals[k])];

    public ScoredSet Where(bool[] flags) => new(
        [.. Indices.Where((_, k) => flags[k])], [.. Originals.Where((_, k) => flags[k])], [.. Rows.Where((_, k) => flags[k])]);
}
