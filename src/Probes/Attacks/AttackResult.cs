namespace MiniGrad.Probes.Attacks;

/// <summary>
/// What an attack returns: the images, a result per example in the order of the input, the
/// walks that were kept, and what looked wrong.
/// </summary>
public sealed record AttackResult(string Attack, Tensor Output, ExampleResult[] Examples, IReadOnlyList<WalkPath> Paths, string[] Warnings)
{
    /// <summary>Examples that averages include.</summary>
    public int Counted => Examples.Count(e => e.Counts);

    /// <summary>Successes among those.</summary>
    public int Successes => Examples.Count(e => e is { Counts: true, Success: true });
}

/// <summary>
/// The course of one walk, with the index of its example: an image now and then, the confidences
/// of source and target class at every iteration.
/// </summary>
public sealed record WalkPath(int Index, int[] ImageIterations, float[][] Images, double[] SourceConfidence, double[] TargetConfidence);
