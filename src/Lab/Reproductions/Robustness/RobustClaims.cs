using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Detection;
using MiniGrad.Probes.Directions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The claims about distances, directions and attacks, each with a verdict that follows from what was measured. Those about regions and
/// universal perturbations, and the corrections, stand in <see cref="RegionClaims"/>. Accuracies are compared on the same images.
/// </summary>
internal static class RobustClaims
{
    /// <summary>A hundredth is what lies within half an order of magnitude of it.</summary>
    private const double Hundredth = 0.01, HalfOrder = 3.1623;

    /// <summary>What a few means: changes of the boundary that a median ratio may differ by from a flat one.</summary>
    private const double Near = 1.25, InReach = 2;

    /// <summary>β within it is flat, within the second nearly so.</summary>
    private const double Flat = 0.1, NearlyFlat = 0.33;

    /// <summary>Several orders of magnitude are at least two.</summary>
    private const double Orders = 100, OneOrder = 10;

    /// <summary>What other attacks find must be able to be less than this share, for a claim that they find nothing.</summary>
    private const double Few = 0.05;

    public static IReadOnlyList<Claim> Of(RobustResult result) =>
    [
        Small(result), Iterations(result), OneStep(result), Random(result), Law(result, LineKind.Gaussian), Law(result, LineKind.Sign),
        Beta(result), Ladder(result), Independent(result), Trained(result), .. RegionClaims.Of(result),
    ];

