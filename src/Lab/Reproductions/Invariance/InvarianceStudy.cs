using MiniGrad.Data;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Measures the parts of the study that its folder does not hold yet.</summary>
internal sealed class InvarianceStudy(
    InvarianceSetting setting, InvariancePreset preset, StudyParts parts)
{
    private const int BrittleImages = 200;

    public InvarianceResult Run()
    {
        int[] targets = parts.Of("targets", () => new Chosen(Walks.Targets(setting))).Indices;
        List<SubjectOutcome> outcomes = [.. setting.Subjects.Select(subject => Measure(subject, targets))];
        Walks? FromLogitSpace(string name, LogitSpace search) => setting.Find(TrainingMethod.Ccat) is not { } ccat ? null
            : parts.Of(name, shown => Walks.Of(new Nspgd() { StartAt = search }, ccat.Classifier, setting, targets, preset.LogitSources,
                shown, parts.Cancellation));
        Walks? logit = FromLogitSpace("logit-ccat", new LogitSpace(From: LogitStart.Target, StepSize: 0.02));
        Walks? noise = FromLogitSpace("logit-ccat-noise", new LogitSpace());
        List<(TrainingMethod, BudgetCurve)> budgets = [];
        foreach (InvarianceSubject subject in setting.Subjects.Where(s => s.Method is TrainingMethod.Ccat or TrainingMethod.LpipsCcat))
        {
            foreach (string kind in (string[])["linf", "lpa"])
            {
                budgets.Add((subject.Method, Part(subject, $"budget-{kind}",
                    shown => BudgetCurve.Of(kind, subject, setting, preset, shown, Context))));
            }
        }
        List<Control> controls = [.. Controls(targets)];
        parts.End();
        return new(setting, preset, targets, outcomes, logit, noise, budgets, controls);
    }

    /// <summary>Other shipped networks that were trained normally on such images.</summary>
    public static IReadOnlyList<string> ControlWeights(ImageDataSet data) =>
        data.Channels == 1 ? ["lenet5-mnist", "mlp-mnist"] : ["resnet20-cifar"];

    private RunContext Context => new() { Seed = setting.Seed, Cancellation = parts.Cancellation };

    private SubjectOutcome Measure(InvarianceSubject subject, int[] targets) => new(
        subject,
        Part(subject, "walks", shown => Walks.Of(new Nspgd(), subject.Classifier, setting, targets, preset.Sources, shown,
            parts.Cancellation)),
        preset.Fine == 0 ? null : Part(subject, "walks-normalized", shown =>
            Walks.Of(new Nspgd(StepMode.Normalized), subject.Classifier, setting, targets, preset.Fine, shown, parts.Cancellation)),
        Part(subject, "errors", _ => AttackedErrors.Of(subject, setting, preset, Context)),
        Part(subject, "norms", shown => NormErrors.Of(subject, setting, preset, shown, Context)),
        Part(subject, "widths", shown => PathWidths.Of(subject, setting, targets, preset.Paths, preset.Directions, shown,
            parts.Cancellation)),
        Part(subject, "brittleness", _ => Brittleness.Of(subject, setting, BrittleImages)));

    /// <summary>
    /// Walks of the normal network with finer steps, and with sharper outputs: the same boundaries and directions, and confidences
    /// that drop later. And those of other shipped networks, which are as normal.
    /// </summary>
    private IEnumerable<Control> Controls(int[] targets)
    {
        const double sharper = 8;
        InvarianceSubject normal = setting.Subjects[0];
        Classifier sharp = new(x => normal.Network.Forward(x) * sharper, normal.Network.InputShape, normal.Network.ClassCount)
        {
            Device = normal.Network.Device,
        };
        Control Made(string name, string part, Attack attack, Func<Classifier> classifier) => new(name, parts.Of(
            $"controls/{part}",
            shown => Walks.Of((Traversal)attack, classifier(), setting, targets, 1, shown, parts.Cancellation)));
        yield return Made($"{normal.Title}, fifth of a step", "finer", new Nspgd(StepSize: 0.01, Iterations: 500), () => normal.Classifier);
        yield return Made($"{normal.Title}, logits × 8", "sharper", new Nspgd(), () => sharp);
        foreach (string weights in ControlWeights(setting.Data))
        {
            yield return Made(weights, weights, new Nspgd(),
                () => new(ShippedWeights.Load("reproduce invariance", weights, device: normal.Network.Device).Network));
        }
    }

    private T Part<T>(InvarianceSubject subject, string name, Func<Action<int, int>, T> make) where T : class =>
        parts.Of($"{subject.Weights}/{name}", make);

    private sealed record Chosen(int[] Indices);
}
