namespace MiniGrad.Probes.Geometry;

/// <summary>What is taken out of a wanted direction before a step.</summary>
public enum Projection
{
    /// <summary>Its whole part along the gradient: the step stays on the level set, to first order.</summary>
    Orthogonal,

    /// <summary>Only a part that would lower the confidence.</summary>
    HalfSpace,
}

/// <summary>The admissible part of a direction: its projection on the null space of a gradient, or on a half-space.</summary>
public static class NullStep
{
    /// <summary>Squared norm below which a gradient counts as zero.</summary>
    public const double TinySquare = 1e-24;

    /// <summary>
    /// v − a·g row by row, where a = ⟨g, v⟩/⟨g, g⟩, for the half-space only where negative; g points to higher
    /// confidence. A row of tiny g keeps its v. Independent of the length of g.
    /// </summary>
    public static Tensor Project(Tensor g, Tensor v, Projection projection)
    {
        double[] square = PerRow.Dot(g, g);
        double[] along = PerRow.Dot(g, v);
        double[] coefficient = new double[square.Length];
        for (int i = 0; i < coefficient.Length; i++)
        {
            double a = square[i] <= TinySquare ? 0 : along[i] / square[i];
            coefficient[i] = projection == Projection.HalfSpace ? Math.Min(a, 0) : a;
        }
        return v - g * PerRow.Scale(coefficient, g);
    }

    /// <summary>
    /// The direction of rising confidence of each row: minus the gradient of the cross-entropy, or, where that has
    /// underflowed, the gradient of the log-odds z_y − log Σ_{k≠y} e^{z_k}, which has the same direction and does not
    /// saturate. The first result is the raw cross-entropy gradient.
    /// </summary>
    public static (Tensor CrossEntropyGradient, Tensor Rising) Rising(Query query, Tensor images, int[] classes)
    {
        Tensor gradient = query.Gradient(images, logits => logits.CrossEntropy(classes, LossReduction.None));
        double[] square = PerRow.Dot(gradient, gradient);
        int[] tiny = [.. Enumerable.Range(0, square.Length).Where(row => square[row] <= TinySquare)];
        Tensor rising = -gradient;
        if (tiny.Length == 0) return (gradient, rising);
        int[] tinyClasses = Array.ConvertAll(tiny, row => classes[row]);
        Tensor odds = query.Gradient(images.TakeIndices(0, tiny), logits => LogOdds(logits, tinyClasses), tiny);
        int[] from = [.. Enumerable.Range(0, square.Length)];
        for (int k = 0; k < tiny.Length; k++) from[tiny[k]] = square.Length + k;
        return (gradient, Ops.Concat([rising, odds], 0).TakeIndices(0, from));
    }

    private static Tensor LogOdds(Tensor logits, int[] classes)
    {
        int k = logits.Shape[1];
        bool[] own = new bool[classes.Length * k];
        for (int i = 0; i < classes.Length; i++) own[i * k + classes[i]] = true;
        Tensor mask = Tensor.From(own, logits.Shape);
        Tensor others = Ops.Where(mask, Ops.Like(logits, -1e30), logits);
        Tensor index = Tensor.From(classes, [classes.Length, 1]);
        return logits.Gather(1, index).Squeeze(1) - others.LogSumExp(1);
    }
}
