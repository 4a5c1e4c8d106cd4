using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Curvature;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// What was measured of one network, in words: Network.md, filled. Every conclusion has a condition here that is true only where
/// the numbers carry it (<see cref="Evidence"/>).
/// </summary>
internal static class NetworkText
{
    /// <summary>The accuracies and the share of images that PGD moves as the study gives them.</summary>
    private const double StudyLow = 0.75, StudyHigh = 0.85, StudyMoved = 0.85;

    /// <summary>Two ways of taking κ̄ agree if they differ by less than this part of its size.</summary>
    private const double SmallError = 0.01;

    /// <summary>A power of h this near to a whole number is called that number.</summary>
    private const double PowerTolerance = 0.25;

    public static FilledTemplate Of(SubjectResult r) => Template.Embedded("Network.md").Fill(Values(r));

    /// <summary>All numbers and all conditions of the text.</summary>
    public static TemplateValues Values(SubjectResult r)
    {
        TemplateValues values = new()
        {
            { "title", r.Subject.Title },
            { "method", r.Subject.Method.ToString() },
            { "piecewise_linear", r.Subject.Classifier.IsPiecewiseLinear },
        };
        AddSigns(values, r);
        AddDetection(values, r);
        AddFormerClass(values, r);
        AddAccuracy(values, r.Pgd());
        AddSpectrum(values, r.Profiles);
        AddSteps(values, r);
        return values;
    }

    private static void AddSigns(TemplateValues values, SubjectResult r)
    {
        int boundary = Evidence.OfMean(r.Boundary.Select(p => p.Boundary));
        int image = Evidence.OfMean(r.Boundary.Select(p => p.Image));
        int natural = Evidence.OfMean(r.NaturalScores);
        int change = Evidence.OfMean(r.Boundary.Select(p => p.Boundary - p.Image));
        values.Add("boundary_points", ReportNumber.Integer(r.Boundary.Count));
        values.Add("at_boundary", ReportNumber.Short(r.AtBoundary));
        values.Add("boundary_negative", Wording.Percent(r.BoundaryNegative));
        values.Add("boundary_bulges_inwards", boundary < 0);
        values.Add("boundary_wraps_around", boundary > 0);
        values.Add("at_image", ReportNumber.Short(r.AtImage));
        values.Add("image_bulges_inwards", image < 0);
        values.Add("image_wraps_around", image > 0);
        values.Add("natural_images", ReportNumber.Integer(r.NaturalScores.Count(double.IsFinite)));
        values.Add("natural_score", ReportNumber.Short(r.NaturalScore));
        values.Add("natural_negative", natural < 0);
        values.Add("natural_positive", natural > 0);
        values.Add("signs_differ", boundary * image < 0);
        values.Add("signs_agree", boundary * image > 0);
        values.Add("falls_towards_boundary", change < 0);
        values.Add("rises_towards_boundary", change > 0);
    }

    private static void AddDetection(TemplateValues values, SubjectResult r)
    {
        Dictionary<string, int> told = [];
        foreach (string kind in (string[])["pgd", "deepfool", "universal"])
        {
            DetectionResult[] all = [.. r.Detection.Where(d => !d.IsOfSuccesses && d.Perturbation.Kind == kind && d.Roc is not null)];
            told[kind] = Common(all, d => Evidence.OfInterval(d.Interval!.Low, d.Interval.High, 0.5));
            // The area of the margin above the interval of κ̄: the interval lies below it.
            int margin = -Common(all, d => Evidence.OfInterval(d.Interval!.Low, d.Interval.High, d.MarginArea));
            values.Add($"{kind}_area", all.Length == 1 ? Wording.Area(all[0]) : $"areas of {Wording.Range(all.Select(d => d.Roc!.Area))}");
            values.Add($"{kind}_told", told[kind] > 0);
            values.Add($"{kind}_reversed", told[kind] < 0);
            values.Add($"{kind}_margin", Wording.Range(all.Select(d => d.MarginArea)));
            values.Add($"margin_better_{kind}", margin > 0);
            values.Add($"margin_worse_{kind}", margin < 0);
        }
        // Near the boundary on its far side DeepFool's images are perturbed, and not deep in any region.
        values.Add("measures_depth", told["pgd"] > 0 && told["deepfool"] < 0);
        values.Add("measures_perturbation", told.Values.All(t => t > 0));
    }

