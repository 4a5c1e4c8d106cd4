using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Probes;

/// <summary>AutoPGD that remembers where it stood at its start and behind each step.</summary>
internal sealed record WatchedApgd(Threat Within, int Steps, List<ApgdMoment> Course) : Apgd(Within, Steps)
{
    protected override AutoPgdState Start(SearchRows rows) => ApgdMoment.Keep(Course, base.Start(rows));

    protected override AutoPgdState Step(SearchRows rows, AutoPgdState state) => ApgdMoment.Keep(Course, base.Step(rows, state));
}

/// <summary>The same towards one class.</summary>
internal sealed record WatchedTargetedApgd(Threat Within, int Steps, List<ApgdMoment> Course) : ApgdTargeted(Within, Steps, Targets: 4)
{
    internal override int StartsAt(Classifier classifier) => 1;

    protected override AutoPgdState Start(SearchRows rows) => ApgdMoment.Keep(Course, base.Start(rows));

    protected override AutoPgdState Step(SearchRows rows, AutoPgdState state) => ApgdMoment.Keep(Course, base.Step(rows, state));
}

/// <summary>Where a search stood, copied out of the memory that its loop takes back.</summary>
internal sealed record ApgdMoment(AutoPgdProgress[] Progress, int[]? Targets, double[] Point, double[] Best)
{
    public static AutoPgdState Keep(List<ApgdMoment> course, AutoPgdState state)
    {
        course.Add(new([.. state.Progress], state.Targets, ClosedForm.Doubles(state.Point), ClosedForm.Doubles(state.Best)));
        return state;
    }
}
