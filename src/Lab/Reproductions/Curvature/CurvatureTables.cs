using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The numbers of the study beside ours, and all detection results.</summary>
internal static class CurvatureTables
{
    public static ReportSection Beside(IReadOnlyList<SubjectResult> results, CurvaturePreset preset)
    {
        List<IReadOnlyList<TableCell>> rows = [];
        void Add(string quantity, string theirs, Func<SubjectResult, string> ours) =>
            rows.Add([TableCell.Words(quantity), TableCell.Words(theirs), .. results.Select(r => TableCell.Words(ours(r)))]);
        Add("κ near zero (below a hundredth of the largest)", "most, few outliers", r => Percent(r.Profiles.Average(p => p.NearZeroShare)));
        Add("mean κ̄ at natural images of one class", "slightly negative", r => ReportNumber.Short(r.Averages.Average()));
        Add("mean κ̄ at natural images of all classes", ReportNumber.Missing, r => ReportNumber.Short(r.NaturalScore));
        Add("… only towards the class beyond the nearest boundary", ReportNumber.Missing, r => ReportNumber.Short(r.AtImage));
        Add("… of that boundary itself, at its nearest point", ReportNumber.Missing, r => ReportNumber.Short(r.AtBoundary));
        Add("natural images with negative mean κ̄", "97 % (CIFAR-10)", r => Percent(r.Pgd().ExpectedSigns.Natural));
        Add("nearest boundary points with negative κ̄", ReportNumber.Missing, r => Percent(r.BoundaryNegative));
        Add("perturbed images with positive mean κ̄", "96 % (CIFAR-10)", r => Percent(r.Pgd().ExpectedSigns.Perturbed));
        Add("PGD changes the class", "about 85 %", r => Percent((double)r.Pgd().Moved / r.Pgd().Total));
        Add("detection, threshold chosen on the 25 + 25 it is measured on", "75–85 %", r => r.Pgd().Protocol is { } p ? $"{Percent(p.Mean)} ({Percent(p.Low)} to {Percent(p.High)})" : ReportNumber.Missing);
        Add("detection, calibrated on other images", ReportNumber.Missing, r => Spread(r.Pgd().Halves.Select(h => h.Test.Accuracy)));
        Add("the same, successful attacks only", ReportNumber.Missing, r => Spread(r.Pgd(true).Halves.Select(h => h.Test.BalancedAccuracy)));
        Add("area under the curve", ReportNumber.Missing, r => Area(r.Pgd()));
        Add("area under the curve of a small logit margin alone", ReportNumber.Missing, r => ReportNumber.Fixed(r.Pgd().MarginArea, 3));
        Add("relabelling: former class has the highest κ̄", "65 %, Fashion 64 %", r => Ranked(r.Pgd(true).Ranks, 1));
        Add("… is among the first two", "85 %", r => Ranked(r.Pgd(true).Ranks, 2));
        Add("… is among the first three", ReportNumber.Missing, r => Ranked(r.Pgd(true).Ranks, 3));
        return new("The study's numbers and ours", $"The study: LeNet on MNIST and Fashion-MNIST, forward differences of step 0.1, 50 images. Here: {preset.PerClass} natural and {preset.PerClass} perturbed images, {preset.Seeds} {(preset.Seeds == 1 ? "repetition" : "repetitions")}. Signs are those of G = logit of the competitor − logit of the current class. The shares of signs are those of Fawzi et al. (2018), LeNet on CIFAR-10.",
            [new SummaryTable("Theirs and ours", [new("Quantity"), new("Study"), .. results.Select(r => new TableColumn(r.Subject.Title))], rows,
                "Ranges in brackets are 5 % and 95 % quantiles of 1000 draws; ± is the standard deviation over repetitions; AUC with its 95 % bootstrap interval."),
             .. Reasons(results)]);
    }

    public static ReportSection Detection(IReadOnlyList<SubjectResult> results) => new("Every perturbation",
        "Thresholds are chosen on one half of the images by balanced accuracy and tested on the other. “Hindsight” lets the test half choose its own threshold. The score is the mean of κ̄ over the competitors; their sum, as in the study, is nine times that and gives the same decisions wherever no pair is singular (the summary has the areas of both). An area below 1/2 is printed as it is: the score then points the wrong way.",
        [.. results.Select(Table)]);

