using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Robustness;

/// <summary>
/// How robust a classifier is against each attack and against the worst of all for each image, with and without rejection.
/// </summary>
/// <param name="TruePositiveRate">The share of correctly classified clean images that the threshold was chosen to keep.</param>
/// <param name="ValidationCount">Clean images that the threshold was chosen on.</param>
/// <param name="Attacks">Each attack's numbers.</param>
/// <param name="WorstCase">Those of the worst outcome of all attacks and starts for each image.</param>
internal sealed record RobustnessResult(
    double TruePositiveRate, int ValidationCount, IReadOnlyList<AttackRobustness> Attacks, AttackRobustness WorstCase)
{
    /// <summary>The confidence below which images are rejected.</summary>
    public double Threshold => WorstCase.Report.Threshold;

    /// <summary>Attacked images at which some attack met logits that are not finite; their clean version counts in its place.</summary>
    public int NonFinite => WorstCase.NonFinite;

    /// <summary>The result of the verdicts about all clean images and of the rows of all attacked ones, in order.</summary>
    public static RobustnessResult Of(RobustnessInput input, CleanVerdicts clean, IReadOnlyList<AttackedRow> rows)
    {
        AttackRobustness Numbers(string name, string configuration, Func<AttackedRow, IEnumerable<Verdict>> candidates)
        {
            Verdict[][] all = [.. rows.Select(row => candidates(row).ToArray())];
            Verdict[] attacked = [.. all.Select((a, i) => Verdict.Worst(a) is { } worst ? a[worst] : clean.All[i])];
            return new(name, configuration, all.Count(a => a.Any(v => !v.IsFinite)),
                RejectionReport.At(clean.Threshold, clean.All.AsSpan(0, input.TestCount), attacked));
        }

        AttackRobustness[] attacks = [.. input.Attacks.Select((attack, k) =>
            Numbers(attack.Name, attack.Attack.Identity(), row => [row.Attacks[k].About(row.Label)]))];
        return new(clean.TruePositiveRate, clean.All.Length - input.TestCount, attacks,
            Numbers("worst case", "", row => row.Attacks.Select(a => a.About(row.Label))));
    }

    /// <summary>The totals as a summary has them.</summary>
    public JsonObject ToJson()
    {
        RejectionReport clean = WorstCase.Report;
        return JsonText.Of(new RobustnessTotals(RunFolder.Schema, clean.Count, clean.CleanCount, ValidationCount, TruePositiveRate,
            clean.Threshold, clean.CleanError, clean.CleanErrorAccepted, clean.CleanAccepted, clean.NoCleanAccepted,
            clean.TruePositiveRate, [.. Attacks.Select(AttackLine.Of)], AttackLine.Of(WorstCase)));
    }
}

/// <summary>The numbers of one attack, or of the worst of several.</summary>
/// <param name="Name">The attack as it was named.</param>
/// <param name="Configuration">The attack as it prints itself.</param>
/// <param name="NonFinite">Images at which it met logits that are not finite.</param>
/// <param name="Report">Its error rates.</param>
internal sealed record AttackRobustness(string Name, string Configuration, int NonFinite, RejectionReport Report);

/// <summary>The totals of an evaluation, those of clean images first; "accepted" is at the threshold.</summary>
internal sealed record RobustnessTotals(
    int Schema, int Count, int TestCount, int ValidationCount, double RejectAtTpr, double Threshold,
    double CleanError, double CleanErrorAccepted, int CleanAccepted, bool NoCleanAccepted, double TruePositiveRate,
    AttackLine[] Attacks, AttackLine WorstCase);

/// <summary>The totals of an attack.</summary>
internal sealed record AttackLine(
    string Name, string Configuration, double RobustError, double RobustErrorAccepted, int Accepted, bool NoneAccepted,
    double FalsePositiveRate, double SuccessRate, double RocAuc, int NonFinite)
{
    public static AttackLine Of(AttackRobustness attack)
    {
        RejectionReport r = attack.Report;
        return new(attack.Name, attack.Configuration, r.RobustError, r.RobustErrorAccepted, r.Accepted, r.NoneAccepted,
            r.FalsePositiveRate, r.SuccessRate, r.Area, attack.NonFinite);
    }
}
