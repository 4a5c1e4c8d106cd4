using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>What growing budgets of one kind of attack do to a network that rejects what it is not sure of.</summary>
/// <param name="Kind">"linf" or "lpa".</param>
/// <param name="Budgets">The radii.</param>
/// <param name="Errors">RErr(τ) at each.</param>
/// <param name="Accepted">The share of attacked images that are accepted, at each.</param>
/// <param name="RightConfidence">The mean confidence of attacked images that are still classified correctly; NaN where none is.</param>
/// <param name="CleanAccepted">The share of clean images that are accepted.</param>
internal sealed record BudgetCurve(
    string Kind, double[] Budgets, double[] Errors, double[] Accepted, double[] RightConfidence, double CleanAccepted)
{
    private const int Together = 50;

    public static BudgetCurve Of(
        string kind, InvarianceSubject subject, InvarianceSetting setting,
        InvariancePreset preset, Action<int, int> progress, RunContext run)
    {
        double[] budgets = kind == "lpa" ? [0.05, 0.1, 0.25, 0.5, 1]
            : setting.Data.Channels == 1 ? [0.05, 0.1, 0.2, 0.3, 0.4] : [0.005, 0.01, 0.02, 0.03, 0.06];
        NamedAttack[] attacks = [.. budgets.Select(radius => new NamedAttack($"{kind} {radius}", Attack(kind, radius, preset)))];
        RobustnessInput input = RobustnessInput.Of(setting.Data, attacks, preset.Clean, preset.Budgeted);
        RejectionEvaluation evaluation = new(subject.Classifier, input, DType.F32);
        CleanVerdicts clean = evaluation.Clean(AttackedErrors.Kept, null, run.Cancellation);
        List<AttackedRow> rows = [];
        for (int first = 0; first < input.Count; first += Together)
        {
            progress(first, input.Count);
            int count = Math.Min(Together, input.Count - first);
            rows.AddRange(evaluation.Attacked(first, count, run with { FirstIndex = first, ChunkSize = Together }));
            run.Cancellation.ThrowIfCancellationRequested();
        }
        RobustnessResult result = RobustnessResult.Of(input, clean, rows);
        Verdict[][] verdicts = [.. budgets.Select((_, k) => rows.Select(row => row.Attacks[k].About(row.Label)).ToArray())];
        return new(kind, budgets, [.. result.Attacks.Select(a => a.Report.RobustErrorAccepted)],
            [.. verdicts.Select(all => all.Count(v => v.Confidence >= clean.Threshold) / (double)all.Length)],
            [.. verdicts.Select(all => all.Where(v => !v.IsWrong).Select(v => v.Confidence).DefaultIfEmpty(double.NaN).Average())],
            result.WorstCase.Report.TruePositiveRate);
    }

    private static Attack Attack(string kind, double radius, InvariancePreset preset) => kind == "lpa"
        ? new Lpa(new FeatureBall(radius), Steps: Math.Min(20, preset.NormSteps / 4))
        : new PgdConf(Threat.Linf(radius), preset.CrossEntropySteps, StepSize: radius / 10, Shrink: 1.1);
}
