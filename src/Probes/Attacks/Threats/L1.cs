namespace MiniGrad.Probes.Attacks;

/// <summary>
/// All images within a sum of absolute differences. A step changes the pixels of the largest slopes by equal amounts, since the
/// steepest step proper would change one pixel alone. Tramèr and Boneh, arXiv:1904.13000.
/// </summary>
/// <param name="Radius">Σ |xᵢ − yᵢ| at most.</param>
/// <param name="TopShare">The share of an image's numbers that a step changes, at least one.</param>
public sealed record L1(double Radius, double TopShare = 0.01) : Threat(Radius)
{
    /// <summary>The share of an image's numbers that a step changes, in (0, 1].</summary>
    public double TopShare { get; init => field = Share(value); } = Share(TopShare);

    /// <inheritdoc/>
    public override double[] Distance(Tensor clean, Tensor point) => Rows.L1(point.Cast(DType.F64) - clean.Cast(DType.F64)).ToArray();

    /// <summary>Takes the same amount off every difference, which is the nearest point in L2. Duchi et al., ICML 2008.</summary>
    public override Tensor Project(Tensor clean, Tensor point)
    {
        Tensor step = point - clean;
        using RowBuffer<double> sizes = Rows.Read(step.Abs());
        using RowBuffer<double> excess = new(clean.Shape[0]);
        int size = sizes.Count / excess.Count;
        // Every pixel rounds on its own, and the sum adds that up: points are led as much further in.
        double rounding = size * (clean.Type == DType.F64 ? 1.2e-16 : 6e-8);
        double inside = Math.Max(Radius / 2, Radius - rounding);
        for (int i = 0; i < excess.Count; i++) excess[i] = Excess(sizes.Span.Slice(i * size, size), inside);
        Tensor left = (step.Abs() - Rows.Scale(excess.Span, step)).Maximum(Ops.Like(step, 0));
        using RowBuffer<bool> outside = new(excess.Count);
        for (int i = 0; i < outside.Count; i++) outside[i] = excess[i] > 0;
        return Rows.Choose(outside.Span, clean + step.Sign() * left, point);
    }

    /// <inheritdoc/>
    public override Tensor Steepest(Tensor gradient)
    {
        using RowBuffer<double> slopes = Rows.Read(gradient.Abs());
        int rows = gradient.Shape[0];
        int size = slopes.Count / rows;
        int kept = Math.Max(1, (int)(TopShare * size));
        using RowBuffer<double> least = new(rows);
        using RowBuffer<double> sorted = new(size);
        for (int i = 0; i < rows; i++)
        {
            slopes.Span.Slice(i * size, size).CopyTo(sorted.Span);
            sorted.Span.Sort();
            least[i] = sorted[size - kept];
        }
        Tensor step = gradient.Sign() * (gradient.Abs() >= Rows.Scale(least.Span, gradient)).Cast(gradient.Type);
        Tensor length = step.NormL1(Rows.Axes(step), keepDims: true);
        return step / length.Where(length > 0, 1);
    }

    /// <summary>Uniform in the ball: signed exponential numbers over their sum with one more.</summary>
    public override Tensor RandomStart(Tensor clean, Rng[] rngs) => clean + Rows.Draw(clean, rngs, (rng, n) =>
    {
        double[] direction = new double[n];
        Rng sizes = rng.At("size");
        Rng signs = rng.At("sign");
        double sum = -Math.Log(1 - rng.At("rest").Uniform());
        for (int i = 0; i < n; i++)
        {
            direction[i] = -Math.Log(1 - sizes.At(i).Uniform());
            sum += direction[i];
        }
        for (int i = 0; i < n; i++) direction[i] *= Radius / sum * (signs.At(i).Uniform() < 0.5 ? -1 : 1);
        return direction;
    });

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant(TopShare == 0.01 ? $"L1({Radius})" : (FormattableString)$"L1({Radius}, top {TopShare})");

    /// <summary>What must be taken off every size for their sum to be that inside the radius; 0 where it is within it already.</summary>
    private double Excess(Span<double> sizes, double inside)
    {
        double sum = 0;
        foreach (double size in sizes) sum += size;
        if (!(sum > Radius)) return 0;
        Span<double> large = Large(sizes, sum, inside);
        large.Sort();
        double above = 0;
        for (int kept = 1; kept <= large.Length; kept++)
        {
            above += large[^kept];
            double excess = (above - inside) / kept;
            if (kept == large.Length || excess >= large[^(kept + 1)]) return Math.Max(excess, 0);
        }
        return 0;
    }

    /// <summary>
    /// The sizes that may be left with something: whatever is at most the excess of all that are still here is not. Few are, which
    /// makes it faster than to sort them all. Michelot, JOTA 1986.
    /// </summary>
    private static Span<double> Large(Span<double> sizes, double sum, double inside)
    {
        // Room for rounding: one more that is left in costs nothing.
        const double certain = 1 - 1e-9;
        while (true)
        {
            double least = (sum - inside) / sizes.Length * certain;
            (int count, double left) = (0, 0);
            foreach (double size in sizes)
            {
                if (!(size > least)) continue;
                sizes[count++] = size;
                left += size;
            }
            if (count == sizes.Length) return sizes;
            if (count == 0) return sizes[..1];
            sizes = sizes[..count];
            sum = left;
        }
    }

    private static double Share(double share)
    {
        if (!(share is > 0 and <= 1)) Throw.Range($"threat: a share {share} of the pixels is outside (0, 1].");
        return share;
    }
}
