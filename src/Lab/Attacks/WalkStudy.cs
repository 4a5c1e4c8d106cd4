using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>A finished run of walks with all that its report needs; examples, rows of the tensors and pairs correspond.</summary>
public sealed record WalkStudy(
    string Name, Traversal Attack, Classifier Classifier, IReadOnlyList<string> ClassNames, Tensor Sources, Tensor Targets, int[] Labels, int[] TargetLabels,
    ImagePair[] Pairs, AttackResult Result)
{
    /// <summary>The network of the perceptual distance, where one was measured.</summary>
    public string? LpipsNet { get; init; }

    public Tensor Source(int example) => Sources.TakeIndices(0, [example]);

    public Tensor Target(int example) => Targets.TakeIndices(0, [example]);

    public Tensor Output(int example) => Result.Output.TakeIndices(0, [example]);

    /// <summary>The examples that averages include.</summary>
    public IEnumerable<ExampleResult> Counted => Result.Examples.Where(e => e.Counts);

    /// <summary>Whether the pairs are all ordered pairs of one image of every class.</summary>
    public bool IsGrid => Pairs.Length == ClassNames.Count * (ClassNames.Count - 1)
        && Pairs.Select(p => p.Source).Distinct().Count() == ClassNames.Count;
}
