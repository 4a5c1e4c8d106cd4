using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Models;
using MiniGrad.Probes;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Curvature;

/// <summary>The page of one curvature run.</summary>
internal sealed record CurvaturePage(
    LoadedModel Model, BoundaryCurvature Probe, HessianMethod Method, Classifier Classifier,
    ProbeImages Input, CurvatureSummary Totals, bool AtBoundary, JsonObject Summary)
{
    /// <summary>Up to so many pixels the sweep takes the exact trace, beyond it samples.</summary>
    private const int SmallImage = 1024;

    /// <summary>Rows of the table of images.</summary>
    private const int Shown = 40;

    private CurvatureRow[] Measured => [.. Totals.Rows.Where(row => row.Missing is null)];

    /// <summary>The curvature of the first image towards its first competitor, with differences of several steps.</summary>
    public SweepPoint[] Sweep(long seed)
    {
        CurvatureRow? first = Measured.FirstOrDefault(row => !row.Result.Pairs[0].IsSingular);
        if (first is null) return [];
        Tensor image = Input.One(first.Index);
        bool small = image.Count <= SmallImage;
        BoundaryFrame frame = (Probe.Frames with { Competitors = [first.Result.Pairs[0].Competitor], AllowForeignLabel = true })
            .Of(Classifier, image, [first.Result.Current])[0];
        StepSweep sweep =
            new() { Average = small ? new ExactTrace() : new Hutchinson(16), Extremes = new(Count: 1, Steps: small ? 40 : 12) };
        return sweep.Of(Classifier, image, frame, 0, new Rng(seed).At("sweep"));
    }

    public string Html(SweepPoint[] sweep, ReproduceSection reproduce)
    {
        List<ReportSection> sections = [Asked()];
        CurvatureRow[] measured = Measured;
        if (measured.Length > 0)
        {
            sections.Add(Averages(measured));
            if (Probe.Full is not null) sections.Add(Spectra(measured));
        }
        if (sweep.Length > 0) sections.Add(Steps(sweep));
        sections.Add(new("How to reproduce this", "", [reproduce]));
        return new ReportPage($"Boundary curvature of {Model.Architecture} on {Input.Description}",
            "How the level sets between the predicted class and each other one bend around an image", sections).ToHtml();
    }

    private ReportSection Asked()
    {
        double[] scores = [.. Measured.Select(row => Totals.Sign * row.Result.Score).Where(double.IsFinite)];
        string place = AtBoundary
            ? "the nearest boundary point that DeepFool finds"
            : "the images themselves: the curvature of the level set through each";
        string averages = Probe.Full is null
            ? $"Averages: {Probe.AverageOf(Classifier)}."
            : "Averages are those of the full spectrum.";
        List<IReportPart> parts =
        [
            new KeyFigures(
                new KeyFigure(ReportNumber.Short(scores.DefaultIfEmpty(double.NaN).Average()),
                    "mean κ̄ over images and competitors", "per unit of pixel distance"),
                new KeyFigure($"{scores.Count(s => s < 0)} / {scores.Length}", "images whose mean κ̄ is negative"),
                new KeyFigure(ReportNumber.Short(Measured.SelectMany(r => r.Result.Pairs)
                    .Where(p => !p.IsSingular).Select(p => p.GradientNorm).DefaultIfEmpty(double.NaN).Average()),
                    "mean length of the gradient of G")),
            new Prose(
                Totals.Sign > 0
                    ? "For the predicted class i and a competitor j, G = logit_j − logit_i, "
                        + "whose gradient points out of the region of class i. κ above 0: the level set of G bends back around the image. "
                        + "κ below 0: the other region bulges towards it. κ̄ is the mean over all directions of the level set."
                    : "For the predicted class i and a competitor j, F = logit_i − logit_j was asked for: all signs are the opposite "
                        + "of those of G = logit_j − logit_i. κ below 0: the level set bends back around the image.",
                $"Measured at {place}. Second derivatives: {Method}. {averages}"),
        ];
        if (Summary["softplus"] is { } name)
        {
            parts.Add(new Prose($"The network's activation was replaced by {name}: {Summary["correct_with_softplus"]} "
                + $"of {Summary["correct_of"]} test images are right with it, {Summary["correct_before"]} were before."));
        }
        foreach (string warning in Totals.Warnings()) parts.Add(new Prose($"Note: {warning}"));
        return new("What was asked", "", parts);
    }

    private ReportSection Averages(CurvatureRow[] measured)
    {
        int[] classes = [.. measured.SelectMany(row => row.Result.Pairs.Select(p => p.Competitor)).Distinct().Order()];
        List<BoxGroup> groups = [];
        foreach (int j in classes.Take(20))
        {
            groups.Add(new(Name(j), [.. measured.SelectMany(row => row.Result.Pairs)
                .Where(p => p.Competitor == j && !p.IsSingular).Select(p => Totals.Sign * p.Average)]));
        }
        SummaryTable table = new(measured.Length > Shown ? $"The first {Shown} images" : "The images",
            [
                new("Image", true), new("Label"), new("Predicted"), new("Mean κ̄", true), new("Lowest κ̄", true), new("Highest κ̄", true),
                new("Towards"),
            ],
            [.. measured.Take(Shown).Select(Line)]);
        return new("Average curvature",
            classes.Length > 20 ? $"The first 20 of {classes.Length} competitors are drawn; the tensors hold all." : "",
            [new BoxPlot("Average curvature κ̄ towards each competitor, over the images",
                "Competitor", new("κ̄", "1 / pixel distance"), groups), table]);
    }

    private TableCell[] Line(CurvatureRow row)
    {
        PairCurvature[] pairs = [.. row.Result.Pairs.Where(p => !p.IsSingular).OrderBy(p => Totals.Sign * p.Average)];
        TableCell Number(double value) => TableCell.Words(ReportNumber.Short(Totals.Sign * value));
        bool none = pairs.Length == 0;
        return
        [
            TableCell.Integer(row.DataIndex), TableCell.Words(Name(row.Label)),
            TableCell.Words(Name(row.Result.Current)), Number(row.Result.Score),
            Number(none ? double.NaN : pairs[0].Average), Number(none ? double.NaN : pairs[^1].Average),
            TableCell.Words(none ? "" : Name(pairs[^1].Competitor)),
        ];
    }

    private ReportSection Spectra(CurvatureRow[] measured)
    {
        double[][] all = [.. measured.SelectMany(row => row.Result.Pairs).Where(p => p is { IsSingular: false, Principal: not null })
            .Select(p => CurvatureRun.Turned(p.Principal!, Totals.Sign))];
        if (all.Length == 0) return new("Principal curvatures", "All pairs are singular.", []);
        int length = all[0].Length;
        double[] rank = [.. Enumerable.Range(1, length).Select(k => (double)k)];
        List<LineSeries> lines = [.. all.Take(9).Select(values => new LineSeries("one pair", rank, values, IsFaint: true))];
        lines.Add(new("mean of all pairs", rank, [.. Enumerable.Range(0, length).Select(k => all.Average(v => v[k]))]));
        CurvatureProfile[] profiles = [.. all.Select(CurvatureProfile.Of)];
        return new("Principal curvatures", "", [
            new LineChart($"Sorted principal curvatures: the mean over {all.Length} pairs, and the first {Math.Min(9, all.Length)} of them",
                new("rank"), new("κ", "1 / pixel distance"), lines),
            new KeyFigures(
                new KeyFigure($"{100 * profiles.Average(p => p.NearZeroShare):F1} %", "of |κ| below a hundredth of the largest"),
                new KeyFigure($"{100 * profiles.Average(p => p.NegativeShare):F1} %", "of κ below 0"),
                new KeyFigure(
                    $"{ReportNumber.Short(profiles.Average(p => p.Smallest))} … {ReportNumber.Short(profiles.Average(p => p.Largest))}",
                    "mean smallest and largest κ"))]);
    }

    private ReportSection Steps(SweepPoint[] sweep)
    {
        double[] steps = [.. sweep.Select(p => p.Step)];
        return new("How the step matters", Classifier.IsPiecewiseLinear
                ? "The network is piecewise linear: differences count the kinks within the step, so the value is a property of the step. "
                    + "Compare only values of one step."
                : "Where the network is smooth, small steps agree with the exact second derivatives and large ones average over the step. "
                    + "Kinks that are left, such as those of max pooling, make differences grow as the step shrinks; "
                    + "exact derivatives do not see them.",
        [
            new LineChart("K1, the sum of all curvatures, and the largest |κ| of the first image and competitor, by central differences",
                new("step h", "pixel distance", IsLogarithmic: true), new("curvature", "1 / pixel distance"),
                [new("K1", steps, [.. sweep.Select(p => Totals.Sign * p.Sum)]), new(
                    "largest |κ|", steps, [.. sweep.Select(p => p.LargestMagnitude)])]),
        ]);
    }

    private string Name(int j) => j < Input.ClassNames.Count ? Input.ClassNames[j] : j.ToString(CultureInfo.InvariantCulture);
}
