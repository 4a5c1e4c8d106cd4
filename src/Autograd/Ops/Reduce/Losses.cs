namespace MiniGrad;

/// <summary>How losses of examples become one: not at all, their sum, their mean.</summary>
public enum LossReduction
{
    /// <summary>One loss for each example: [N].</summary>
    None,
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>Their mean.</summary>
    Mean,
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>−log softmax(x)[label] of logits [N, K].</summary>
        public Tensor CrossEntropy(ReadOnlySpan<int> labels, LossReduction reduction = LossReduction.Mean)
        {
            Check.Rank("cross-entropy", "the logits", x, 2);
            if (labels.Length != x.Shape[0]) Throw.Argument($"cross-entropy: {labels.Length} labels for logits {x.Shape}.");
            for (int i = 0; i < labels.Length; i++)
            {
                if ((uint)labels[i] >= (uint)x.Shape[1])
                {
                    Throw.Range($"cross-entropy: label {labels[i]} of example {i} is outside 0 to {x.Shape[1] - 1}.");
                }
            }
            CheckRows("cross-entropy", x);
            return Reduce(LogSumExpRows.Of(x, Tensor.From(labels, [labels.Length], x.Device)), reduction);
        }

        /// <summary>−Σₖ tₖ log softmax(x)ₖ of logits [N, K] with target distributions [N, K].</summary>
        public Tensor CrossEntropy(Tensor targets, LossReduction reduction = LossReduction.Mean)
        {
            Check.Rank("cross-entropy", "the logits", x, 2);
            if (targets.Shape != x.Shape) Throw.Argument($"cross-entropy: targets {targets.Shape} and logits {x.Shape} differ.");
            return Reduce(-(x.LogSoftmax(1) * targets).Sum(1), reduction);
        }
    }

    private static Tensor Reduce(Tensor losses, LossReduction reduction) => reduction switch
    {
        LossReduction.None => losses,
        LossReduction.Sum => losses.Sum(),
        _ => losses.Mean(),
    };
}
