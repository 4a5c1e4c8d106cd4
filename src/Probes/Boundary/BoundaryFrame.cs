namespace MiniGrad.Probes.Boundary;

/// <summary>
/// What is known to first order at one image: the class the network gives it, and for each competitor j the function
/// G = logit_j − logit_current, whose gradient points out of the current region.
/// </summary>
/// <param name="Current">The class the image has to the network.</param>
/// <param name="IsTied">Whether another logit equals its; the lowest class index counts.</param>
/// <param name="Pairs">One for each competitor, in ascending order.</param>
public sealed record BoundaryFrame(int Current, bool IsTied, PairFrame[] Pairs)
{
    /// <summary>The weights of logits that make the G of every pair: [pairs, classes], of the type of the images.</summary>
    public Tensor Weights(int classes, DType type, Device? device = null)
    {
        int[] competitors = Array.ConvertAll(Pairs, pair => pair.Competitor);
        return Logits.MarginCotangent(competitors, Array.ConvertAll(Pairs, _ => Current), classes, type, device);
    }
}

/// <summary>
/// One pair of classes at an image: the margin G (negative inside the current region), its gradient and that one's length.
/// </summary>
public sealed record PairFrame(int Competitor, double Margin, double[] Gradient, double GradientNorm, bool IsSingular)
{
    /// <summary>The unit normal of the level set of G; empty where the gradient vanishes.</summary>
    public double[] Normal { get; } = IsSingular ? [] : Array.ConvertAll(Gradient, g => g / GradientNorm);
}
