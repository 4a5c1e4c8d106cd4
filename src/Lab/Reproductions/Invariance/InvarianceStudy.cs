using System.Globalization;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Measures the parts of the study that its folder does not hold yet.</summary>
internal sealed class InvarianceStudy(
    InvarianceSetting setting, InvariancePreset preset, StudyParts parts, ProgressLine line, CancellationToken cancellation)
{
    private const int BrittleImages = 200;

    public InvarianceResult Run()
    {
        int[] targets = parts.Of("targets", () => new Chosen(Walks.Targets(setting))).Indices;
        List<SubjectOutcome> outcomes = [.. setting.Subjects.Select(subject => Measure(subject, targets))];
        Walks? logit = setting.Find(TrainingMethod.Ccat) is { } ccat ? parts.Of("logit-ccat", () => FromLogitSpace(ccat, targets)) : null;
        List<(TrainingMethod, BudgetCurve)> budgets = [];
        foreach (InvarianceSubject subject in setting.Subjects.Where(s => s.Method is TrainingMethod.Ccat or TrainingMethod.LpipsCcat))
        {
            foreach (string kind in (string[])["linf", "lpa"])
            {
                budgets.Add((subject.Method, Part(subject, $"budget-{kind}", shown => BudgetCurve.Of(kind, subject, setting, preset, shown, Context))));
            }
        }
        line.End();
        return new(setting, preset, targets, outcomes, logit, budgets);
    }

    private RunContext Context => new() { Seed = setting.Seed, Cancellation = cancellation };

    private SubjectOutcome Measure(InvarianceSubject subject, int[] targets) => new(
        subject,
        Part(subject, "walks", shown => Walks.Of(new Nspgd(), subject, setting, targets, preset.Sources, shown, cancellation)),
        preset.Fine == 0 ? null : Part(subject, "walks-normalized", shown =>
            Walks.Of(new Nspgd(StepMode.Normalized), subject, setting, targets, preset.Fine, shown, cancellation)),
        Part(subject, "errors", _ => AttackedErrors.Of(subject, setting, preset, Context)),
        Part(subject, "norms", shown => NormErrors.Of(subject, setting, preset, shown, Context)),
        Part(subject, "widths", shown => PathWidths.Of(subject, setting, targets, preset.Paths, preset.Directions, shown, cancellation)),
        Part(subject, "brittleness", _ => Brittleness.Of(subject, setting, BrittleImages)));

    /// <summary>NSPGD from where the search in logit space ends.</summary>
    private Walks FromLogitSpace(InvarianceSubject subject, int[] targets) => Walks.Of(
        new Nspgd() { StartAt = new LogitSpace() }, subject, setting, targets, preset.LogitSources, Shown("logit-ccat"), cancellation);

    private T Part<T>(InvarianceSubject subject, string name, Func<Action<int, int>, T> make) where T : class
    {
        string full = $"{subject.Weights}/{name}";
        return parts.Of(full, () => make(Shown(full)));
    }

    private Action<int, int> Shown(string part) => (done, of) =>
        line.Show(() => string.Create(CultureInfo.InvariantCulture, $"{part}: {done} of {of}"));

    private sealed record Chosen(int[] Indices);
}