    /// <summary>What all of some results say; 0 if they do not say the same, or there are none.</summary>
    private static int Common(IReadOnlyList<DetectionResult> results, Func<DetectionResult, int> says)
    {
        int[] all = [.. results.Select(says).Distinct()];
        return all.Length == 1 ? all[0] : 0;
    }

    private static void AddFormerClass(TemplateValues values, SubjectResult r)
    {
        int competitors = r.Subject.Classifier.ClassCount - 1;
        RankHistogram? ranks = r.Pgd(successfulOnly: true).Ranks;
        int found = ranks is null ? 0 : Evidence.OfShare(ranks.Counts[0], ranks.Count, 1.0 / competitors);
        values.Add("one_competitor", competitors == 1);
        values.Add("competitors", ReportNumber.Integer(competitors));
        values.Add("former_first", Wording.Percent(r.Pgd(successfulOnly: true).FormerAmong(1)));
        values.Add("chance", Wording.Percent(1.0 / competitors));
        values.Add("chance_rank", ReportNumber.Short((competitors + 1) / 2.0));
        values.Add("former_found", found > 0);
        values.Add("former_missed", found < 0);
    }

    private static void AddAccuracy(TemplateValues values, DetectionResult pgd)
    {
        double mean = pgd.Protocol?.Mean ?? double.NaN;
        int right = pgd.Halves.Sum(h => h.Test.TruePositives + h.Test.TrueNegatives);
        int tested = pgd.Halves.Sum(h => h.Test.Perturbed + h.Test.Natural);
        int elsewhere = pgd.Protocol is null ? 0 : Evidence.OfShare(right, tested, mean);
        int moved = Evidence.OfShare(pgd.Moved, pgd.Total, StudyMoved);
        values.Add("has_protocol", pgd.Protocol is not null);
        values.Add("protocol", Wording.Protocol(pgd.Protocol));
        values.Add("protocol_above", mean > StudyHigh);
        values.Add("protocol_below", mean < StudyLow);
        values.Add("calibrated", Wording.Spread(pgd.Halves.Select(h => h.Test.Accuracy)));
        values.Add("hindsight_flatters", elsewhere < 0);
        values.Add("hindsight_hides", elsewhere > 0);
        values.Add("pgd_moved", ReportNumber.Share(pgd.Moved, pgd.Total));
        values.Add("attack_stronger", moved > 0);
        values.Add("attack_weaker", moved < 0);
    }

    private static void AddSpectrum(TemplateValues values, CurvatureProfile[] profiles)
    {
        int most = Evidence.OfMean(profiles.Select(p => p.NearZeroShare - 0.5));
        values.Add("near_zero", Wording.Percent(Mean(profiles.Select(p => p.NearZeroShare))));
        values.Add("negative", Wording.Percent(Mean(profiles.Select(p => p.NegativeShare))));
        values.Add("mostly_near_zero", most > 0);
        values.Add("rarely_near_zero", most < 0);
    }

    private static void AddSteps(TemplateValues values, SubjectResult r)
    {
        double power = Power(r.Sweep);
        // The first of the differences is that of the smallest step.
        double error = r.Agreement?.RelativeError(0) ?? double.NaN;
        values.Add("first_step", ReportNumber.Short(r.Sweep.Min(p => p.Step)));
        values.Add("last_step", ReportNumber.Short(r.Sweep.Max(p => p.Step)));
        values.Add("power", ReportNumber.Fixed(power, 2));
        values.Add("grows_as_one_over_h", Math.Abs(power + 1) < PowerTolerance);
        values.Add("steady", Math.Abs(power) < PowerTolerance);
        values.Add("has_exact", r.Agreement is not null);
        values.Add("small_step", ReportNumber.Short(MethodAgreement.SmallestStep));
        values.Add("small_step_error", Wording.Percent(error));
        values.Add("small_steps_agree", error < SmallError);
    }

    /// <summary>The slope of log |K1| over log h; NaN where a sum is 0 or missing.</summary>
    private static double Power(SweepPoint[] sweep)
    {
        double[] steps = [.. sweep.Select(p => Math.Log(p.Step))];
        double[] sums = [.. sweep.Select(p => Math.Log(Math.Abs(p.Sum)))];
        (double step, double sum) = (Mean(steps), Mean(sums));
        double power = steps.Zip(sums, (x, y) => (x - step) * (y - sum)).Sum() / steps.Sum(x => (x - step) * (x - step));
        return double.IsFinite(power) ? power : double.NaN;
    }

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();
}
