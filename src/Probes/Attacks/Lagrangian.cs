namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The ascent that LPA and Fast-LPA share: the loss, capped, less a price λ for each unit of perceptual distance D beyond the bound,
/// along a gradient of unit length, as far as changes D by a given amount.
/// </summary>
internal static class Lagrangian
{
    /// <summary>What a change of distance of zero is divided by, so that a step becomes long and not infinite.</summary>
    private const double Least = 1e-8;

    /// <summary>The next points, and of those before how far they are and whether they meet the goal.</summary>
    public readonly record struct Move(Tensor Point, double[] Distance, bool[] IsMet);

    /// <summary>The start x + σn, n normal, in the box.</summary>
    public static Tensor Noisy(SearchRows rows, double deviation) => rows.Clamp(rows.Images
        + Rows.Draw(rows.Images, rows.Rngs, (rng, n) => Array.ConvertAll(rng.Normal(n), v => v * deviation)));

    /// <summary>One step of all rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="features">φ of the clean images.</param>
    /// <param name="point">Where they are.</param>
    /// <param name="price">λ of each.</param>
    /// <param name="loss">What is raised.</param>
    /// <param name="cap">Beyond which it is worth no more.</param>
    /// <param name="length">By how much the step is to change D.</param>
    /// <param name="difference">How far along the gradient that change is measured, in pixels.</param>
    public static Move Step(
        SearchRows rows, Tensor features, Tensor point, ReadOnlySpan<double> price, Loss loss, double cap, double length, double difference)
    {
        PerceptualBall ball = (PerceptualBall)rows.Threat;
        Tensor prices = Tensor.From(price, [rows.Count], point.Device).Cast(point.Type);
        (Tensor? here, Tensor? raised) = (null, null);
        Tensor gradient = rows.Query.Gradient(point, leaf =>
        {
            (Tensor embedded, Tensor? logits) = ball.Pass(leaf);
            logits ??= rows.Classifier.Logits(leaf);
            Tensor value = loss.Of(logits, rows.Goal);
            (here, raised) = (embedded.Detach(), value.Detach());
            Tensor beyond = ((embedded - features).NormL2([1]) - ball.Bound).Relu();
            // The clean images' features are constants, so the slope at D = 0 is that of the norm there, 0.
            return (logits, (double.IsInfinity(cap) ? value : Ops.Where(value >= cap, Ops.Like(value, cap), value)) - beyond * prices);
        });
        double[] distance = Rows.L2(here! - features).ToArray();
        Tensor unit = Threat.L2(1).Steepest(gradient);
        using RowBuffer<double> change = Rows.L2(ball.Embed(point + unit * difference) - here!);
        foreach (ref double c in change.Span) c = length / (c / difference + Least);
        return new(rows.Clamp(point + unit * Rows.Scale(change.Span, unit)), distance, Met(rows, point, gradient, raised!, cap));
    }

    /// <summary>Which rows meet the goal; tells where a gradient vanished that was not meant to.</summary>
    private static bool[] Met(SearchRows rows, Tensor point, Tensor gradient, Tensor raised, double cap)
    {
        using RowBuffer<double> predicted = Rows.Read(rows.Query.Logits(point).ArgMax(1));
        using RowBuffer<double> loss = Rows.Read(raised);
        using RowBuffer<double> largest = Rows.Linf(gradient);
        bool[] met = new bool[rows.Count];
        for (int i = 0; i < met.Length; i++)
        {
            met[i] = rows.Goal.IsMet(i, (int)predicted[i]);
            if (largest[i] == 0 && !(loss[i] >= cap)) rows.Query.Vanish(i);
        }
        return met;
    }
}
