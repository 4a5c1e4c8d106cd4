using MiniGrad.Charts;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The numbers of the study beside ours, and all detection results.</summary>
internal static class CurvatureTables
{
    /// <summary>The study's number for each quantity, and how ours is read off a network's results.</summary>
    private static readonly (string Quantity, string Theirs, Func<SubjectResult, string> Ours)[] Rows =
    [
        ("κ near zero (below a hundredth of the largest)", "most, few outliers",
            r => Wording.Percent(r.Profiles.Select(p => p.NearZeroShare).DefaultIfEmpty(double.NaN).Average())),
        ("mean κ̄ at natural images of one class", "slightly negative",
            r => ReportNumber.Short(r.Averages.DefaultIfEmpty(double.NaN).Average())),
        ("mean κ̄ at natural images of all classes", ReportNumber.Missing, r => ReportNumber.Short(r.NaturalScore)),
        ("… only towards the class beyond the nearest boundary", ReportNumber.Missing, r => ReportNumber.Short(r.AtImage)),
        ("… of that boundary itself, at its nearest point", ReportNumber.Missing, r => ReportNumber.Short(r.AtBoundary)),
        ("natural images with negative mean κ̄", "97 % (CIFAR-10)", r => Wording.Percent(r.Pgd().ExpectedSigns.Natural)),
        ("nearest boundary points with negative κ̄", ReportNumber.Missing, r => Wording.Percent(r.BoundaryNegative)),
        ("perturbed images with positive mean κ̄", "96 % (CIFAR-10)", r => Wording.Percent(r.Pgd().ExpectedSigns.Perturbed)),
        ("PGD changes the class", "about 85 %", r => Wording.Percent((double)r.Pgd().Moved / r.Pgd().Total)),
        ($"detection, threshold chosen on the {DetectionResult.StudySize} + {DetectionResult.StudySize} it is measured on", "75–85 %",
            r => Wording.Protocol(r.Pgd().Protocol)),
        ("detection, calibrated on other images", ReportNumber.Missing, r => Wording.Spread(r.Pgd().Halves.Select(h => h.Test.Accuracy))),
        ("the same, successful attacks only", ReportNumber.Missing,
            r => Wording.Spread(r.Pgd(true).Halves.Select(h => h.Test.BalancedAccuracy))),
        ("area under the curve", ReportNumber.Missing, r => Wording.Area(r.Pgd())),
        ("area under the curve of a small logit margin alone", ReportNumber.Missing, r => ReportNumber.Fixed(r.Pgd().MarginArea, 3)),
        ("relabelling: former class has the highest κ̄", "65 %, Fashion 64 %", r => Wording.Percent(r.Pgd(true).FormerAmong(1))),
        ("… is among the first two", "85 %", r => Wording.Percent(r.Pgd(true).FormerAmong(2))),
        ("… is among the first three", ReportNumber.Missing, r => Wording.Percent(r.Pgd(true).FormerAmong(3))),
    ];

    /// <summary>The study's numbers and ours, and what came out, network by network.</summary>
    public static ReportSection Beside(IReadOnlyList<SubjectResult> results, FilledTemplate study, IReadOnlyList<FilledTemplate> networks)
    {
        SummaryTable table = new("Theirs and ours",
            [new("Quantity"), new("Study"), .. results.Select(r => new TableColumn(r.Subject.Title))],
            [.. Rows.Select(row => (IReadOnlyList<TableCell>)
                [TableCell.Words(row.Quantity), TableCell.Words(row.Theirs), .. results.Select(r => TableCell.Words(row.Ours(r)))])],
            study["beside-note"].Text);
        string[] order = ["signs", "told", "accuracy", "spectrum"];
        return new(study["beside"].Title, study["beside"].Text,
        [
            table, new Prose(study["about"].Paragraphs),
            .. networks.Select(text => new Prose([.. order.SelectMany(id => text[id].Paragraphs)])),
        ]);
    }

    /// <summary>Every perturbation of every network.</summary>
    public static ReportSection Detection(
        IReadOnlyList<SubjectResult> results, FilledTemplate study, IReadOnlyList<FilledTemplate> networks) =>
        new(study["detection"].Title, study["detection"].Text, [.. results.Zip(networks, Table)]);

    private static SummaryTable Table(SubjectResult r, FilledTemplate text) => new(r.Subject.Title,
        [
            new("Perturbation"), new("Images"), new("Changed the class", true), new("AUC", true), new("AUC of the margin", true),
            new("Calibrated", true), new("Hindsight", true), new("TPR at 5 % FPR", true), new("Former class first", true),
            new("Mean rank", true),
        ],
        [.. r.Detection.Where((d, k) => k % 2 == 0 || d.Moved is > 0 and int moved && moved < d.Total).Select(Row)],
        text["detection-note"].Text);

    private static IReadOnlyList<TableCell> Row(DetectionResult d) =>
    [
        TableCell.Words(d.Perturbation.Title),
        TableCell.Words(d.IsOfSuccesses ? "changed" : "all"),
        TableCell.Share(d.Moved, d.Total),
        TableCell.Words(Wording.Area(d)),
        TableCell.Number(d.MarginArea, 3),
        TableCell.Words(Wording.Spread(d.Halves.Select(h => h.Test.BalancedAccuracy))),
        TableCell.Words(Wording.Spread(d.Halves.Select(h => h.Hindsight.BalancedAccuracy))),
        TableCell.Words(d.Roc is { } roc ? Wording.Percent(roc.TruePositiveRateAt()) : ReportNumber.Missing),
        TableCell.Words(Wording.Percent(d.FormerAmong(1))),
        TableCell.Words(d.Ranks is { Count: > 0 } ranks ? ReportNumber.Fixed(ranks.MeanRank, 2) : ReportNumber.Missing),
    ];
}
