using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Robustness;

/// <summary>An evaluation for people: as text, and as a page.</summary>
internal static class RobustnessPage
{
    private const string NothingAccepted = "nothing accepted";

    /// <summary>The clean images in a line or two, then a row for each attack.</summary>
    public static string Text(string images, RobustnessResult result)
    {
        TextTable table = new("attack", "RErr", "RErr(τ)", "FPR(τ)", "success", "ROC-AUC");
        foreach (AttackRobustness attack in All(result))
        {
            RejectionReport r = attack.Report;
            table.Add(attack.Name, Percent(r.RobustError), Accepted(r.RobustErrorAccepted, r.NoneAccepted), Percent(r.FalsePositiveRate),
                Percent(r.SuccessRate), ReportNumber.Fixed(r.Area, 4));
        }
        return $"{string.Join('\n', Clean(images, result))}\n{table}";
    }

    public static string Html(string images, RobustnessInput input, RobustnessResult result, ReproduceSection reproduce)
    {
        SummaryTable table = new(string.Create(CultureInfo.InvariantCulture,
            $"Errors on {result.WorstCase.Report.Count} attacked images, without rejection and at τ = {result.Threshold:G6}."),
            [new("attack"), new("RErr", true), new("RErr(τ)", true), new("FPR(τ)", true), new("success", true), new("ROC-AUC", true)],
            [.. All(result).Select(attack => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(attack.Name), TableCell.Words(Percent(attack.Report.RobustError)),
                TableCell.Words(Accepted(attack.Report.RobustErrorAccepted, attack.Report.NoneAccepted)),
                TableCell.Words(Percent(attack.Report.FalsePositiveRate)), TableCell.Words(Percent(attack.Report.SuccessRate)),
                TableCell.Number(attack.Report.Area, 4),
            ])],
            "RErr: the clean or the attacked version is misclassified. RErr(τ): such a version is accepted, among images of which a "
            + "version is. FPR(τ): only the attacked version is misclassified, and it is accepted, among all. Success: among images that "
            + "are classified correctly. ROC-AUC: clean against successful ones by confidence.");
        Prose asked = new([.. input.Attacks.Select(a => $"{a.Name}: {a.Attack}.")]);
        return new ReportPage($"Robustness on {images}", "Errors of a classifier that may refuse to answer.",
            [
                new("What was asked", "", [asked]), new("What was found", "", [new Prose([.. Clean(images, result)]), table]),
                new("How to reproduce this", "", [reproduce]),
            ]).ToHtml();
    }

    private static IEnumerable<AttackRobustness> All(RobustnessResult result) =>
        result.Attacks.Count == 1 ? result.Attacks : result.Attacks.Append(result.WorstCase);

    private static IEnumerable<string> Clean(string images, RobustnessResult result)
    {
        RejectionReport r = result.WorstCase.Report;
        CultureInfo culture = CultureInfo.InvariantCulture;
        yield return string.Create(culture,
            $"{images}: {r.CleanCount} test images, error {Percent(r.CleanError)}; the first {r.Count} of them are attacked");
        yield return string.Create(culture,
            $"τ = {r.Threshold:G6} keeps {100 * result.TruePositiveRate:G6} % of what is right of {result.ValidationCount} validation "
            + $"images; of the test images it accepts {Percent(r.TruePositiveRate)}, "
            + $"error of those {Accepted(r.CleanErrorAccepted, r.NoCleanAccepted)}");
    }

    private static string Accepted(double share, bool isEmpty) => isEmpty ? NothingAccepted : Percent(share);

    private static string Percent(double share) => double.IsNaN(share) ? ReportNumber.Missing : $"{ReportNumber.Fixed(100 * share, 2)} %";
}
