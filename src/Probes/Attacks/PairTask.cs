namespace MiniGrad.Probes.Attacks;

/// <summary>The open rows of a walk: source and target images, the class to keep, its confidence at the source, random numbers.</summary>
public sealed record PairTask(Tensor Source, Tensor Target, int[] Classes, double[] SourceConfidence, Classifier Classifier, Rng[] Rngs)
{
    public int Count => Classes.Length;

    /// <summary>Pixels back into the box.</summary>
    public Tensor Clamp(Tensor x) => x.Clamp(Classifier.Low, Classifier.High);

    internal PairTask Take(int[] rows) => this with
    {
        Source = Source.TakeIndices(0, rows),
        Target = Target.TakeIndices(0, rows),
        Classes = Array.ConvertAll(rows, row => Classes[row]),
        SourceConfidence = Array.ConvertAll(rows, row => SourceConfidence[row]),
        Rngs = Array.ConvertAll(rows, row => Rngs[row]),
    };
}

/// <summary>What the base must see of the state of a walk.</summary>
public interface IWalkState
{
    /// <summary>The iterate of each open row.</summary>
    Tensor Image { get; }

    /// <summary>How a row ended in this step, if it did.</summary>
    ExampleStatus?[] Ended { get; }

    /// <summary>What is worth saying of a row, if anything.</summary>
    string?[] Notes { get; }
}
