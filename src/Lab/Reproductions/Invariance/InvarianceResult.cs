using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Everything that was measured of one network.</summary>
/// <param name="Relative">Walks in steps that are a share of the way left, as in the authors' code.</param>
/// <param name="Normalized">Walks in steps of one length, as the problem is stated; none where the preset leaves them out.</param>
internal sealed record SubjectOutcome(
    InvarianceSubject Subject, Walks Relative, Walks? Normalized, AttackedErrors Errors, NormErrors Norms, PathWidths Widths,
    Brittleness Brittleness)
{
    /// <summary>The share of walks that arrive nearer than a threshold.</summary>
    public SuccessShare Success(double threshold, WrongSources wrong = WrongSources.Excluded) =>
        SuccessMatrix.Of(Relative.Ends(), Relative.Confidences.Length, threshold, wrong).Overall;

    /// <summary>The share of walks that arrive by the root mean square difference.</summary>
    public SuccessShare SuccessByRmse() =>
        SuccessMatrix.Of(Relative.Ends(byRmse: true), Relative.Confidences.Length, Rmse, orAt: true).Overall;

    /// <summary>What counts as arrived where no perceptual distance is to be trusted.</summary>
    public const double Rmse = 0.05;
}

/// <summary>Everything that was measured.</summary>
/// <param name="Targets">The target of each class.</param>
/// <param name="Logit">The search in logit space and NSPGD from there, on the network trained by CCAT; none without one.</param>
/// <param name="Budgets">Curves over growing budgets of the networks that reject.</param>
internal sealed record InvarianceResult(
    InvarianceSetting Setting, InvariancePreset Preset, int[] Targets, IReadOnlyList<SubjectOutcome> Networks, Walks? Logit,
    IReadOnlyList<(TrainingMethod Method, BudgetCurve Curve)> Budgets)
{
    /// <summary>Below it a walk has arrived. It is one for AlexNet; other networks have scales of their own.</summary>
    public const double Arrival = 0.03;

    public bool IsMnist => Setting.Data.Channels == 1;

    /// <summary>The outcome of the network trained so; none where it is not there.</summary>
    public SubjectOutcome? Find(TrainingMethod method) => Networks.FirstOrDefault(network => network.Subject.Method == method);
}
