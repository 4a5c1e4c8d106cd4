using System.Globalization;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The claims of the study, each with a verdict that follows from what was measured. Shares of walks differ where their 95 % intervals
/// do not overlap, counts and means where the difference is more than two standard errors; rejection and brittleness are judged by half
/// of the error and of the confidence.
/// </summary>
internal static class InvarianceClaims
{
    /// <summary>The networks that the published tables have.</summary>
    private const int Published = 4;

    /// <summary>Confidences that differ by no more count as equal.</summary>
    private const double SameConfidence = 0.02;

    /// <summary>Errors of which one is at most so much larger count as equally bad.</summary>
    private const double SameError = 0.1;

    public static IReadOnlyList<Claim> Of(InvarianceResult result) =>
    [
        Blind(result), Order(result), OneCure(result), Rejection(result), WeakWithout(result), Brittle(result), Wider(result),
        LogitSpace(result), Perceptual(result),
    ];

    /// <summary>Of walks between classes most arrive at another class's image on a normal network.</summary>
    private static Claim Blind(InvarianceResult result)
    {
        SuccessShare share = result.Networks[0].NearSuccess;
        ClaimVerdict verdict = share.Count == 0 ? ClaimVerdict.NotTested
            : share.Interval.Low > 0.5 ? ClaimVerdict.Holds : share.Interval.High < 0.5 ? ClaimVerdict.DoesNotHold : ClaimVerdict.InPart;
        return new("A normally trained network does not notice how an image becomes one of another class: most walks come near.",
            verdict, $"{Share(share)} of {share.Count} walks leave less than a quarter of the perceptual distance; "
                + $"{Share(result.Networks[0].Success())} end nearer than {Number(InvarianceResult.Arrival)}.");
    }

