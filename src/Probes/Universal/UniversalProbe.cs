using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;

namespace MiniGrad.Probes.Universal;

/// <summary>
/// One perturbation for all images: made from the first half of the images by the iterative search and along a singular direction,
/// measured on the second half beside random ones of the same size, and how small each may be to fool most.
/// </summary>
/// <param name="Norm">The norm of the perturbation.</param>
/// <param name="Radius">Its size, 10/255 for L∞ if none is given; for L2 there is no usual one: it must be given.</param>
/// <param name="Delta">The iterative search ends when 1 − delta of the held-out images are fooled.</param>
/// <param name="Passes">Most passes over the crafting images.</param>
/// <param name="Draws">Random perturbations.</param>
/// <param name="Q">q of the singular direction.</param>
/// <param name="SingularImages">Crafting images that it is made from.</param>
/// <param name="Smallest">Whether the smallest radii are searched, which takes some twenty times as long.</param>
/// <param name="Share">The share that they are to fool.</param>
/// <param name="Halvings">Halvings of the radius.</param>
public sealed record UniversalProbe(
    PerturbationNorm Norm = PerturbationNorm.Linf, double? Radius = null, double Delta = 0.2, int Passes = 10, int Draws = 10, double Q = 5,
    int SingularImages = 64, bool Smallest = false, double Share = 0.9, int Halvings = 15) : SetProbe<UniversalProbe.Result>
{
    /// <summary>What is found.</summary>
    /// <param name="Crafting">Images that perturbations were made from.</param>
    /// <param name="Radius">The size of the perturbations.</param>
    /// <param name="Reached">Whether the iterative one fools the share of held-out images that was asked for.</param>
    /// <param name="Passes">The held-out share that it fooled at the end of each pass.</param>
    /// <param name="OnCrafting">What it does to the images it was made from.</param>
    /// <param name="Iterative">What it does to held-out images.</param>
    /// <param name="Singular">What the one along the singular direction does to held-out images.</param>
    /// <param name="Random">What random ones do to held-out images.</param>
    /// <param name="SmallestIterative">The smallest radius of the iterative one; NaN where it was not searched or not found.</param>
    /// <param name="SmallestSingular">That along the singular direction.</param>
    /// <param name="SmallestRandom">Those along random directions; of none where they were not searched.</param>
    public sealed record Result(
        int Crafting, double Radius, bool Reached, double[] Passes, FoolingRate OnCrafting, FoolingRate Iterative, FoolingRate Singular,
        FoolingRate[] Random, double SmallestIterative, double SmallestSingular, double[] SmallestRandom);

    private Threat Ball => Norm == PerturbationNorm.L2 ? Threat.L2(Radius ?? double.NaN) : Threat.Linf(Radius ?? 10.0 / 255);

    private UniversalPerturbation Iterative => new(Ball, Delta, Passes);

    private SingularUniversal Singular => new(Ball, Q, Images: SingularImages);

    private SmallestUniversal Radii => new(Norm, Share, Halvings, Passes, Draws, Q, SingularImages, Radius);

    /// <inheritdoc/>
    public override void Check(Classifier classifier)
    {
        if (Norm == PerturbationNorm.L2 && Radius is null)
        {
            Throw.Argument("universal: for L2 there is no usual radius. Give one, such as a twentieth of the mean length of an image.");
        }
        if (Radius is { } radius && !(radius > 0 && double.IsFinite(radius)))
        {
            Throw.Range($"universal: radius {radius} must be positive and finite.");
        }
        Iterative.Check();
        Singular.Check();
        Radii.Check();
    }

    /// <inheritdoc/>
    public override Result Measure(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        Check(classifier);
        run ??= new RunContext();
        classifier.CheckImages(images, "universal");
        (Examples crafting, Examples heldOut) = new Examples(images, labels).Halves("universal");
        UniversalResult made = Iterative.Craft(classifier, crafting.Images, crafting.Labels, heldOut.Images, heldOut.Labels, run);
        run.Cancellation.ThrowIfCancellationRequested();
        FoolingMeter meter = new(classifier, heldOut, run);
        int size = (int)classifier.InputShape.Count;
        Rng rng = new Rng(run.Seed).At("random universal");
        FoolingRate[] random = [.. Enumerable.Range(0, Draws).Select(k =>
            meter.Of(SmallestUniversal.Unit(Norm, rng.At(k).Normal(size)), Ball.Radius))];
        FoolingRate singular = meter.Of(Singular.Make(classifier, crafting, heldOut, run));
        UniversalRatio? radii = Smallest ? Radii.Of(classifier, crafting, heldOut, run) : null;
        return new(crafting.Count, Ball.Radius, made.Reached, [.. made.Passes.Select(pass => pass.Share)], made.Crafting, made.HeldOut,
            singular, random, radii?.Crafted.Radius ?? double.NaN, radii?.Singular?.Radius ?? double.NaN,
            [.. (radii?.Random ?? []).Select(found => found.Radius)]);
    }

    internal override ProbeSummary Summarise(IReadOnlyList<object> rows)
    {
        Result found = (Result)rows[0];
        List<(string, double)> values =
        [
            ("crafting", found.Crafting), ("held_out", found.Iterative.Count), ("radius", found.Radius),
            ("fooled_crafting", found.OnCrafting.Share), ("fooled_iterative", found.Iterative.Share),
            ("fooled_iterative_clipped", found.Iterative.ShareClipped), ("error_iterative", found.Iterative.Error),
            ("fooled_singular", found.Singular.Share), ("fooled_singular_clipped", found.Singular.ShareClipped),
            ("error_singular", found.Singular.Error),
        ];
        List<(string, MedianSpread)> medians = [("fooled_random", MedianSpread.Of(found.Random.Select(rate => rate.Share)))];
        if (found.SmallestRandom.Length > 0)
        {
            // A line of a file knows no infinity and has NaN in its place.
            MedianSpread random = MedianSpread.Of(found.SmallestRandom.Select(r => double.IsNaN(r) ? double.PositiveInfinity : r));
            values.Add(("smallest_iterative", found.SmallestIterative));
            values.Add(("smallest_singular", found.SmallestSingular));
            values.Add(("random_over_iterative", random.Median / found.SmallestIterative));
            medians.Add(("smallest_random", random));
        }
        return new(medians, values, "fooled is the share of held-out images whose prediction changes, clipped with pixels put back "
            + "into their range, error the share of wrong predictions. The smallest radii are those that fool the wanted share.");
    }
}
