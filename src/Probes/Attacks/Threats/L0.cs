namespace MiniGrad.Probes.Attacks;

/// <summary>
/// All images in which some numbers are others, by any amount. A step moves as many as may change, those of the largest slopes, by
/// amounts that are proportional to them. Stutz et al., arXiv:1910.06259; Croce and Hein, arXiv:1909.05040.
/// </summary>
/// <param name="Radius">How many numbers may differ at most, a whole number; of a pixel of three channels each channel counts.</param>
public sealed record L0(double Radius) : Threat(Whole(Radius))
{
    /// <inheritdoc/>
    public override double[] Distance(Tensor clean, Tensor point) =>
        point.NotEqualTo(clean).Cast(DType.F64).Sum(Rows.Axes(point)).ToArray<double>();

    /// <summary>Keeps the largest differences, the first of equals; all others become 0, which is the nearest point in L2.</summary>
    public override Tensor Project(Tensor clean, Tensor point)
    {
        using RowBuffer<double> sizes = Rows.Read((point - clean).Abs());
        return Ops.Where(Largest(sizes, point), point, clean);
    }

    /// <summary>The largest slopes over their sum: a step of the radius may move each number by 1 on average, a whole box.</summary>
    public override Tensor Steepest(Tensor gradient)
    {
        using RowBuffer<double> slopes = Rows.Read(gradient.Abs());
        Tensor step = gradient * Largest(slopes, gradient).Cast(gradient.Type);
        // Scaled by the largest entry first, so that tiny gradients do not underflow.
        Tensor largest = step.NormLinf(Rows.Axes(step), keepDims: true);
        step /= largest.Where(largest > 0, 1);
        Tensor length = step.NormL1(Rows.Axes(step), keepDims: true);
        return step / length.Where(length > 0, 1);
    }

    /// <inheritdoc/>
    public override Threat Scaled(double share) => new L0(Math.Ceiling(Radius * share));

    /// <summary>Random numbers of the image moved by up to ±1.</summary>
    public override Tensor RandomStart(Tensor clean, Rng[] rngs) => clean + Rows.Draw(clean, rngs, (rng, n) =>
    {
        double[] delta = new double[n];
        foreach (int place in rng.At("places").Permutation(n).Take((int)Radius)) delta[place] = 2 * rng.At("size").At(place).Uniform() - 1;
        return delta;
    });

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"L0({Radius})");

    /// <summary>Where the largest sizes of each row stand, as many as the radius, that are not 0; the first of equals.</summary>
    private Tensor Largest(RowBuffer<double> sizes, Tensor like)
    {
        int rows = like.Shape[0];
        int size = sizes.Count / Math.Max(1, rows);
        int kept = (int)Math.Min(Radius, size);
        using RowBuffer<bool> isKept = new(sizes.Count);
        using RowBuffer<double> sorted = new(size);
        for (int row = 0; row < rows; row++)
        {
            Span<double> own = sizes.Span.Slice(row * size, size);
            Span<bool> flags = isKept.Span.Slice(row * size, size);
            own.CopyTo(sorted.Span);
            sorted.Span.Sort();
            double least = kept == 0 ? double.PositiveInfinity : sorted[size - kept];
            int larger = 0;
            foreach (double value in own) larger += value > least ? 1 : 0;
            int equals = kept - larger;
            for (int i = 0; i < size; i++) flags[i] = own[i] > 0 && (own[i] > least || (own[i] == least && equals-- > 0));
        }
        return Tensor.From((ReadOnlySpan<bool>)isKept.Span, like.Shape, like.Device);
    }

    private static double Whole(double radius)
    {
        if (radius != Math.Floor(radius)) Throw.Range($"threat: {radius} numbers that may differ; give a whole number.");
        return radius;
    }
}
