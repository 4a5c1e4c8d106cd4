using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Probes;

/// <summary>AutoPGD that remembers where it stood at its start and behind each step.</summary>
internal sealed record WatchedApgd(Threat Within, int Steps, List<AutoPgdState> Course) : Apgd(Within, Steps)
{
    protected override AutoPgdState Start(SearchRows rows) => Course.Keep(base.Start(rows));

    protected override AutoPgdState Step(SearchRows rows, AutoPgdState state) => Course.Keep(base.Step(rows, state));
}

/// <summary>The same towards one class.</summary>
internal sealed record WatchedTargetedApgd(Threat Within, int Steps, List<AutoPgdState> Course) : ApgdTargeted(Within, Steps, Targets: 4)
{
    internal override int StartsAt(Classifier classifier) => 1;

    protected override AutoPgdState Start(SearchRows rows) => Course.Keep(base.Start(rows));

    protected override AutoPgdState Step(SearchRows rows, AutoPgdState state) => Course.Keep(base.Step(rows, state));
}

/// <summary>States in memory that no later step takes back.</summary>
internal static class Courses
{
    public static AutoPgdState Keep(this List<AutoPgdState> course, AutoPgdState state)
    {
        course.Add(state with { Point = Own(state.Point), Best = Own(state.Best) });
        return state;
    }

    private static Tensor Own(Tensor x) => Tensor.From(ClosedForm.Doubles(x), x.Shape);
}
