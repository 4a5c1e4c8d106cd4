using System.Globalization;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>Checks that make attacks stronger, or weaker, and look whether the number follows.</summary>
internal static class StrengthChecks
{
    private const string Ascent = "pgd:steps=40";

    /// <summary>Beyond the starts of any suite, so that none is repeated.</summary>
    private const int OtherStarts = 1000;

    private static readonly double[] Sizes = [0.25, 0.5, 1, 2, 4];

    private static readonly double[] Scales = [1e-3, 1, 1e3];

    public static IReadOnlyList<TrustCheck> All { get; } =
    [
        new("one step against many", "FGSM beside PGD of 40 steps", OneStep),
        new("more steps", "ascent of 200 steps on what the suite left", sample => More(sample, sample.Ascent(200), 0, "200 steps")),
        new("more starts", "ascent from five more starts on what the suite left",
            sample => More(sample, sample.Ascent(100, starts: 5), OtherStarts, "five more starts")),
        new("larger threats", "ascent of 50 steps at 1/4, 1/2, 1, 2 and 4 times the size", Monotone),
        new("a threat of everything", "PGD of 40 steps in a threat that holds every image", Everything),
        new("scale of the logits", "ascent of 50 steps on the logits times 0.001, 1 and 1000", Scale),
        new("distance of an image", "DeepFool's median distance on images of 28 × 28 (L2 only)", Distance),
    ];

    private static (string, string?)? OneStep(TrustSample sample)
    {
        if (!sample.IsBall) return null;
        (int one, int many) = (sample.Survivors("fgsm"), sample.Survivors(Ascent));
        string words = $"{one} of {sample.Right.Length} stay right after one step, {many} after 40";
        return (words, one < many && sample.IsMany(many - one) ? $"one step breaks more than many: {words}." : null);
    }

    private static (string, string?)? More(TrustSample sample, string attack, int firstStart, string what)
    {
        if (!sample.IsBall) return null;
        int more = sample.Attacked(attack, sample.Threat, sample.Left, firstStart: firstStart).Length;
        string words = $"{more} more of {sample.Left.Length} broken";
        return (words,
            sample.IsMany(more) ? $"the suite has not converged: {what} break {more} more of {sample.Left.Length} images." : null);
    }

    private static (string, string?)? Monotone(TrustSample sample)
    {
        if (!sample.IsBall || sample.Threat.Radius == 0) return null;
        int[] left = [.. Sizes.Select(size => sample.Survivors(sample.Ascent(50), sample.Threat.Scaled(size)))];
        string words = $"{string.Join(", ", left)} of {sample.Right.Length} stay right";
        bool rises = Enumerable.Range(1, left.Length - 1).Any(k => sample.IsMany(left[k] - left[k - 1]));
        return (words, rises ? $"a larger threat leaves more: {words} at {string.Join(", ", Sizes.Select(Text))} times the size." : null);
    }

    private static (string, string?)? Everything(TrustSample sample)
    {
        if (!sample.IsBall) return null;
        double span = sample.Classifier.High - sample.Classifier.Low, pixels = sample.Classifier.InputShape.Count;
        Threat all = sample.Threat with
        {
            Radius = sample.Threat switch
            {
                Linf => span,
                L2 => span * Math.Sqrt(pixels),
                _ => span * pixels,
            },
        };
        int left = sample.Survivors(Ascent, all);
        string words = $"{left} of {sample.Right.Length} stay right";
        return (words, sample.IsMany(left) ? $"PGD fails where every image is allowed: {words}. Its slopes lead nowhere." : null);
    }

    // A float loses what is large beside small, so that any scale may hinder an attack; that another scale helps it is what tells.
    private static (string, string?)? Scale(TrustSample sample)
    {
        if (!sample.IsBall) return null;
        int[] entropy = [.. Scales.Select(scale => sample.Survivors(sample.Ascent(50), scale: scale))];
        string words = $"cross-entropy leaves {string.Join(", ", entropy)} of {sample.Right.Length}";
        int gain = entropy[1] - Math.Min(entropy[0], entropy[2]);
        return (words, sample.IsMany(gain) ? $"the scale of the logits hides slopes: {words} at scales 0.001, 1 and 1000." : null);
    }

    private static (string, string?)? Distance(TrustSample sample)
    {
        const double Suspicious = 9;
        if (sample.Threat is not L2 || sample.Classifier.InputShape != new Shape(1, 28, 28) || sample.Right.Length == 0) return null;
        AttackResult found = new DeepFool().Run(sample.Classifier, sample.Examples.Take(sample.Right), sample.Run);
        // One that finds no boundary found none near.
        double[] norms = [.. found.Examples.Select(e => e.Success ? e.DistanceL2 : double.PositiveInfinity).Order()];
        double median = norms[norms.Length / 2];
        string words = $"median {Text(median)} of {norms.Length} images, {norms.Count(double.IsInfinity)} of them without a boundary";
        return (words, median >= Suspicious
            ? $"boundaries seem further away than any such network's: {words} (a plain one has about 1 to 2)." : null);
    }

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
