namespace MiniGrad.Probes.Attacks;

/// <summary>
/// AutoPGD out of a class by way of others: a search towards each of the wrong classes of the highest logits at the image, in turn. It
/// raises (z_target − z_label)/(z₍₁₎ − (z₍₃₎ + z₍₄₎)/2), the targeted difference of logits ratio; wherever the label is left is a
/// success. The attack's loss decides only which of several successes is kept.
/// </summary>
/// <param name="Within">The changes that are allowed: a ball of L∞ or L2.</param>
/// <param name="Steps">Steps of one search.</param>
/// <param name="Targets">Classes that are tried, at most all wrong ones; each restart tries all of them.</param>
public record ApgdTargeted(Threat Within, int Steps = 100, int Targets = 9) : AutoPgd(Within, Steps)
{
    /// <summary>The ratio has the third and the fourth logit.</summary>
    private const int LeastClasses = 4;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Targets < 1) Throw.Range($"apgd-t: {Targets} targets; at least 1 is needed. To leave the class by no other's way, use apgd.");
    }

    internal override int StartsAt(Classifier classifier) => Restarts * Tried(classifier);

    internal override IEnumerable<string> Cautions(Classifier classifier)
    {
        foreach (string caution in base.Cautions(classifier)) yield return caution;
        if (classifier.ClassCount >= LeastClasses) yield break;
        yield return $"apgd-t: {classifier.ClassCount} classes; the targeted ratio needs {LeastClasses}, so the margin is raised instead.";
    }

    private protected override string Topic() => "apgd-t";

    private protected override int[]? TargetsOf(SearchRows rows)
    {
        if (rows.Goal.IsTargeted) Throw.Argument("apgd-t: it leaves the label by way of other classes and has no target itself. Use apgd.");
        int rank = rows.Restart % Tried(rows.Classifier);
        using RowBuffer<double> z = Rows.Read(rows.Query.Logits(rows.Images));
        int classes = rows.Classifier.ClassCount;
        int[] targets = new int[rows.Count];
        for (int row = 0; row < targets.Length; row++)
        {
            double[] line = z.Span.Slice(row * classes, classes).ToArray();
            int own = rows.Goal.Classes[row];
            // The order is stable, so of equals the lowest index comes first.
            targets[row] = Enumerable.Range(0, classes).Where(k => k != own).OrderByDescending(k => line[k]).ElementAt(rank);
        }
        return targets;
    }

    private protected override Func<Tensor, Tensor> Raising(SearchRows rows, int[]? targets) => logits =>
        logits.Shape[1] < LeastClasses
            ? Loss.Towards(logits, rows.Goal.Classes, targets!)
            : Loss.RatioTowards(logits, rows.Goal.Classes, targets!);

    private int Tried(Classifier classifier) => Math.Min(Targets, classifier.ClassCount - 1);
}
