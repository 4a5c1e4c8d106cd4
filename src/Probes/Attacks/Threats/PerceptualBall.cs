namespace MiniGrad.Probes.Attacks;

/// <summary>
/// All images within a perceptual distance, |φ(x) − φ(y)|₂ of an embedding φ or its square. A step is of unit length in pixels along
/// the gradient; the way back is a bisection towards the clean image. Passes of the embedding count as no queries, even where it
/// is one of the attacked network's own. Laidlaw et al., arXiv:2006.12655.
/// </summary>
/// <param name="Radius">The largest distance that is allowed.</param>
public abstract record PerceptualBall(double Radius) : Threat(Radius)
{
    /// <summary>Halvings of the way back; the last one changes less than a float can hold.</summary>
    private protected const int Halvings = 24;

    /// <summary>Halvings of the paper.</summary>
    private const int FewHalvings = 10;

    /// <summary>Newton steps of the paper.</summary>
    private const int NewtonSteps = 10;

    /// <summary>By how much a Newton step that ends at the border may miss it.</summary>
    private const double Rounding = 5e-7;

    /// <summary>
    /// How far a random start goes towards a random image of [0, 1]: at the clean image itself the distance has no slope.
    /// </summary>
    private const double Noise = 0.01;

    internal sealed override bool ProjectsInBox => true;

    /// <summary>The largest |φ(x) − φ(y)|₂ that is allowed.</summary>
    internal virtual double Bound => Radius;

    /// <summary>φ [N, features] of images [N, …] and their type, differentiable; also of points a little outside the box.</summary>
    internal abstract Tensor Embed(Tensor images);

    /// <summary>φ of images, with the logits of the attacked classifier where they fall off the same pass.</summary>
    internal virtual (Tensor Features, Tensor? Logits) Pass(Tensor images) => (Embed(images), null);

    /// <inheritdoc/>
    public sealed override Tensor Steepest(Tensor gradient) => Threat.L2(1).Steepest(gradient);

    /// <inheritdoc/>
    public sealed override Tensor RandomStart(Tensor clean, Rng[] rngs) =>
        Project(clean, clean + (Rows.Uniform(clean, rngs, 0.5) + 0.5 - clean) * Noise);

    /// <summary>Points of the box led back within the radius; those within it stay.</summary>
    /// <param name="rows">The rows, with their clean images.</param>
    /// <param name="features">φ of the clean images.</param>
    /// <param name="point">Points of the box.</param>
    /// <param name="way">How.</param>
    /// <param name="overshoot">How much farther than to the border a Newton step goes.</param>
    internal Tensor Return(SearchRows rows, Tensor features, Tensor point, PerceptualProjection way, double overshoot)
    {
        int[] outside = [.. Enumerable.Range(0, rows.Count)];
        if (way == PerceptualProjection.Newton) (point, outside) = Newton(rows, features, point, outside, overshoot);
        if (outside.Length == 0) return point;
        Tensor Of(Tensor all) => outside.Length == rows.Count ? all : all.TakeIndices(0, outside);
        Tensor shortened = Shorten(Of(rows.Images), Of(features), Of(point), FewHalvings);
        return rows.Clamp(outside.Length == rows.Count ? shortened : Rows.Put(shortened, outside, point));
    }

    /// <summary>The farthest point on each segment from the clean image that a bisection finds within the radius.</summary>
    private protected Tensor Shorten(Tensor clean, Tensor features, Tensor point, int halvings) =>
        Shorten(clean, point, Bound, halvings, (rows, x) =>
            Arena.Step(() => Rows.L2(Embed(x) - (rows is null ? features : features.TakeIndices(0, rows))).ToArray(), _ => []));

    /// <summary>The same for any distance of points from the clean images of some of the rows, or of all.</summary>
    private protected static Tensor Shorten(
        Tensor clean, Tensor point, double bound, int halvings, Func<int[]?, Tensor, double[]> distanceOf)
    {
        double[] distance = distanceOf(null, point);
        int[] outside = [.. Enumerable.Range(0, distance.Length).Where(i => !(distance[i] <= bound))];
        if (outside.Length == 0) return point;
        Tensor from = clean.TakeIndices(0, outside);
        Tensor way = point.TakeIndices(0, outside) - from;
        (double[] low, double[] high) = (new double[outside.Length], [.. Enumerable.Repeat(1.0, outside.Length)]);
        for (int halving = 0; halving < halvings; halving++)
        {
            double[] middle = [.. low.Zip(high, (a, b) => (a + b) / 2)];
            double[] there = distanceOf(outside, from + way * Rows.Scale(middle, way));
            for (int i = 0; i < middle.Length; i++) (there[i] <= bound ? low : high)[i] = middle[i];
        }
        return Rows.Put(from + way * Rows.Scale(low, way), outside, point);
    }

    /// <summary>Newton steps of the rows outside, down the slope of the distance; returns which may still be there.</summary>
    private (Tensor Point, int[] Outside) Newton(SearchRows rows, Tensor features, Tensor point, int[] open, double overshoot)
    {
        List<int> flat = [];
        for (int step = 0; step < NewtonSteps && open.Length > 0; step++)
        {
            bool isAll = open.Length == rows.Count;
            Tensor leaf = (isAll ? point : point.TakeIndices(0, open)).Detach().Tracked();
            Tensor apart = Embed(leaf) - (isAll ? features : features.TakeIndices(0, open));
            using RowBuffer<double> distance = Rows.L2(apart.Detach());
            Tensor slope = Gradient.Of(apart.NormL2([1]).Sum(), leaf);
            using RowBuffer<double> steepness = Rows.L2(slope);
            using RowBuffer<double> lengths = new(open.Length);
            List<int> moved = [];
            for (int i = 0; i < open.Length; i++)
            {
                if (distance[i] <= Bound * (1 + Rounding)) continue;
                if (steepness[i] > 0 && double.IsFinite(steepness[i]))
                {
                    lengths[i] = (1 + overshoot) * (distance[i] - Bound + overshoot) / (steepness[i] * steepness[i]);
                    moved.Add(i);
                }
                else flat.Add(open[i]);
            }
            if (moved.Count == 0) return (point, [.. flat.Order()]);
            int[] places = [.. moved.Select(i => open[i])];
            Tensor next = rows.Clamp(leaf.Detach() - slope * Rows.Scale(lengths.Span, slope));
            point = moved.Count == rows.Count ? next : Rows.Put(next.TakeIndices(0, [.. moved]), places, point);
            open = places;
        }
        return (point, [.. flat.Concat(open).Order()]);
    }
}

/// <summary>How a perceptual attack leads a point back within its bound.</summary>
public enum PerceptualProjection
{
    /// <summary>Steps down the slope of the distance, then bisection where these did not arrive.</summary>
    Newton,

    /// <summary>Bisection on the segment from the clean image; of the points it tries, the farthest within the bound.</summary>
    Bisection,
}
