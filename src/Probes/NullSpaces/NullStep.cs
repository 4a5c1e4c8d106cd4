namespace MiniGrad.Probes.NullSpaces;

/// <summary>What is taken out of a wanted direction before a step.</summary>
public enum Projection
{
    /// <summary>Its whole part along the gradient: the step stays on the level set, to first order.</summary>
    Orthogonal,

    /// <summary>Only a part that would lower the confidence.</summary>
    HalfSpace,
}

/// <summary>The gradient of each row's cross-entropy, and that of its log-odds, which points to higher confidence.</summary>
internal readonly record struct Slope(Tensor CrossEntropy, Tensor Rising)
{
    /// <summary>Rows of a where the flag holds, of b elsewhere.</summary>
    public static Slope Choose(ReadOnlySpan<bool> flags, Slope a, Slope b) =>
        new(Rows.Choose(flags, a.CrossEntropy, b.CrossEntropy), Rows.Choose(flags, a.Rising, b.Rising));

    public Slope Take(int[] rows) => new(CrossEntropy.TakeIndices(0, rows), Rising.TakeIndices(0, rows));
}

/// <summary>The admissible part of a direction: its projection on the null space of a gradient, or on a half-space.</summary>
internal static class NullStep
{
    /// <summary>Squared norm below which a gradient counts as zero.</summary>
    public const double TinySquare = 1e-24;

    /// <summary>
    /// v − a·g row by row, where a = ⟨g, v⟩/⟨g, g⟩, for the half-space only where negative; g points to higher
    /// confidence. A row of tiny g keeps its v. Independent of the length of g.
    /// </summary>
    public static Tensor Project(Tensor g, Tensor v, Projection projection)
    {
        using RowBuffer<double> square = Rows.Dot(g, g);
        using RowBuffer<double> along = Rows.Dot(g, v);
        using RowBuffer<double> coefficient = new(square.Count);
        for (int i = 0; i < coefficient.Count; i++)
        {
            double a = square[i] <= TinySquare ? 0 : along[i] / square[i];
            coefficient[i] = projection == Projection.HalfSpace ? Math.Min(a, 0) : a;
        }
        return v - g * Rows.Scale(coefficient.Span, g);
    }

    /// <summary>
    /// The direction of rising confidence of each row, the gradient h of the log-odds z_y − log Σ_{k≠y} e^{z_k}, and the
    /// gradient of the cross-entropy, which is −(1 − p_y)·h. One backward pass serves both; near p_y = 1 the
    /// cross-entropy itself would round to a gradient of another direction long before it vanishes.
    /// </summary>
    public static Slope Rising(Query query, Tensor images, int[] classes)
    {
        Tensor rising = query.Gradient(images, logits => LogOdds(logits, classes));
        using RowBuffer<double> slope = Logits.ReadDoubt(query.Logits(images), classes);
        foreach (ref double value in slope.Span) value = -value;
        return new(rising * Rows.Scale(slope.Span, rising), rising);
    }

    private static Tensor LogOdds(Tensor logits, int[] classes)
    {
        Tensor own = Ops.OneHot(classes, logits.Shape[1], logits.Type, logits.Device) > 0;
        Tensor others = Ops.Where(own, Ops.Like(logits, -1e30), logits);
        Tensor index = Tensor.From(classes, [classes.Length, 1], logits.Device);
        return logits.Gather(1, index).Squeeze(1) - others.LogSumExp(1);
    }
}
