using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Walks of one network in which one setting is another.</summary>
/// <param name="Key">The name of its part.</param>
/// <param name="Title">For readers.</param>
/// <param name="HasOtherTargets">Whether another draw of targets is walked to.</param>
internal sealed record LevelSetVariant(string Key, string Title, Lst Walk, bool HasOtherTargets = false)
{
    /// <summary>Targets of each source: two give one triangle.</summary>
    public const int Targets = 2;

    /// <summary>The walk of a preset, and one with each setting changed.</summary>
    public static IReadOnlyList<LevelSetVariant> All(LevelSetPreset preset)
    {
        Lst usual = LevelSetSetting.Walk(preset);
        LevelSetVariant Of(string key, string title, Lst walk) => new(key, title, walk);
        return
        [
            Of("usual", "as above", usual),
            Of("eta-half", FormattableString.Invariant($"η = {usual.StepSize / 2}"), usual with { StepSize = usual.StepSize / 2 }),
            Of("eta-double", FormattableString.Invariant($"η = {usual.StepSize * 2}"), usual with { StepSize = usual.StepSize * 2 }),
            Of("m-half", $"m = {usual.Iterations / 2}", usual with { Iterations = usual.Iterations / 2 }),
            Of("m-double", $"m = {usual.Iterations * 2}", usual with { Iterations = usual.Iterations * 2 }),
            Of("eps-0", "ε = 0: no parallel step", usual with { ParallelStep = 0 }),
            Of("eps-small", "ε = 0.0003", usual with { ParallelStep = 3e-4 }),
            Of("eps-large", "ε = 1/255", usual with { ParallelStep = 1.0 / 255 }),
            Of("delta-005", "δ = 0.05", usual with { ConfidenceDrop = 0.05 }),
            Of("delta-01", "δ = 0.1", usual with { ConfidenceDrop = 0.1 }),
            Of("half-space", "half-space projection", usual with { Projection = Projection.HalfSpace }),
            Of("stop", "stops at the first violation", usual with { OnViolation = OnViolation.Stop }),
            new("targets", "other targets", usual, HasOtherTargets: true),
        ];
    }
}

/// <summary>The walks of one network with one setting changed.</summary>
internal sealed record LevelSetSweep(LevelSetSubject Subject, LevelSetVariant Variant, LevelSetBlock Block);
