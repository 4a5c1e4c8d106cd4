using MiniGrad.Nn;
using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// All images within a distance |φ(x) − φ(y)|₂ of the inner values of a network, which may be the attacked one itself. φ holds the
/// values F of each tap, of unit length over the channels at each position: F/|F|₂ · 1/√positions. Another scale than that of
/// <see cref="LpipsBall"/>, which has weights and is a square. Laidlaw et al., arXiv:2006.12655.
/// </summary>
public sealed record FeatureBall : PerceptualBall
{
    private readonly string name;
    private readonly string[] taps;
    private readonly Func<Tensor, Tensor>? embedding;
    private readonly Network? attacked;

    /// <summary>The distance of the attacked network's own values.</summary>
    /// <param name="radius">The largest distance.</param>
    /// <param name="taps">The names of the values that are compared; all that the network has where none is named.</param>
    public FeatureBall(double radius, params string[] taps) : this(Name("self", taps), radius, null, taps)
    {
    }

    /// <summary>The distance of the values of a network that is not attacked.</summary>
    /// <param name="network">The network, whose images must be like those that are attacked.</param>
    /// <param name="radius">The largest distance.</param>
    /// <param name="taps">The names of the values that are compared; all that the network has where none is named.</param>
    /// <exception cref="ArgumentException">The network has no value of a name, or names none at all.</exception>
    public FeatureBall(Network network, double radius, params string[] taps)
        : this(Name(network.GetType().Name, taps), radius, new FeatureDistance(network, TapsOf(network, taps)).Embed, taps)
    {
    }

    private FeatureBall(string name, double radius, Func<Tensor, Tensor>? embedding, string[] taps, Network? attacked = null)
        : base(radius) => (this.name, this.embedding, this.taps, this.attacked) = (name, embedding, taps, attacked);

    /// <summary>The Euclidean distance of any differentiable function from images [N, …] to numbers [N, features].</summary>
    public static FeatureBall Of(string name, Func<Tensor, Tensor> embedding, double radius) => new(name, radius, embedding, []);

    /// <inheritdoc/>
    public bool Equals(FeatureBall? other) =>
        other is not null && Radius == other.Radius && name == other.name && Equals(embedding, other.embedding)
        && ReferenceEquals(attacked, other.attacked);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Radius, name);

    /// <summary>This ball for a classifier: if it is one of the attacked network's own values, those of this network.</summary>
    /// <exception cref="ArgumentException">The classifier is a function, whose inner values nobody knows.</exception>
    internal FeatureBall Of(Classifier classifier)
    {
        if (embedding is not null) return this;
        Network network = classifier.Network ?? throw new ArgumentException(
            $"features: {this} compares the attacked network's own values, and a classifier made of a function shows none. "
            + "Make it of a Network, or name another: new FeatureBall(network, radius).");
        string[] all = TapsOf(network, taps);
        return new(name, Radius, new FeatureDistance(network, all).Embed, all, network);
    }

    internal override Tensor Embed(Tensor images) => Known(images);

    internal override (Tensor Features, Tensor? Logits) Pass(Tensor images)
    {
        if (attacked is null) return base.Pass(images);
        Tensor?[] values = new Tensor?[taps.Length];
        Tensor logits = attacked.Forward(images, Nn.Pass.Keeping(taps, values));
        return (UnitFeatures.Embed(values!), logits);
    }

    /// <inheritdoc/>
    public override double[] Distance(Tensor clean, Tensor point) =>
        Arena.Step(() => Rows.L2(Known(point.Detach()) - Known(clean.Detach())).ToArray(), _ => []);

    /// <summary>The farthest point on the segment from the clean image that a bisection finds within the radius.</summary>
    public override Tensor Project(Tensor clean, Tensor point) => Shorten(clean, Known(clean), point, Halvings);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Features({Radius}, {name})");

    private static string[] TapsOf(Network network, string[] taps)
    {
        if (network.Taps.Count == 0)
        {
            Throw.Argument(
                $"features: {network.GetType().Name} names no inner values. Tell them by its Taps, or compare another network's.");
        }
        return taps.Length == 0 ? [.. network.Taps] : taps;
    }

    private static string Name(string network, string[] taps) => string.Join(", ", [network, .. taps]);

    private Tensor Known(Tensor images) => embedding is not null ? embedding(images) : throw new ArgumentException(
        $"features: {this} compares the attacked network's own values, and is no distance without one. Attack with it, "
        + "or name the network: new FeatureBall(network, radius).");
}
