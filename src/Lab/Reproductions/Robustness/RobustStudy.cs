using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Measures the parts of the study that its folder does not hold yet.</summary>
internal sealed class RobustStudy(RobustSetting setting, RobustPreset preset, StudyParts parts)
{
    private const int Together = 256;

    private readonly RobustPreset preset = preset.Within(setting.Data.Count);

    public RobustResult Run()
    {
        List<RobustOutcome> outcomes = [];
        foreach (RobustSubject subject in setting.Subjects)
        {
            RobustOutcome outcome = Measure(subject);
            outcome.Check();
            outcomes.Add(outcome);
        }
        Transfers transfer = parts.Of("transfer", () => Transfers.Of(setting, preset, outcomes, Context));
        Mixtures control = parts.Of("linear-control", () => Mixtures.Control(setting, preset, Context));
        ShortSteps steps = parts.Of("short-steps", () => ShortSteps.Of(setting, setting.Subjects[0], preset, Context));
        parts.End();
        return new(setting, preset, outcomes, transfer, control, steps);
    }

    private RunContext Context => new() { Seed = setting.Seed, ChunkSize = Together, Cancellation = parts.Cancellation };

    private RobustOutcome Measure(RobustSubject subject)
    {
        Distances Nearest(PerturbationNorm norm) => Part(subject, $"distances-{norm.ToString().ToLowerInvariant()}",
            shown => Distances.Of(setting, subject, norm, preset.Distances, shown, Context));
        (Distances l2, Distances linf) = (Nearest(PerturbationNorm.L2), Nearest(PerturbationNorm.Linf));
        FgsmBaseline fgsm = Part(subject, "fgsm-baseline", _ => FgsmBaseline.Of(setting, subject, preset.Distances, Context));
        Dictionary<RobustRung, MeasureOutcome> rungs = [];
        foreach (RobustRung rung in Enum.GetValues<RobustRung>().Where(rung => rung != RobustRung.Suite))
        {
            rungs[rung] = Part(subject, $"ladder-{rung.ToString().ToLowerInvariant()}", shown => Attacked(subject, rung, shown));
        }
        SuiteLadder suite = Part(subject, "ladder-suite", shown => SuiteLadder.Of(setting, subject, preset, rungs, shown, Context));
        Universals universal = Part(subject, "universal", shown => Universals.Of(setting, subject, preset, shown, Context));
        return new(subject, l2, linf, fgsm, universal, rungs, suite) { Whole = subject.IsWhole ? Whole(subject, l2) : null };
    }

    private WholeOutcome Whole(RobustSubject subject, Distances l2)
    {
        double median = Quartiles.Of(l2.Norm.Where(double.IsFinite)).Median;
        return new(Part(subject, "lines", shown => RandomDistances.Of(setting, subject, preset, shown, Context)),
            Part(subject, "subspaces", shown => SubspaceDistances.Of(setting, subject, preset, shown, Context)),
            Part(subject, "jacobians", shown => JacobianParts.Of(setting, subject, preset, median, shown, Context)),
            Part(subject, "paths", shown => RegionPaths.Of(setting, subject, preset, shown, Context)),
            Part(subject, "mixtures", _ => Mixtures.Of(setting, subject.Precise, preset, Context)));
    }

    private MeasureOutcome Attacked(RobustSubject subject, RobustRung rung, Action<int, int> shown) =>
        setting.Attack(rung, preset) is { } attack
            ? MeasureOutcome.Of(subject.Weights, attack, subject.Classifier, setting.Data, preset.Ladder, 1, shown, Context)
            : MeasureOutcome.Natural(subject.Weights, subject.Classifier, setting.Data, preset.Ladder, 1, shown, parts.Cancellation);

    private T Part<T>(RobustSubject subject, string name, Func<Action<int, int>, T> make) where T : class =>
        parts.Of($"{subject.Weights}/{name}", make);
}
