using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A way to perturb images that stay images: everything is cut to the pixel box.</summary>
/// <param name="Key">Of its files.</param>
/// <param name="Title">For readers, with its strength.</param>
/// <param name="Kind">The attack behind it: "pgd", "deepfool" or "universal".</param>
/// <param name="Strength">Radius, or factor of the smallest perturbation.</param>
internal sealed record Perturbation(string Key, string Title, string Kind, double Strength)
{
    private const int TargetImages = 100;

    /// <summary>Down to a quarter of a grey level.</summary>
    private const int TargetHalvings = 10;

    /// <summary>What DeepFool finds ends on the boundary; this much of it ends beyond.</summary>
    private const double Across = 1.02;

    /// <summary>Steps of PGD; the step is 2.5 radii over them.</summary>
    public const int Steps = 40;

    /// <summary>The attacks on a subject: the study's PGD, then smallest perturbations and universal ones of several strengths.</summary>
    public static Perturbation[] All(double epsilon) =>
    [
        Pgd(epsilon),
        .. Array.ConvertAll<double, Perturbation>([Across, 2, 5],
            factor => new($"deepfool-x{factor:0.##}", $"DeepFool × {factor:0.##}", "deepfool", factor)),
        .. Array.ConvertAll<double, Perturbation>([1, 2, 3],
            factor => new($"universal-{factor}", $"universal, ξ = {factor * epsilon * 255:0}/255", "universal", factor * epsilon)),
    ];

    public static Perturbation Pgd(double epsilon) => new("pgd", $"PGD, ε = {epsilon * 255:0.#}/255", "pgd", epsilon);

    /// <summary>
    /// The radius at which the study's PGD changes the class of a share of some images the network gets right, by bisection.
    /// </summary>
    public static double EpsilonFor(CurvatureSubject subject, double target, long seed, CancellationToken cancellation)
    {
        int[] indices = subject.Correct(seed)[..TargetImages];
        int Moved(double epsilon)
        {
            int[] after = Logits.Prediction(subject.Classifier.Logits(Pgd(epsilon).Of(subject, indices, [], seed, cancellation)));
            return after.Where((c, k) => c != subject.Predicted[indices[k]]).Count();
        }
        if (Moved(1) is var most && most < target * TargetImages)
        {
            Throw.Argument($"curvature study: PGD changes the class of {most} of {TargetImages} images of {subject.Title} at most; "
                + $"{target} of them was asked for. Ask for less.");
        }
        (double low, double high) = (0, 1);
        for (int halving = 0; halving < TargetHalvings; halving++)
        {
            double middle = (low + high) / 2;
            (low, high) = Moved(middle) < target * TargetImages ? (middle, high) : (low, middle);
        }
        return high;
    }

    /// <summary>The perturbed images; the classes are those before the attack.</summary>
    public Tensor Of(CurvatureSubject subject, int[] indices, int[] crafting, long seed, CancellationToken cancellation)
    {
        Tensor images = subject.Images(indices);
        int[] labels = Array.ConvertAll(indices, i => subject.Set.Labels[i]);
        RunContext run = new() { Seed = seed, Cancellation = cancellation };
        Tensor perturbed = Kind switch
        {
            "pgd" => new Pgd(Threat.Linf(Strength), Steps).Run(subject.Classifier, new(images, labels), run).Output,
            "deepfool" => images + (new DeepFool(Clip: true).Run(subject.Classifier, new(images, labels), run).Output - images) * Strength,
            _ => images + Universal(subject, crafting, run),
        };
        cancellation.ThrowIfCancellationRequested();
        return perturbed.Clamp(subject.Classifier.Low, subject.Classifier.High);
    }

    /// <summary>One perturbation for all, made from other images than those it is used on.</summary>
    private Tensor Universal(CurvatureSubject subject, int[] crafting, RunContext run)
    {
        (int[] made, int[] held) = (crafting[..(crafting.Length / 2)], crafting[(crafting.Length / 2)..]);
        int[] Labels(int[] indices) => Array.ConvertAll(indices, i => subject.Set.Labels[i]);
        return new UniversalPerturbation(Threat.Linf(Strength))
            .Craft(subject.Classifier, subject.Images(made), Labels(made), subject.Images(held), Labels(held), run).Perturbation;
    }
}
