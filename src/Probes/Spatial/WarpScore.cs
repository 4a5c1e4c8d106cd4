namespace MiniGrad.Probes.Spatial;

/// <summary>What a classifier makes of an image at a point of a warp.</summary>
/// <param name="Loss">The cross-entropy of the label.</param>
/// <param name="Margin">The largest other logit minus the label's: positive where another class wins.</param>
/// <param name="Prediction">The class of the largest logit, the first of equals.</param>
public readonly record struct WarpScore(double Loss, double Margin, int Prediction)
{
    /// <summary>In double; where the label wins the loss is as exact as it is small.</summary>
    internal static WarpScore Of(ReadOnlySpan<double> logits, int label)
    {
        int top = Logits.Top(logits);
        double others = 0;
        double rival = double.NegativeInfinity;
        for (int k = 0; k < logits.Length; k++)
        {
            if (k != top) others += Math.Exp(logits[k] - logits[top]);
            if (k != label) rival = Math.Max(rival, logits[k]);
        }
        return new(logits[top] - logits[label] + Log1p(others), rival - logits[label], top);
    }

    // log(1 + x), exact for tiny x too: the rounding of 1 + x is divided out (Kahan).
    private static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