    private static SummaryTable Table(SubjectResult r) => new(r.Subject.Title,
        [new("Perturbation"), new("Images"), new("Changed the class", true), new("AUC", true), new("AUC of the margin", true), new("Calibrated", true), new("Hindsight", true), new("TPR at 5 % FPR", true), new("Former class first", true), new("Mean rank", true)],
        [.. r.Detection.Where((d, k) => k % 2 == 0 || d.Moved is > 0 and int moved && moved < d.Total).Select(d => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(d.Perturbation.Title), TableCell.Words(d.IsOfSuccesses ? "changed" : "all"), TableCell.Share(d.Moved, d.Total), TableCell.Words(Area(d)), TableCell.Number(d.MarginArea, 3),
            TableCell.Words(Spread(d.Halves.Select(h => h.Test.BalancedAccuracy))), TableCell.Words(Spread(d.Halves.Select(h => h.Hindsight.BalancedAccuracy))),
            TableCell.Words(d.Roc is { } roc ? Percent(roc.TruePositiveRateAt()) : ReportNumber.Missing), TableCell.Words(Ranked(d.Ranks, 1)),
            TableCell.Words(d.Ranks is { Count: > 0 } ranks ? ReportNumber.Fixed(ranks.MeanRank, 2) : ReportNumber.Missing),
        ])],
        $"Score: {r.Subject.Method}. Chance: former class first {Percent(1.0 / 9)}, mean rank 5. “Changed”: only perturbed images whose class changed, where that leaves some out. AUC of the margin: a score that needs no curvature, how near the two largest logits are.");

    /// <summary>What came out and why it differs from the study, with what was measured.</summary>
    private static IEnumerable<IReportPart> Reasons(IReadOnlyList<SubjectResult> results)
    {
        string Each(Func<SubjectResult, string> value) => string.Join(", ", results.Select(value));
        string Areas(string kind, Func<DetectionResult, double> area)
        {
            double[] all = [.. results.SelectMany(r => r.Detection).Where(d => !d.IsOfSuccesses && d.Perturbation.Kind == kind && d.Roc is not null).Select(area)];
            return all.Length == 0 ? ReportNumber.Missing : $"{ReportNumber.Fixed(all.Min(), 2)} to {ReportNumber.Fixed(all.Max(), 2)}";
        }
        yield return new Prose(
            $"Signs. On the nearest boundaries of natural images κ̄ is {Each(r => ReportNumber.Short(r.AtBoundary))}, network by network, and negative at {Each(r => Percent(r.BoundaryNegative))} of the points: the other region bulges towards the image, as the literature says. At the images themselves the level set of the same pair has {Each(r => ReportNumber.Short(r.AtImage))}, and over all competitors the mean is {Each(r => ReportNumber.Short(r.NaturalScore))}: most images lie so deep in their region that the level sets there wrap around them. The study calls κ̄ at images “slightly negative”. Its equations 5 and 6, with F = logit_i − logit_j, have the opposite sign of its text, and with the sign of F our means at images turn theirs; which of the two its figure shows cannot be told. A level set through an image is no stand-in for the boundary.",
            $"Detection. PGD, which goes on raising the loss long after it has crossed the boundary, is told with areas of {Areas("pgd", d => d.Roc!.Area)}, and the class before it is found first in {Each(r => Ranked(r.Pgd(true).Ranks, 1))}. DeepFool and universal perturbations end near the boundary, where κ̄ is low: areas of {Areas("deepfool", d => d.Roc!.Area)} and {Areas("universal", d => d.Roc!.Area)}. How near the two largest logits are, which costs one forward pass, gives {Areas("pgd", d => d.MarginArea)} for PGD, {Areas("deepfool", d => d.MarginArea)} for DeepFool and {Areas("universal", d => d.MarginArea)} for universal perturbations. That fits a score of how deep in its region an image lies better than one of whether it was perturbed.",
            "Accuracy. The study chooses its threshold on the 50 images it reports: the row of 25 + 25 shows what that gives here, and how wide 50 images leave it; the row below is what such a threshold is worth on other images. Its networks are not known beyond the name LeNet, nor are step and number of steps of its PGD, and about 15 % of its perturbed images were not misclassified and count as perturbed all the same. With 40 steps of 2.5 ε/40 the attack here succeeds more often.",
            "Differences. The study's curvatures are those of forward differences on a ReLU network: they count kinks within a step of 0.1 and are a property of that step (see “Exact derivatives and differences”). Its κ are near zero for the most part; with ReLU and max pooling a step of 0.1 crosses kinks in many directions, so fewer of ours are. The smooth networks need no step, and most of their curvatures are near zero.",
            "Printed errors of the study that are corrected here: the sign of F; its average is −½ of the sum of curvatures, not their mean over d − 1 directions; the projected basis vectors lack a factor; the curvatures are those of the level set through the image, not of the boundary; the threshold is tuned on the test images.");
        foreach (SubjectResult r in results)
        {
            if (r.Pgd().Roc is not { SuggestsFlippedOrientation: true } roc) continue;
            yield return new Prose(string.Create(CultureInfo.InvariantCulture, $"{r.Subject.Title}: the area for PGD is {roc.Area:F3}, below 1/2. Natural images have the higher curvature here, against the expectation; the sign was not turned."));
        }
    }

    private static string Area(DetectionResult d) => d is { Roc: { } roc, Interval: { } interval }
        ? string.Create(CultureInfo.InvariantCulture, $"{roc.Area:F3} ({interval.Low:F3}–{interval.High:F3})") : ReportNumber.Missing;

    private static string Ranked(RankHistogram? ranks, int top) => ranks is { Count: > 0 } ? Percent(ranks.TopShare(top)) : ReportNumber.Missing;

    private static string Percent(double share) => double.IsNaN(share) ? ReportNumber.Missing : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");

    private static string Spread(IEnumerable<double> shares)
    {
        double[] all = [.. shares.Where(double.IsFinite)];
        if (all.Length == 0) return ReportNumber.Missing;
        (double mean, double deviation) = Statistics.Spread(all);
        return all.Length == 1 ? Percent(mean) : string.Create(CultureInfo.InvariantCulture, $"{100 * mean:F1} ± {100 * deviation:F1} %");
    }
}
