using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The error of one attack on a network, with and without rejection.</summary>
/// <param name="Attack">As it prints itself.</param>
/// <param name="Wrong">Attacked images of which the clean or the attacked version is misclassified.</param>
internal sealed record AttackedError(
    string Name, string Attack, int Count, int Wrong, double Error, double AcceptedError, bool NoneAccepted, double FalsePositiveRate,
    double Area)
{
    public static AttackedError Of(AttackRobustness attack)
    {
        RejectionReport r = attack.Report;
        return new(attack.Name, attack.Configuration, r.Count, (int)Math.Round(r.RobustError * r.Count), r.RobustError,
            r.RobustErrorAccepted, r.NoneAccepted, r.FalsePositiveRate, r.Area);
    }
}

/// <summary>
/// Errors of a network in the ball that it was trained for: against PGD-CE, PGD-Conf, and the worst of both for each image.
/// </summary>
/// <param name="Threshold">The confidence that 99 % of the validation images classified correctly reach.</param>
internal sealed record AttackedErrors(
    double CleanError, double CleanErrorAccepted, double TruePositiveRate, double Threshold, AttackedError CrossEntropy,
    AttackedError Confidence, AttackedError Worst)
{
    /// <summary>The share of correctly classified images that a threshold keeps.</summary>
    public const double Kept = 0.99;

    private const int Together = 100;

    public static AttackedErrors Of(
        InvarianceSubject subject, InvarianceSetting setting, InvariancePreset preset, RunContext run)
    {
        Threat ball = Threat.Linf(setting.Radius);
        NamedAttack[] attacks =
        [
            new("PGD-CE", new PgdConf(ball, preset.CrossEntropySteps, StepSize: setting.Radius / 6, Shrink: 1.25,
                StartAt: ConfidenceStart.Random) { Loss = Loss.CrossEntropy, Restarts = preset.Restarts }),
            new("PGD-Conf", new PgdConf(ball, preset.ConfidenceSteps, StepSize: setting.Radius / preset.ConfidenceSteps * 3, Shrink: 1.1)
            {
                Restarts = preset.Restarts,
            }),
        ];
        RobustnessInput input = RobustnessInput.Of(setting.Data, attacks, preset.Clean, preset.Attacked);
        RobustnessResult result = new RejectionEvaluation(subject.Classifier, input, DType.F32)
            .Run(Kept, run with { ChunkSize = Together });
        RejectionReport clean = result.WorstCase.Report;
        return new(clean.CleanError, clean.CleanErrorAccepted, clean.TruePositiveRate, result.Threshold,
            AttackedError.Of(result.Attacks[0]), AttackedError.Of(result.Attacks[1]), AttackedError.Of(result.WorstCase));
    }
}

/// <summary>Images that a network gets right within balls of single norms, and within all of them.</summary>
/// <param name="Right">Of each ball, as they are named.</param>
internal sealed record NormErrors(int Count, int Clean, string[] Balls, int[] Right, int All)
{
    private const int Together = 100;

    public static NormErrors Of(
        InvarianceSubject subject, InvarianceSetting setting, InvariancePreset preset, Action<int, int> progress, RunContext run)
    {
        int[] right = new int[setting.Balls.Count];
        (int all, int clean) = (0, 0);
        for (int first = 0; first < preset.Attacked; first += Together)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            progress(first, preset.Attacked);
            int count = Math.Min(Together, preset.Attacked - first);
            Examples examples = new(setting.Data.Images(first, count), setting.Data.Labels[first..(first + count)]);
            bool[] survives = [.. Enumerable.Repeat(true, count)];
            for (int k = 0; k < right.Length; k++)
            {
                Pgd attack = new(setting.Balls[k], preset.NormSteps) { StopAtSuccess = true };
                AttackResult result = attack.Run(subject.Classifier, examples, run with { FirstIndex = first, ChunkSize = Together });
                run.Cancellation.ThrowIfCancellationRequested();
                for (int i = 0; i < count; i++) survives[i] &= IsRight(result.Examples[i]);
                right[k] += result.Examples.Count(IsRight);
                if (k == 0) clean += result.Examples.Count(e => e.Status is not (ExampleStatus.AlreadyMet or ExampleStatus.NonFinite));
            }
            all += survives.Count(s => s);
        }
        return new(preset.Attacked, clean, [.. setting.Balls.Select(ball => ball.ToString())], right, all);
    }

    /// <summary>Where the network became undefined it is not right.</summary>
    private static bool IsRight(ExampleResult e) => !e.Success && e.Status != ExampleStatus.NonFinite;
}
