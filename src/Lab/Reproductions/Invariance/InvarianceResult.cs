using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Everything that was measured of one network.</summary>
/// <param name="Relative">Walks in steps that are a share of the way left, as in the authors' code.</param>
/// <param name="Normalized">Walks in steps of one length, as the problem is stated; none where the preset leaves them out.</param>
internal sealed record SubjectOutcome(
    InvarianceSubject Subject, Walks Relative, Walks? Normalized, AttackedErrors Errors, NormErrors Norms, PathWidths Widths,
    Brittleness Brittleness)
{
    /// <summary>The share of walks that arrive as the study counts.</summary>
    public SuccessShare Success(WrongSources wrong = WrongSources.Excluded) =>
        Relative.Success(WalkMeasure.Perceptual, InvarianceResult.Arrival, wrong);

    /// <summary>The share of walks that come near whatever the scale of the metric.</summary>
    public SuccessShare NearSuccess => Relative.Success(WalkMeasure.PerceptualShare, InvarianceResult.Near);
}

/// <summary>A walk of the normal network under other conditions, to see what it depends on.</summary>
internal sealed record Control(string Name, Walks Walks);

/// <summary>Everything that was measured.</summary>
/// <param name="Targets">The target of each class.</param>
/// <param name="Logit">The search in logit space and NSPGD from there, on the network trained by CCAT; none without one.</param>
/// <param name="LogitNoise">The same from noise, as it is printed.</param>
/// <param name="Controls">Walks of normal networks under other conditions.</param>
/// <param name="Budgets">Curves over growing budgets of the networks that reject.</param>
internal sealed record InvarianceResult(
    InvarianceSetting Setting, InvariancePreset Preset, int[] Targets,
    IReadOnlyList<SubjectOutcome> Networks, Walks? Logit, Walks? LogitNoise,
    IReadOnlyList<(TrainingMethod Method, BudgetCurve Curve)> Budgets, IReadOnlyList<Control> Controls)
{
    /// <summary>Below it a walk has arrived. It is one for AlexNet; other networks have scales of their own.</summary>
    public const double Arrival = 0.03;

    /// <summary>A walk that has this share of the perceptual distance left is near, on any scale.</summary>
    public const double Near = 0.25;

    /// <summary>What counts as arrived by the root mean square difference.</summary>
    public const double Rmse = 0.05;

    public bool IsMnist => Setting.Data.Channels == 1;

    /// <summary>The outcome of the network trained so; none where it is not there.</summary>
    public SubjectOutcome? Find(TrainingMethod method) => Networks.FirstOrDefault(network => network.Subject.Method == method);
}
