using MiniGrad.Nn;

namespace MiniGrad.Training.Objectives;

/// <summary>The mean cross-entropy.</summary>
/// <param name="LabelSmoothing">The share ε of the target that goes to all classes alike. Szegedy et al., arXiv:1512.00567.</param>
public sealed record CrossEntropyObjective(double LabelSmoothing = 0) : Objective
{
    /// <inheritdoc/>
    public override string Name => "cross-entropy";

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(LabelSmoothing is >= 0 and < 1)) Throw.Range($"recipe: label smoothing {LabelSmoothing} must be in [0, 1).");
    }

    /// <inheritdoc/>
    public override (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch)
    {
        Tensor logits = network.Forward(batch.Images, batch.Pass);
        return (LabelSmoothing == 0 ? logits.CrossEntropy(batch.Labels) : logits.CrossEntropy(Smooth(batch.Labels, logits)), logits);
    }

    private Tensor Smooth(int[] labels, Tensor logits)
    {
        int classes = logits.Shape[1];
        double[] targets = new double[labels.Length * classes];
        Array.Fill(targets, LabelSmoothing / classes);
        for (int i = 0; i < labels.Length; i++) targets[i * classes + labels[i]] = 1 - LabelSmoothing + LabelSmoothing / classes;
        return Tensor.From(targets, logits.Shape, logits.Device).Cast(logits.Type);
    }
}
