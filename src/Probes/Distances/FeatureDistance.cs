using MiniGrad.Nn;

namespace MiniGrad.Probes.Distances;

/// <summary>
/// The neural perceptual distance of Laidlaw et al., arXiv:2006.12655: |φ(a) − φ(b)|₂, φ the unit features
/// F̂_l/√(H_l W_l) of all layers without linear weights. Another scale than <see cref="Lpips"/>, which is squared and
/// weighted: a bound on one says nothing about the other. Zero with zero gradient at equal images.
/// </summary>
internal sealed class FeatureDistance
{
    private readonly Func<Tensor, IReadOnlyList<Tensor>> features;

    /// <summary>The distance between the values [N, C, …] that a function gives for each image of a batch.</summary>
    public FeatureDistance(Func<Tensor, IReadOnlyList<Tensor>> features) => this.features = features;

    /// <summary>The distance between the features that LPIPS compares.</summary>
    public FeatureDistance(LpipsFeatures features) : this(features.Of)
    {
    }

    /// <summary>The distance between the values at some taps of a network, such as the attacked one itself.</summary>
    /// <exception cref="ArgumentException">No tap is named, or one that the network does not have.</exception>
    public FeatureDistance(Network network, params string[] taps) : this(x => Values(network, taps, x))
    {
        string[] unknown = [.. taps.Except(network.Taps)];
        if (taps.Length == 0 || unknown.Length > 0)
        {
            string problem = taps.Length == 0 ? "no tap was named" : $"there is no tap \"{unknown[0]}\"";
            Throw.Argument($"feature distance: {problem}; this network has {string.Join(", ", network.Taps)}.");
        }
    }

    /// <summary>The distance [N] of each pair of images [N, …].</summary>
    /// <exception cref="ArgumentException">The shapes of the images differ.</exception>
    public Tensor Distance(Tensor a, Tensor b)
    {
        if (a.Shape != b.Shape) Throw.Argument($"feature distance: the images have shapes {a.Shape} and {b.Shape}. They must be equal.");
        (IReadOnlyList<Tensor> left, IReadOnlyList<Tensor> right) = (features(a), features(b));
        Tensor sum = UnitFeatures.SquaredDistance(left[0], right[0]);
        for (int l = 1; l < left.Count; l++) sum += UnitFeatures.SquaredDistance(left[l], right[l]);
        return sum.SafeSqrt();
    }

    /// <summary>φ(x) [N, features], of which this is the distance.</summary>
    public Tensor Embed(Tensor images) => UnitFeatures.Embed(features(images));

    private static Tensor[] Values(Network network, string[] taps, Tensor x)
    {
        Tensor?[] found = new Tensor?[taps.Length];
        network.Forward(x, Pass.Keeping(taps, found));
        return [.. found.Select((value, i) => value
            ?? throw new InvalidOperationException($"feature distance: the network names \"{taps[i]}\" but did not pass it."))];
    }
}

/// <summary>Features [N, C, …] with unit length over the channels at each position: F̂ = F/(|F|₂ + 10⁻¹⁰).</summary>
internal static class UnitFeatures
{
    private const double Epsilon = 1e-10;

    /// <summary>The mean over positions of Σ_c w_c (F̂(a) − F̂(b))²_c, [N]; all weights are 1 unless given as [1, C, 1, 1].</summary>
    public static Tensor SquaredDistance(Tensor a, Tensor b, Tensor? weights = null)
    {
        Tensor squares = (Normalize(a) - Normalize(b)).Square();
        if (weights is not null) squares *= weights;
        long positions = a.Count / ((long)a.Shape[0] * a.Shape[1]);
        return squares.Sum(Rows.Axes(a)) * (1.0 / positions);
    }

    /// <summary>
    /// One vector for each image, [N, …], whose squared distances are the sums of the above over layers; weighted by squares of
    /// what is given as roots.
    /// </summary>
    public static Tensor Embed(IReadOnlyList<Tensor> layers, IReadOnlyList<Tensor>? roots = null)
    {
        Tensor[] parts = new Tensor[layers.Count];
        for (int l = 0; l < parts.Length; l++)
        {
            Tensor unit = Normalize(layers[l]);
            if (roots is not null) unit *= roots[l];
            long positions = unit.Count / ((long)unit.Shape[0] * unit.Shape[1]);
            parts[l] = (unit * (1 / Math.Sqrt(positions))).Flatten();
        }
        return Ops.Concat(parts, 1);
    }

    // Where all channels are 0 the slope of the norm counts as 0; that of a plain root is infinite.
    private static Tensor Normalize(Tensor features) => features / (features.NormL2([1], keepDims: true) + Epsilon);
}
