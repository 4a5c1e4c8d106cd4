using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;

namespace MiniGrad.Probes.Universal;

/// <summary>
/// How small a universal perturbation may be that fools most held-out images, beside random ones: equation 3 of the survey, which asks for
/// the smallest, by halving the radius of the ball that it is made within.
/// </summary>
/// <param name="Norm">The norm of the perturbation.</param>
/// <param name="Share">The share of held-out images to be fooled.</param>
/// <param name="Halvings">Halvings of the radius.</param>
/// <param name="Passes">Most passes over the crafting images, for every radius.</param>
/// <param name="Draws">Random directions: signs for L∞, Gaussian for L2.</param>
/// <param name="Q">q of the singular direction.</param>
/// <param name="SingularImages">Crafting images that the singular direction is made from; none is made where it is 0.</param>
/// <param name="Start">The first radius; 10 of 255 grey levels or a twentieth of the mean ‖x‖₂ if none is given.</param>
public sealed record SmallestUniversal(
    PerturbationNorm Norm = PerturbationNorm.Linf, double Share = 0.9, int Halvings = 15, int Passes = 10, int Draws = 10, double Q = 5,
    int SingularImages = 64, double? Start = null)
{
    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Check()
    {
        if (!(Share is > 0 and < 1)) Throw.Range($"smallest universal: share {Share} is outside (0, 1).");
        if (Halvings < 0) Throw.Range($"smallest universal: {Halvings} halvings; at least 0 are needed.");
        if (Draws < 1) Throw.Range($"smallest universal: {Draws} draws; at least 1 is needed.");
        if (SingularImages < 0)
        {
            Throw.Range($"smallest universal: {SingularImages} images of the singular direction; at least 0 are needed.");
        }
        if (Start is { } start && !(start > 0 && double.IsFinite(start)))
        {
            Throw.Range($"smallest universal: start {start} must be positive and finite.");
        }
        Search(1).Check();
    }

    /// <summary>Makes perturbations from crafting images and measures them, and random ones, on held-out images.</summary>
    /// <exception cref="ArgumentException">Images do not fit the classifier.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public UniversalRatio Of(Classifier classifier, Examples crafting, Examples heldOut, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        double start = Start ?? UsualRadius(classifier, crafting.Images.Detach());
        FoolingMeter meter = new(classifier, heldOut, run);
        SmallestRadius crafted = SmallestRadius.Find(radius =>
        {
            UniversalResult made = Search(radius).Craft(
                classifier, crafting.Images, crafting.Labels, heldOut.Images, heldOut.Labels, run);
            run.Cancellation.ThrowIfCancellationRequested();
            return made.HeldOut;
        }, start, Share, Halvings);
        SmallestRadius Along(double[] direction) =>
            SmallestRadius.Find(radius => meter.Of(direction, radius), start, Share, Halvings);
        int size = (int)classifier.InputShape.Count;
        Rng rng = new Rng(run.Seed).At("random universal");
        SmallestRadius[] random = [.. Enumerable.Range(0, Draws).Select(k => Along(Unit(Norm, rng.At(k).Normal(size))))];
        SmallestRadius? singular = null;
        if (SingularImages > 0)
        {
            Tensor vector = new SingularUniversal(Ball(start), Q, Images: SingularImages).Direction(classifier, crafting, run).Vector;
            singular = Along(vector.Cast(DType.F64).ToArray<double>());
        }
        return new(Norm, Share, crafting.Count, heldOut.Count, crafted, singular, random);
    }

    private double UsualRadius(Classifier classifier, Tensor images)
    {
        classifier.CheckImages(images, "crafting images");
        if (Norm == PerturbationNorm.Linf) return 10.0 / 255 * (classifier.High - classifier.Low);
        double mean = 0.05 * Rows.L2(images).ToArray().Average();
        return mean > 0 ? mean : 1;
    }

    private Threat Ball(double radius) => Norm == PerturbationNorm.L2 ? Threat.L2(radius) : Threat.Linf(radius);

    private UniversalPerturbation Search(double radius) => new(Ball(radius), 1 - Share, Passes);

    /// <summary>Gaussian numbers as a direction of length 1: their signs for L∞.</summary>
    internal static double[] Unit(PerturbationNorm norm, double[] normal)
    {
        if (norm == PerturbationNorm.Linf) return Array.ConvertAll(normal, v => v < 0 ? -1.0 : 1);
        double length = Math.Sqrt(normal.Sum(v => v * v));
        return Array.ConvertAll(normal, v => v / length);
    }
}

/// <summary>The smallest radii that fool a share of held-out images.</summary>
/// <param name="Norm">The norm of the radii.</param>
/// <param name="Share">The share that is fooled.</param>
/// <param name="CraftingImages">Images that perturbations are made from.</param>
/// <param name="HeldOutImages">Images that they are measured on.</param>
/// <param name="Crafted">That of the iterative search, with at most so many passes for each radius.</param>
/// <param name="Singular">That of the singular direction; none where it was not wanted.</param>
/// <param name="Random">Those of random directions.</param>
public sealed record UniversalRatio(
    PerturbationNorm Norm, double Share, int CraftingImages, int HeldOutImages, SmallestRadius Crafted, SmallestRadius? Singular,
    IReadOnlyList<SmallestRadius> Random)
{
    /// <summary>Median and quartiles of the random radii.</summary>
    public MedianSpread RandomRadii => MedianSpread.Of(Random.Select(found => found.Radius));

    /// <summary>The median of the random radii over the crafted one: the survey says about 10.</summary>
    public double Ratio => RandomRadii.Median / Crafted.Radius;
}
