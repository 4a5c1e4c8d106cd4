namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The changes that an attack may make to an image: all within a distance of it. What is searched is a point; for most threats
/// that is the image itself, for others parameters from which <see cref="Render"/> makes one. A threat of your own is one record.
/// </summary>
/// <param name="Radius">The largest distance that is allowed.</param>
public abstract record Threat(double Radius)
{
    /// <summary>The largest distance that is allowed; finite and at least 0.</summary>
    public double Radius { get; init => field = Checked(value); } = Checked(Radius);

    /// <summary>|xᵢ − yᵢ| ≤ radius for every pixel.</summary>
    public static Threat Linf(double radius) => new Linf(radius);

    /// <summary>‖x − y‖₂ ≤ radius.</summary>
    public static Threat L2(double radius) => new L2(radius);

    /// <summary>Σ |xᵢ − yᵢ| ≤ radius.</summary>
    public static Threat L1(double radius) => new L1(radius);

    /// <summary>At most so many numbers differ.</summary>
    public static Threat L0(double radius) => new L0(radius);

    /// <summary>The distance of each row's point from the clean image, to be compared with the radius.</summary>
    public abstract double[] Distance(Tensor clean, Tensor point);

    /// <summary>The nearest allowed point for each row of the clean images; allowed points stay.</summary>
    public abstract Tensor Project(Tensor clean, Tensor point);

    /// <summary>
    /// The step of length 1, in the threat's own distance, that raises a loss of this
    /// gradient most; zero where the gradient is zero.
    /// </summary>
    public abstract Tensor Steepest(Tensor gradient);

    /// <summary>A random allowed point for each row, from that row's own random numbers.</summary>
    public abstract Tensor RandomStart(Tensor clean, Rng[] rngs);

    /// <summary>The point of no change.</summary>
    public virtual Tensor Unchanged(Tensor clean) => clean;

    /// <summary>The images of points, differentiable in the points.</summary>
    public virtual Tensor Render(Tensor clean, Tensor point) => point;

    /// <summary>The same threat with a share of its radius.</summary>
    public virtual Threat Scaled(double share) => this with { Radius = Radius * share };

    /// <summary>Whether points are images, which must lie in the pixel box.</summary>
    public virtual bool IsOfPixels => true;

    /// <summary>Whether the box could lead out of the threat, so that only points of the box are projected.</summary>
    internal virtual bool ProjectsInBox => false;

    /// <summary>The threat when it meets the classifier that is attacked, on whose inner values it may depend.</summary>
    internal Threat For(Classifier classifier) => Map(threat => threat is FeatureBall ball ? ball.Of(classifier) : threat);

    /// <summary>The threat with a change made to each of those that it is made of.</summary>
    internal virtual Threat Map(Func<Threat, Threat> change) => change(this);

    /// <summary>What a user should know of the threat for images of this shape.</summary>
    internal virtual IEnumerable<string> Cautions(Shape image) => [];

    /// <summary>How a point [1, …] turns and shifts the image, where it does.</summary>
    internal virtual WarpPoint? Move(Tensor point) => null;

    /// <summary>Whether one point is allowed, but for rounding.</summary>
    internal virtual bool Allows(Tensor clean, Tensor point) => Distance(clean, point)[0] <= Radius * (1 + 1e-6) + 1e-6;

    private static double Checked(double radius)
    {
        if (!(radius >= 0 && double.IsFinite(radius))) Throw.Range($"ball: radius {radius} must be finite and at least 0.");
        return radius;
    }
}
