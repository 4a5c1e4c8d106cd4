namespace MiniGrad.Probes.Attacks;

/// <summary>The images within a distance of an image. The norm is the subtype; the geometry that depends on it lies here.</summary>
public abstract record Ball(double Radius)
{
    public double Radius { get; init => field = Checked(value); } = Checked(Radius);

    /// <summary>|xᵢ − yᵢ| ≤ radius for every pixel.</summary>
    public static Ball Linf(double radius) => new LinfBall(radius);

    /// <summary>‖x − y‖₂ ≤ radius.</summary>
    public static Ball L2(double radius) => new L2Ball(radius);

    /// <summary>The distance of each row.</summary>
    public abstract double[] Distance(Tensor a, Tensor b);

    /// <summary>The nearest point of the ball around each row of the centre.</summary>
    public abstract Tensor Project(Tensor centre, Tensor x);

    /// <summary>The unit step of steepest ascent of each row; zero where the gradient is zero.</summary>
    public abstract Tensor Steepest(Tensor gradient);

    /// <summary>A uniform point of the ball around each row, from that row's own random numbers.</summary>
    public abstract Tensor RandomStart(Tensor centre, Rng[] rngs);

    private static double Checked(double radius)
    {
        if (!(radius >= 0 && double.IsFinite(radius))) Throw.Range($"ball: radius {radius} must be finite and at least 0.");
        return radius;
    }
}
