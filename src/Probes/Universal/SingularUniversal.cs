using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Jacobians;

namespace MiniGrad.Probes.Universal;

/// <summary>Makes one perturbation for all images from some of them.</summary>
public interface IUniversalMaker
{
    /// <summary>The perturbation [1, …], made from crafting images; held-out images may choose between several.</summary>
    Tensor Make(Classifier classifier, Examples crafting, Examples heldOut, RunContext? run = null);
}

/// <summary>
/// A universal perturbation along the direction that moves a layer most, made from few images. Khrulkov and Oseledets, CVPR 2018. Of the
/// two signs the one that fools more crafting images is taken.
/// </summary>
/// <param name="Within">The ball that the direction is scaled to: L∞ or L2.</param>
/// <param name="Q">q of <see cref="SingularDirection"/>.</param>
/// <param name="Iterations">Most steps of its search.</param>
/// <param name="Images">How many of the crafting images are used, from the first on.</param>
/// <param name="Layer">The inner value of the network that is moved; the logits if none is given.</param>
public sealed record SingularUniversal(Threat Within, double Q = 5, int Iterations = 30, int Images = 64, string? Layer = null)
    : IUniversalMaker
{
    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Check()
    {
        if (Within is not (Linf or L2))
        {
            Throw.Argument($"singular universal: {Within} is no ball that a direction is scaled to. Use linf or l2.");
        }
        if (!(Within.Radius > 0)) Throw.Range($"singular universal: radius {Within.Radius} must be positive.");
        if (Images < 1) Throw.Range($"singular universal: {Images} images; at least 1 is needed.");
        Search.Check();
    }

    private SingularDirection Search => new(Within is L2 ? PerturbationNorm.L2 : PerturbationNorm.Linf, Q, Iterations);

    /// <inheritdoc/>
    public Tensor Make(Classifier classifier, Examples crafting, Examples heldOut, RunContext? run = null) =>
        Direction(classifier, crafting, run).Vector * Within.Radius;

    /// <summary>The direction, with the better sign, of length 1 in the norm of the ball.</summary>
    public SingularVector Direction(Classifier classifier, Examples crafting, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        Tensor few = crafting.Images.Detach().Take(0, new AxisRange(0, Math.Min(Images, crafting.Count))).Contiguous();
        SingularVector found = Search.Of(classifier, few, Layer, run);
        FoolingMeter meter = new(classifier, crafting, run);
        int plus = meter.Of(found.Vector * Within.Radius).Fooled;
        int minus = meter.Of(found.Vector * -Within.Radius).Fooled;
        return minus > plus ? found with { Vector = found.Vector * -1 } : found;
    }
}