    /// <summary>Adversarial perturbations are about 1/100 of the image.</summary>
    private static Claim Small(RobustResult result)
    {
        const string text = "The smallest change that fools a network is about a hundredth of the image in L2 (a survey).";
        Quartiles found = Spread(result.Standard.L2.Relative);
        if (double.IsNaN(found.Median)) return new(text, ClaimVerdict.NotTested, "No boundary was found.");
        bool near = found.Median > Hundredth / HalfOrder && found.Median < Hundredth * HalfOrder;
        ClaimVerdict verdict = near ? ClaimVerdict.Holds : found.Median < 0.1 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"Medians of ‖r‖/‖x‖: {Each(result, n => Median(n.L2.Relative))}. "
            + "The paper of DeepFool itself has means of "
            + (result.Setting.Data.Channels == 1 ? "0.11 and 0.20 on MNIST." : "0.023 and 0.030 on CIFAR-10."));
    }

    /// <summary>DeepFool is quick.</summary>
    private static Claim Iterations(RobustResult result)
    {
        int[] all = result.Standard.L2.Iterations;
        Quartiles found = Quartiles.Of(all.Select(n => (double)n));
        return new("DeepFool takes fewer than 3 iterations as a rule.",
            found.Upper < 3 ? ClaimVerdict.Holds : found.Median <= 3 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Median and quartiles: {Each(result, n => Three(Quartiles.Of(n.L2.Iterations.Select(i => (double)i)), 0))}. "
            + $"No boundary after 50: {Each(result, n => ReportNumber.Integer(n.L2.Failures))} of {all.Length}.");
    }

    /// <summary>One step of FGSM must be longer.</summary>
    private static Claim OneStep(RobustResult result)
    {
        const string text = "One step by the signs of the gradient must be several times as long in L2 to fool nine of ten images.";
        double ratio = result.Standard.Fgsm.RelativeL2 / result.Standard.L2.Rho;
        string none = double.IsNaN(result.Standard.Fgsm.Epsilon)
            ? " No length of the step fools nine of ten images of the standard one." : "";
        ClaimVerdict verdict = double.IsNaN(result.Standard.L2.Rho) ? ClaimVerdict.NotTested
            : double.IsNaN(ratio) || ratio >= 2 ? ClaimVerdict.Holds : ratio > 1 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"FGSM over DeepFool, means: {Each(result, n => Times(n.Fgsm.RelativeL2 / n.L2.Rho))}. "
            + $"Published: {(result.Setting.Data.Channels == 1 ? "5.0 and 3.5" : "5.2 and 4.3")} times.{none}");
    }

    /// <summary>Random directions need more, by orders.</summary>
    private static Claim Random(RobustResult result)
    {
        const string text = "Random directions need several orders of magnitude more than the worst one (a survey).";
        if (result.Standard.Whole is not { } whole) return new(text, ClaimVerdict.NotTested, "No random direction was followed.");
        double median = whole.Random.Of(LineKind.Gaussian).Ratio.Median;
        ClaimVerdict verdict = double.IsNaN(median) ? ClaimVerdict.NotTested
            : median >= Orders ? ClaimVerdict.Holds : median >= OneOrder ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        double law = LinearLaw.Lines(result.Setting.Size).Median;
        return new(text, verdict, $"Medians of the ratio: {Wholes(result, w => Times(w.Random.Of(LineKind.Gaussian).Ratio.Median))}. "
            + $"A flat boundary gives √d / 0.67 = {ReportNumber.Fixed(law, 1)} at d = {result.Setting.Size}, "
            + $"{ReportNumber.Fixed(Math.Log10(law), 1)} orders; 2.8 orders take the 150 528 numbers of an ImageNet photo.");
    }

    /// <summary>The law of a flat boundary.</summary>
    private static Claim Law(RobustResult result, LineKind kind)
    {
        string text = kind == LineKind.Gaussian
            ? "Along random directions the boundary is as far as the law of a flat boundary says: the median is √d / 0.67 of the nearest."
            : "Random signs need ‖w‖₁ / (0.67 ‖w‖₂) times the size of the worst ones, as at a flat boundary with normal w.";
        if (result.Standard.Whole is not { } whole) return new(text, ClaimVerdict.NotTested, "No random direction was followed.");
        LineSummary summary = whole.Random.Of(kind);
        double ratio = summary.OverLaw.Median;
        // The law for signs is beside DeepFool in L∞, whose step is that of the best signs.
        ClaimVerdict verdict = double.IsNaN(ratio) ? ClaimVerdict.NotTested : Within(ratio, Near) ? ClaimVerdict.Holds
            : Within(ratio, InReach) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"Ratio over law, median and quartiles: {Wholes(result, w => Three(w.Random.Of(kind).OverLaw, 2))}. "
            + "Without a crossing: "
            + $"{Wholes(result, w => ReportNumber.Share(w.Random.Of(kind).Length.Infinite, w.Random.Of(kind).Length.Count))}.");
    }

    /// <summary>Subspaces see a flat boundary.</summary>
    private static Claim Beta(RobustResult result)
    {
        const string text = "β(f; m) stays close to 1 down to a hundredth of the dimensions: at that scale boundaries are flat.";
        if (result.Standard.Whole is not { } whole) return new(text, ClaimVerdict.NotTested, "No subspace was searched.");
        double[] over = [.. whole.Subspaces.Summaries(result.Setting.Seed).Select(s => s.Beta.Beta / s.Beta.Law)];
        ClaimVerdict verdict = over.Any(double.IsNaN) ? ClaimVerdict.NotTested
            : over.All(r => Math.Abs(r - 1) <= Flat) ? ClaimVerdict.Holds
            : over.All(r => Math.Abs(r - 1) <= NearlyFlat) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "β over that of a flat boundary, for m/d from 1/4 to 1/100: " + Wholes(result, w => string.Join(", ",
            w.Subspaces.Summaries(result.Setting.Seed).Select(s => ReportNumber.Fixed(s.Beta.Beta / s.Beta.Law, 2)))) + ".");
    }

    /// <summary>The ladder is one.</summary>
    private static Claim Ladder(RobustResult result)
    {
        RobustRung[] chain = [RobustRung.Fgsm, RobustRung.Pgd, RobustRung.PgdRestarts, RobustRung.Suite];
        int[] signs = [.. result.Networks.SelectMany(n => chain.Zip(chain.Skip(1)).Append((RobustRung.Pgd, RobustRung.Apgd))
            .Select(pair => Order(SameImages.Of(n[pair.Item1], n[pair.Item2]))))];
        return new("The ladder of attacks goes down: FGSM, PGD, PGD with restarts, the suite; and APGD leaves no more than PGD.",
            signs.All(s => s >= 0) ? ClaimVerdict.Holds : signs.All(s => s >= -1) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Right under {string.Join(", ", chain.Select(RobustSetting.TitleOf))}: " + string.Join("; ", result.Networks.Select(n =>
                $"{n.Subject.Weights} {string.Join(", ", chain.Select(rung => Share(n, rung)))}")) + ".");

        // −1 where more is left without being beyond chance, −2 where it is.
        static int Order(SameImages pair) => pair.Gap >= 0 ? 0 : pair.Sign < 0 ? -2 : -1;
    }

    /// <summary>Why independent attacks matter.</summary>
    private static Claim Independent(RobustResult result)
    {
        const string text = "On networks that were trained against PGD, attacks of other kinds find what PGD misses.";
        RobustOutcome[] robust = [.. result.Networks.Where(n => n[RobustRung.Pgd].Right > 0)];
        if (robust.Length == 0) return new(text, ClaimVerdict.NotTested, "PGD leaves nothing right on any network.");
        SameImages[] pairs = [.. robust.Select(n => SameImages.Of(n[RobustRung.PgdRestarts], n[RobustRung.Suite]))];
        // That few images show none says little: only where more than a few in a hundred can be left out does the claim not hold.
        ClaimVerdict verdict = pairs.Any(p => p.Sign > 0) ? ClaimVerdict.Holds
            : pairs.Any(p => p.OnlyFirst > 0) ? ClaimVerdict.InPart
            : pairs.All(p => WilsonInterval.Of(0, p.Count).High <= Few) ? ClaimVerdict.DoesNotHold : ClaimVerdict.NotTested;
        return new(text, verdict, "Right under PGD with restarts but not under the suite: " + string.Join(", ", robust.Select((n, k) =>
            $"{n.Subject.Weights} {ReportNumber.Share(pairs[k].OnlyFirst, pairs[k].Count)}")) + ".");
    }

    /// <summary>Training against attacks helps.</summary>
    private static Claim Trained(RobustResult result)
    {
        const string text =
            "A network that was trained within L∞ has its boundaries several times farther away in L∞, and stands the suite.";
        if (result.Find(RobustRole.Adversarial) is not { } trained)
        {
            return new(text, ClaimVerdict.NotTested, "No network that was trained against attacks is here.");
        }
        // Of equal widths where there is such a network.
        RobustOutcome plain = result.Find(RobustRole.Twin) ?? result.Standard;
        double ratio = Median(trained.Linf.Norm) / Median(plain.Linf.Norm);
        SameImages suite = SameImages.Of(trained[RobustRung.Suite], plain[RobustRung.Suite]);
        (bool far, bool stands) = (ratio >= 2, suite.Sign > 0);
        return new(text, far && stands ? ClaimVerdict.Holds : far || stands ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Median distance in L∞: {Fixed(Median(trained.Linf.Norm))} against {Fixed(Median(plain.Linf.Norm))}, "
            + $"{Times(ratio)} times ({plain.Subject.Weights}); in L2 {Times(Median(trained.L2.Norm) / Median(plain.L2.Norm))} times. "
            + "Right after the suite: "
            + $"{Share(trained, RobustRung.Suite)} against {Share(plain, RobustRung.Suite)}.");
    }

    internal static string Share(RobustOutcome n, RobustRung rung) => ReportNumber.Share(n[rung].Right, n[rung].Count);

    internal static Quartiles Spread(IEnumerable<double> values) => Quartiles.Of(values.Where(double.IsFinite));

    internal static double Median(IEnumerable<double> values) => Spread(values).Median;

    internal static string Three(Quartiles q, int decimals) =>
        $"{ReportNumber.Fixed(q.Median, decimals)} ({ReportNumber.Fixed(q.Lower, decimals)}–{ReportNumber.Fixed(q.Upper, decimals)})";

    internal static string Three(MedianSpread q, int decimals) => $"{ReportNumber.Fixed(q.Median, decimals)} "
        + $"({ReportNumber.Fixed(q.LowerQuartile, decimals)}–{ReportNumber.Fixed(q.UpperQuartile, decimals)})";

    internal static string Times(double ratio) => ReportNumber.Fixed(ratio, 1);

    /// <summary>A number of each network that everything is measured of.</summary>
    internal static string Wholes(RobustResult result, Func<WholeOutcome, string> text) =>
        string.Join("; ", result.Wholes.Select(n => $"{n.Subject.Weights} {text(n.Whole!)}"));

    private static string Each(RobustResult result, Func<RobustOutcome, double> value) => Each(result, n => Fixed(value(n)));

    private static string Each(RobustResult result, Func<RobustOutcome, string> text) =>
        string.Join("; ", result.Networks.Select(n => $"{n.Subject.Weights} {text(n)}"));

    private static string Fixed(double value) => ReportNumber.Fixed(value, 3);

    private static bool Within(double ratio, double factor) => ratio <= factor && ratio >= 1 / factor;
}
