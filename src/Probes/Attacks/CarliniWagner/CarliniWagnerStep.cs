namespace MiniGrad.Probes.Attacks;

/// <summary>What both searches of Carlini and Wagner do at a point: the hinge on the margin, its slope, and who has crossed.</summary>
internal static class CarliniWagnerStep
{
    /// <summary>Gradients shorter than this give no direction.</summary>
    private const double Flat = 1e-12;

    /// <summary>By what share of itself a tenth of the steps must lower the loss.</summary>
    private const double LeastProgress = 1e-4;

    /// <summary>What a look at a point tells.</summary>
    /// <param name="Hinge">max(margin + confidence, 0) of each row: of the class to leave, or against the one to reach.</param>
    /// <param name="Slope">Its gradient in the image.</param>
    /// <param name="IsThere">Whether the goal is met with the confidence asked for.</param>
    public readonly record struct Look(double[] Hinge, Tensor Slope, bool[] IsThere);

    /// <summary>Refuses what makes no sense in either.</summary>
    public static void Check(string topic, int iterations, double stepSize, double confidence)
    {
        if (iterations < 1) Throw.Range($"{topic}: {iterations} iterations; at least 1 is needed.");
        if (!(stepSize > 0 && double.IsFinite(stepSize))) Throw.Range($"{topic}: step size {stepSize} must be positive and finite.");
        if (!(confidence >= 0 && double.IsFinite(confidence)))
        {
            Throw.Range($"{topic}: confidence {confidence} must be finite and at least 0.");
        }
    }

    /// <summary>
    /// Whether a search ends behind its step number <paramref name="step"/>, counted from 0: the last, or one of every tenth that finds the
    /// loss where it was; and the loss that the next of these compares with.
    /// </summary>
    public static bool IsOver(int step, int iterations, double loss, double before, out double compared)
    {
        bool compares = step % Math.Max(1, iterations / 10) == 0;
        compared = compares ? loss : before;
        return step + 1 == iterations || (compares && loss > before * (1 - LeastProgress));
    }

    /// <summary>Looks at images, and ends the rows that are undefined, or flat where they start.</summary>
    public static Look At(
        SearchRows rows, Tensor image, double confidence, PerturbationNorm norm, Func<int, bool> isFirst, Func<int, bool> hasFound)
    {
        (Tensor? logits, Tensor? hinges) = (null, null);
        Tensor slope = rows.Query.Gradient(image, z =>
        {
            // The largest other logit leaves out the class itself, which a mask of zeros would not where all others are negative.
            Tensor hinge = (confidence - Loss.Margin.Of(z, rows.Goal)).Relu();
            (logits, hinges) = (z.Detach(), hinge.Detach());
            return hinge;
        });
        double[] hinge = Rows.Read(hinges!).ToArray();
        bool[] isThere = new bool[hinge.Length];
        using RowBuffer<double> z = Rows.Read(logits!);
        using RowBuffer<double> largest = Rows.Linf(slope);
        using RowBuffer<bool> starts = new(hinge.Length);
        int classes = logits!.Shape[1];
        for (int i = 0; i < isThere.Length; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * classes, classes);
            bool isFinite = Logits.AreFinite(line) && double.IsFinite(largest[i]);
            starts[i] = isFirst(i);
            isThere[i] = isFinite && hinge[i] <= 0 && rows.Goal.IsMet(i, Logits.Top(line));
            if (!isFinite)
            {
                // What was found before stands.
                rows.End(i, hasFound(i) ? ExampleStatus.Reached : ExampleStatus.NonFinite,
                    $"logits or gradients of step {rows.Iteration + 1} are not finite", wasMade: false);
            }
            else if (starts[i] && hinge[i] > 0 && largest[i] < Flat) rows.End(i, ExampleStatus.Flat, wasMade: false);
        }
        if (starts.Span.Contains(true)) Linearize(rows, starts.Span, hinge, slope, confidence, norm);
        return new(hinge, slope, isThere);
    }

    /// <summary>The distance to the boundary of the next class that the slope at the image promises.</summary>
    private static void Linearize(
        SearchRows rows, ReadOnlySpan<bool> starts, double[] hinge, Tensor slope, double confidence, PerturbationNorm norm)
    {
        using RowBuffer<double> length = norm == PerturbationNorm.L2 ? Rows.L2(slope) : Rows.L1(slope);
        for (int i = 0; i < hinge.Length; i++)
        {
            if (starts[i]) rows.Linearized(i, length[i] >= Flat ? (hinge[i] - confidence) / length[i] : double.NaN);
        }
    }
}
