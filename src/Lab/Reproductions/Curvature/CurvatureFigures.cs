using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The figures of the study, by its numbers, and those beyond it.</summary>
internal static class CurvatureFigures
{
    private const string Unit = "1 / pixel distance";

    /// <summary>Figure 2.</summary>
    public static ReportSection Sections(IReadOnlyList<SubjectResult> results) => new("Boundaries cut through (figure 2)",
        "A plane through the point z where the way from an image x to its PGD image y crosses the boundary. It holds the normal n at z and the way itself; both axes have the same scale.",
        [new SectionMap("The sign of G = logit of the competitor − logit of the current class", [.. results.Where(r => r.Section is not null).Select(r => r.Section!.Panel())])]);

    /// <summary>Figures 3 and 4.</summary>
    public static ReportSection Spectra(IReadOnlyList<SubjectResult> results, CurvaturePreset preset) => new("Principal and average curvatures (figures 3 and 4)",
        $"At {preset.Spectra} images that each network calls class {preset.Subject}, towards each of the other nine classes.",
        [.. results.SelectMany(Spectra)]);

    /// <summary>Figure 5.</summary>
    public static ReportSection Roc(IReadOnlyList<SubjectResult> results) => new("Telling perturbed images (figure 5)",
        $"An image counts as perturbed if the mean of κ̄ over its competitors is high. Natural and perturbed images are different ones. Test images that the network gets wrong are left out: {string.Join(", ", results.Select(r => $"{r.Subject.Wrong} of {r.Subject.Set.Count}"))}. All repetitions together; an image can be in several of them, so the intervals are a little narrow.",
        [.. results.Select(r => new LineChart($"{r.Subject.Title}: receiver operating characteristic",
            new("false positive rate", "", 0, 1), new("true positive rate", "", 0, 1),
            [.. r.Detection.Where(d => !d.IsOfSuccesses && d.Roc is not null).Select(d => Line(d))], Identity: "chance"))]);

    /// <summary>Figure 6.</summary>
    public static ReportSection Ranks(IReadOnlyList<SubjectResult> results) => new("Finding the former class (figure 6)",
        "Of perturbed images whose class changed: the place of their class before the attack when the competitors are sorted by κ̄, highest first. Rank 1 is what relabelling would choose.",
        [.. results.Where(r => r.Pgd(true).Ranks is { Count: > 0 }).Select(r => new BarChart($"{r.Subject.Title}: rank of the former class", "rank",
            [.. Enumerable.Range(1, r.Subject.Classifier.ClassCount - 1).Select(k => k.ToString(CultureInfo.InvariantCulture))], new("share of images", "", 0, 1),
            [.. Strongest(r).Select(d => new BarSeries(d.Perturbation.Title, [.. d.Ranks!.Counts.Select(c => (double)c / d.Ranks.Count)]))],
            [new("chance", 1.0 / (r.Subject.Classifier.ClassCount - 1))]))]);

    /// <summary>What differences see and exact derivatives do not.</summary>
    public static ReportSection Methods(IReadOnlyList<SubjectResult> results)
    {
        List<IReportPart> parts = [];
        foreach (SubjectResult r in results)
        {
            double[] steps = [.. r.Sweep.Select(p => p.Step)];
            parts.Add(new LineChart($"{r.Subject.Title}: |K1|, the sum of all curvatures, and the largest |κ| at one image, by central differences of several steps",
                new("step h", "pixel distance", IsLogarithmic: true), new("|curvature|", Unit, IsLogarithmic: true),
                [new("|K1|", steps, [.. r.Sweep.Select(p => Math.Abs(p.Sum))]), new("largest |κ|", steps, [.. r.Sweep.Select(p => p.LargestMagnitude)])]));
            if (r.Agreement is not { } agreement) continue;
            parts.Add(new ScatterChart($"{r.Subject.Title}: κ̄ by differences over exact κ̄, every pair of {agreement.Exact.Length / 9} images", new("exact κ̄", Unit), new("κ̄ by differences", Unit),
                [.. agreement.Differences.Select(d => new PointSeries(d.Name, agreement.Exact, d.Values))], Identity: "equal"));
            parts.Add(new SummaryTable($"{r.Subject.Title}: differences against exact derivatives", [new("method"), new("relative error of κ̄", true), new("same sign", true)],
                [.. agreement.Differences.Select((d, k) => (IReadOnlyList<TableCell>)[TableCell.Words(d.Name), TableCell.Words(ReportNumber.Short(agreement.RelativeError(k))), TableCell.Words($"{100 * agreement.SignAgreement(k):F1} %")])]));
        }
        return new("Exact derivatives and differences", "Logits of a network with ReLU and max pooling are piecewise linear: their second derivatives are zero almost everywhere, and differences count the kinks within a step. On the even background of these images the four inputs of a max pooling are equal, so the image itself lies on kinks: K1 grows like 1/h as h shrinks, and only values of one step can be compared. For a tanh network with average pooling small steps agree with the exact values.", parts);
    }

