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
    public static ReportSection Sections(IReadOnlyList<SubjectResult> results, FilledTemplate study) => Section(study["sections"],
        [new SectionMap("The sign of G = logit of the competitor − logit of the current class",
            [.. results.Where(r => r.Section is not null).Select(r => r.Section!.Panel())])]);

    /// <summary>Figures 3 and 4.</summary>
    public static ReportSection Spectra(
        IReadOnlyList<SubjectResult> results, FilledTemplate study, IReadOnlyList<FilledTemplate> networks) =>
        Section(study["spectra"], [.. results.Zip(networks, Spectra).SelectMany(parts => parts)]);

    /// <summary>Figure 5.</summary>
    public static ReportSection Roc(IReadOnlyList<SubjectResult> results, FilledTemplate study) => Section(study["roc"],
        [.. results.Select(r => new LineChart($"{r.Subject.Title}: receiver operating characteristic",
            new("false positive rate", "", 0, 1), new("true positive rate", "", 0, 1),
            [.. r.Detection.Where(d => !d.IsOfSuccesses && d.Roc is not null).Select(Line)], Identity: "chance"))]);

    /// <summary>Figure 6.</summary>
    public static ReportSection Ranks(IReadOnlyList<SubjectResult> results, FilledTemplate study) => Section(study["ranks"],
        [.. results.Where(r => r.Pgd(true).Ranks is { Count: > 0 }).Select(RankChart)]);

    /// <summary>What differences see and exact derivatives do not.</summary>
    public static ReportSection Methods(
        IReadOnlyList<SubjectResult> results, FilledTemplate study, IReadOnlyList<FilledTemplate> networks)
    {
        List<IReportPart> parts = [];
        foreach ((SubjectResult r, FilledTemplate text) in results.Zip(networks))
        {
            double[] steps = [.. r.Sweep.Select(p => p.Step)];
            parts.Add(new LineChart(
                $"{r.Subject.Title}: |K1|, the sum of all curvatures, and the largest |κ| "
                + "at one image, by central differences of several steps",
                new("step h", "pixel distance", IsLogarithmic: true), new("|curvature|", Unit, IsLogarithmic: true),
                [
                    new("|K1|", steps, [.. r.Sweep.Select(p => Math.Abs(p.Sum))]),
                    new("largest |κ|", steps, [.. r.Sweep.Select(p => p.LargestMagnitude)]),
                ]));
            if (r.Agreement is { } agreement) parts.AddRange(Agreement(r, agreement));
            parts.Add(new Prose(text["steps"].Paragraphs));
        }
        return Section(study["methods"], parts);
    }

    /// <summary>The same images before and after PGD, and the profile at the nearest boundary point.</summary>
    public static ReportSection Further(IReadOnlyList<SubjectResult> results, FilledTemplate study)
    {
        List<IReportPart> parts = [];
        foreach (SubjectResult r in results)
        {
            parts.Add(new ScatterChart($"{r.Subject.Title}: mean κ̄ of the same images before and after PGD",
                new("natural image", Unit), new("after PGD", Unit),
                [new("one image", r.Paired.Natural, r.Paired.Perturbed)], Identity: "unchanged"));
            if (r.Profile is not { } profile) continue;
            parts.Add(new LineChart($"{r.Subject.Title}: principal curvatures at the boundary point nearest to one image",
                new("rank"), new("κ", Unit), [new("κ", [.. profile.Select((_, k) => k + 1.0)], profile)]));
        }
        return Section(study["further"], parts);
    }

    private static ReportSection Section(FilledSection text, IReadOnlyList<IReportPart> parts) => new(text.Title, text.Text, parts);

    private static IEnumerable<IReportPart> Agreement(SubjectResult r, MethodAgreement agreement)
    {
        int images = agreement.Exact.Length / (r.Subject.Classifier.ClassCount - 1);
        yield return new ScatterChart($"{r.Subject.Title}: κ̄ by differences over exact κ̄, every pair of {images} images",
            new("exact κ̄", Unit), new("κ̄ by differences", Unit),
            [.. agreement.Differences.Select(d => new PointSeries(d.Name, agreement.Exact, d.Values))], Identity: "equal");
        yield return new SummaryTable($"{r.Subject.Title}: differences against exact derivatives",
            [new("method"), new("relative error of κ̄", true), new("same sign", true)],
            [.. agreement.Differences.Select((d, k) => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(d.Name), TableCell.Words(ReportNumber.Short(agreement.RelativeError(k))),
                TableCell.Words(Wording.Percent(agreement.SignAgreement(k))),
            ])]);
    }

    private static BarChart RankChart(SubjectResult r)
    {
        int competitors = r.Subject.Classifier.ClassCount - 1;
        return new($"{r.Subject.Title}: rank of the former class", "rank",
            [.. Enumerable.Range(1, competitors).Select(k => k.ToString(CultureInfo.InvariantCulture))], new("share of images", "", 0, 1),
            [.. Strongest(r).Select(d => new BarSeries(d.Perturbation.Title, [.. d.Ranks!.Counts.Select(c => (double)c / d.Ranks.Count)]))],
            [new("chance", 1.0 / competitors)]);
    }

    /// <summary>PGD and the strongest of each other kind, of those that changed a class.</summary>
    private static IEnumerable<DetectionResult> Strongest(SubjectResult r) =>
        r.Detection.Where(d => d.IsOfSuccesses && d.Ranks is { Count: > 0 }).GroupBy(d => d.Perturbation.Kind).Select(kind => kind.Last());

    private static LineSeries Line(DetectionResult d)
    {
        RocPoint[] points = [.. d.Roc!.Points];
        return new(string.Create(CultureInfo.InvariantCulture, $"{d.Perturbation.Title}: AUC {d.Roc.Area:F3}"),
            [.. points.Select(p => p.FalsePositiveRate)], [.. points.Select(p => p.TruePositiveRate)]);
    }

    private static IEnumerable<IReportPart> Spectra(SubjectResult r, FilledTemplate text)
    {
        string[] names = [.. r.Competitors.Select(j => r.Subject.Set.ClassNames[j])];
        double[][] means = r.MeanSpectra;
        double[] rank = [.. Enumerable.Range(1, means[0].Length).Select(k => (double)k)];
        List<LineSeries> lines =
            [.. means.Select((values, j) => new LineSeries("one competitor", rank, values, IsFaint: true, Detail: names[j]))];
        lines.Add(new("mean of all", rank, SubjectResult.Mean(means)));
        yield return new LineChart($"{r.Subject.Title}: sorted principal curvatures, mean over the images",
            new("rank"), new("κ", Unit), lines, Note: text["spectrum-note"].Text);
        yield return new BoxPlot($"{r.Subject.Title}: average curvature κ̄ towards each competitor", "competitor", new("κ̄", Unit),
            [.. names.Select((name, j) => new BoxGroup(name, [.. r.Spectra.Select(row => row.Result.Pairs[j].Average)]))]);
    }
}
