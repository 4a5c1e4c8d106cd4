using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Probes;

/// <summary>Attacks on loose images, labels and goals, as tests have them.</summary>
internal static class AttackRuns
{
    public static AttackResult Run(
        this BallAttack attack, Classifier classifier, Tensor images, Goal goal, int[] labels, RunContext? run = null) =>
        attack.Run(classifier, new(images, labels) { Goal = goal }, run);

    public static AttackResult Run(
        this Traversal attack, Classifier classifier, Tensor sources, Tensor targets, int[] labels, RunContext? run = null) =>
        attack.Run(classifier, new(sources, labels) { Targets = targets }, run);

    public static AttackResult Run(this MinimalAttack attack, Classifier classifier, Tensor images, int[] labels, RunContext? run = null) =>
        attack.Run(classifier, new(images, labels), run);

    public static AttackResult RunTowards(
        this MinimalAttack attack, Classifier classifier, Tensor images, int[] labels, int[] targets, RunContext? run = null) =>
        attack.Run(classifier, new(images, labels) { TargetClasses = targets }, run);
}