    /// <summary>The same images before and after PGD, and the profile at the nearest boundary point.</summary>
    public static ReportSection Further(IReadOnlyList<SubjectResult> results)
    {
        List<IReportPart> parts = [];
        foreach (SubjectResult r in results)
        {
            parts.Add(new ScatterChart($"{r.Subject.Title}: mean κ̄ of the same images before and after PGD", new("natural image", Unit), new("after PGD", Unit),
                [new("one image", r.Paired.Natural, r.Paired.Perturbed)], Identity: "unchanged"));
            if (r.Profile is { } profile)
            {
                parts.Add(new LineChart($"{r.Subject.Title}: principal curvatures at the boundary point nearest to one image", new("rank"), new("κ", Unit),
                    [new("κ", [.. profile.Select((_, k) => k + 1.0)], profile)]));
            }
        }
        return new("Before and after, and on the boundary", "", parts);
    }

    /// <summary>PGD and the strongest of each other kind, of those that changed a class.</summary>
    private static IEnumerable<DetectionResult> Strongest(SubjectResult r) =>
        r.Detection.Where(d => d.IsOfSuccesses && d.Ranks is { Count: > 0 }).GroupBy(d => d.Perturbation.Kind).Select(kind => kind.Last());

    private static LineSeries Line(DetectionResult d)
    {
        RocPoint[] points = [.. d.Roc!.Points];
        return new(string.Create(CultureInfo.InvariantCulture, $"{d.Perturbation.Title}: AUC {d.Roc.Area:F3}"), [.. points.Select(p => p.FalsePositiveRate)], [.. points.Select(p => p.TruePositiveRate)]);
    }

    private static IEnumerable<IReportPart> Spectra(SubjectResult r)
    {
        string[] names = [.. r.Competitors.Select(j => r.Subject.Set.ClassNames[j])];
        double[][] means = r.MeanSpectra;
        double[] rank = [.. Enumerable.Range(1, means[0].Length).Select(k => (double)k)];
        List<LineSeries> lines = [.. means.Select((values, j) => new LineSeries("one competitor", rank, values, IsFaint: true, Detail: names[j]))];
        lines.Add(new("mean of all", rank, SubjectResult.Mean(means)));
        yield return new LineChart($"{r.Subject.Title}: sorted principal curvatures, mean over the images", new("rank"), new("κ", Unit), lines,
            Note: $"{100 * r.Profiles.Average(p => p.NearZeroShare):F1} % of |κ| are below a hundredth of the largest of their spectrum, {100 * r.Profiles.Average(p => p.NegativeShare):F1} % of κ are negative. Second derivatives: {r.Subject.Method}.");
        yield return new BoxPlot($"{r.Subject.Title}: average curvature κ̄ towards each competitor", "competitor", new("κ̄", Unit),
            [.. names.Select((name, j) => new BoxGroup(name, [.. r.Spectra.Select(row => row.Result.Pairs[j].Average)]))]);
    }
}