    /// <summary>Normal ≥ adversarial ≥ MSD ≥ CCAT.</summary>
    private static Claim Order(InvarianceResult result)
    {
        SubjectOutcome[] order = [.. result.Networks.Where(n => n.Subject.IsPublished)];
        const string text = "Walks arrive most on the normal network, less on the adversarial one, less on MSD's, least on CCAT's.";
        if (order.Length < 2) return new(text, ClaimVerdict.NotTested, "Fewer than two of these networks are there.");
        SuccessShare[] shares = [.. order.Select(n => n.NearSuccess)];
        (int falls, int rises) = (0, 0);
        for (int k = 1; k < shares.Length; k++)
        {
            if (shares[k].Interval.High < shares[k - 1].Interval.Low) falls++;
            if (shares[k].Interval.Low > shares[k - 1].Interval.High) rises++;
        }
        ClaimVerdict verdict = rises == 0 && falls == Published - 1 ? ClaimVerdict.Holds
            : rises == 0 && shares[^1].Interval.High < shares[0].Interval.Low ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Less than a quarter of the perceptual distance is left by: "
            + string.Join(", ", order.Select((n, k) => $"{n.Subject.Title} {Share(shares[k])}")) + ".");
    }

    /// <summary>Training against L∞ leaves other norms open.</summary>
    private static Claim OneCure(InvarianceResult result)
    {
        const string text = "Training against one kind of error does not cure another: in the other norms adversarial training gives way.";
        if (result.Find(TrainingMethod.At) is not { } at || result.Find(TrainingMethod.Msd) is not { } msd)
        {
            return new(text, ClaimVerdict.NotTested, "It takes an adversarially trained network and one of MSD.");
        }
        int count = at.Norms.Count;
        int own = Evidence.OfShares(at.Norms.Right[0], at.Norms.All, count);
        int all = Evidence.OfShares(msd.Norms.All, at.Norms.All, count);
        ClaimVerdict verdict = own > 0 && all > 0 ? ClaimVerdict.Holds : own > 0 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, string.Create(CultureInfo.InvariantCulture,
            $"Adversarial: {at.Norms.Right[0]} of {count} right within its own ball, {at.Norms.All} within all; "
            + $"MSD: {msd.Norms.All} within all."));
    }

    /// <summary>Rejection helps CCAT.</summary>
    private static Claim Rejection(InvarianceResult result)
    {
        const string text = "CCAT's confidence tells attacks: with rejection far fewer of them go unnoticed than without.";
        if (result.Find(TrainingMethod.Ccat) is not { } ccat) return new(text, ClaimVerdict.NotTested, "No network of CCAT is there.");
        AttackedError e = ccat.Errors.Confidence;
        if (e.NoneAccepted) return new(text, ClaimVerdict.DoesNotHold, "It accepts nothing at all.");
        ClaimVerdict verdict = e.AcceptedError < e.Error / 2 ? ClaimVerdict.Holds
            : e.AcceptedError < e.Error ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"Under PGD-Conf RErr is {Wording.Percent(e.Error)} without rejection, RErr(τ) "
            + $"{Wording.Percent(e.AcceptedError)} with; {Wording.Percent(ccat.Errors.TruePositiveRate)} of clean images are accepted.");
    }

    /// <summary>Without rejection CCAT is as weak as a normal network.</summary>
    private static Claim WeakWithout(InvarianceResult result)
    {
        const string text = "Without rejection the network of CCAT is as weak as a normal one.";
        if (result.Find(TrainingMethod.Ccat) is not { } ccat) return new(text, ClaimVerdict.NotTested, "No network of CCAT is there.");
        (double normal, double own) = (result.Networks[0].Errors.Worst.Error, ccat.Errors.Worst.Error);
        if (normal < 0.5) return new(text, ClaimVerdict.NotTested, $"The normal network errs on {Wording.Percent(normal)} only.");
        ClaimVerdict verdict =
            own >= normal - SameError ? ClaimVerdict.Holds : own >= normal / 2 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"Worst of both attacks: CCAT {Wording.Percent(own)}, normal {Wording.Percent(normal)}.");
    }

    /// <summary>A tiny change makes CCAT unsure.</summary>
    private static Claim Brittle(InvarianceResult result)
    {
        const string text = "CCAT pays with false alarms: a change of 0.01 of every pixel makes it unsure of what it still gets right.";
        if (result.Find(TrainingMethod.Ccat) is not { } ccat) return new(text, ClaimVerdict.NotTested, "No network of CCAT is there.");
        Brittleness b = ccat.Brittleness;
        ClaimVerdict verdict = b.RightConfidence[0] < b.Before / 2 ? ClaimVerdict.Holds
            : b.RightConfidence.Any(sure => sure < b.Before / 2) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict,
            string.Create(CultureInfo.InvariantCulture, $"Mean confidence {b.Before:F3}; of what is still right after changes of ")
            + string.Join(", ",
                b.Sizes.Select((size, k) => string.Create(CultureInfo.InvariantCulture, $"{size}: {b.RightConfidence[k]:F3}")))
            + ". The study shows one image of CIFAR-10; on MNIST pixels differ by more.");
    }

    /// <summary>Paths of robust networks are wider.</summary>
    private static Claim Wider(InvarianceResult result)
    {
        const string text = "Paths of equal confidence are wider on a robust network than on a normal one.";
        double[] normal = result.Networks[0].Widths.Widths;
        SubjectOutcome[] robust =
            [.. result.Networks.Where(n => n.Subject.Method is TrainingMethod.At or TrainingMethod.Trades or TrainingMethod.Msd)];
        if (robust.Length == 0) return new(text, ClaimVerdict.NotTested, "No robust network is there.");
        int[] signs = [.. robust.Select(n => Evidence.OfMean(n.Widths.Widths.Zip(normal, (a, b) => a - b)))];
        ClaimVerdict verdict =
            signs.All(s => s > 0) ? ClaimVerdict.Holds : signs.Any(s => s > 0) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        string Width(SubjectOutcome n) =>
            $"{n.Subject.Title} {ReportNumber.Fixed(n.Widths.Widths.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average(), 2)}";
        return new(text, verdict,
            $"Mean radius of half confidence: {Width(result.Networks[0])}, {string.Join(", ", robust.Select(Width))}.");
    }

    /// <summary>A start in logit space leads NSPGD further on CCAT.</summary>
    private static Claim LogitSpace(InvarianceResult result)
    {
        const string text = "From a start found in logit space, NSPGD gets nearer to its targets on CCAT than from the source.";
        if (result.Find(TrainingMethod.Ccat) is not { } ccat || result.Logit is not { } logit)
        {
            return new(text, ClaimVerdict.NotTested, "No network of CCAT is there.");
        }
        Dictionary<(int, int), WalkRow> plain = ccat.Relative.Rows.Where(row => row.Kept).ToDictionary(row => (row.Source, row.Target));
        (double From, double Plain)[] pairs = [.. logit.Rows.Where(row => row.Kept && plain.ContainsKey((row.Source, row.Target)))
            .Select(row => (row.Distance, plain[(row.Source, row.Target)].Distance))];
        (int found, int of) = logit.Kept;
        int sign = Evidence.OfMean(pairs.Select(p => p.Plain - p.From));
        ClaimVerdict verdict = sign > 0 && found > of / 2 ? ClaimVerdict.Holds : sign > 0 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, string.Create(CultureInfo.InvariantCulture,
            $"Mean distance to the target {Mean(pairs.Select(p => p.From))} from there, "
            + $"{Mean(pairs.Select(p => p.Plain))} from the source; "
            + $" {found} of {of} keep the confidence; means are of these."));
    }

    /// <summary>A perceptual rule of targets makes CCAT less brittle.</summary>
    private static Claim Perceptual(InvarianceResult result)
    {
        const string text = "LPIPS-CCAT stays surer than CCAT of images that small changes leave as they look.";
        if (result.Find(TrainingMethod.Ccat) is not { } ccat || result.Find(TrainingMethod.LpipsCcat) is not { } lpips)
        {
            return new(text, ClaimVerdict.NotTested, "It takes networks of CCAT and of LPIPS-CCAT.");
        }
        double[] gains = [.. lpips.Brittleness.RightConfidence.Zip(ccat.Brittleness.RightConfidence, (a, b) => a - b)];
        ClaimVerdict verdict = gains.All(g => g > SameConfidence) ? ClaimVerdict.Holds
            : gains.Any(g => g > SameConfidence) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Mean confidence of what is still right after changes of "
            + string.Join(", ", ccat.Brittleness.Sizes.Select((size, k) => string.Create(CultureInfo.InvariantCulture,
                $"{size}: {lpips.Brittleness.RightConfidence[k]:F3} against {ccat.Brittleness.RightConfidence[k]:F3}"))) + ".");
    }

    private static string Share(SuccessShare share) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * share.Rate:F1} % ({100 * share.Interval.Low:F1} to {100 * share.Interval.High:F1})");

    private static string Mean(IEnumerable<double> values) => ReportNumber.Fixed(values.DefaultIfEmpty(double.NaN).Average(), 3);

    private static string Number(double value) => ReportNumber.Short(value);
}
