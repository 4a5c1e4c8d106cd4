namespace MiniGrad.Probes.Detection;

/// <summary>What a classifier says of one image whose label is known, as softmax probabilities in double precision.</summary>
/// <param name="Prediction">The class of the largest logit, the first of equals.</param>
/// <param name="IsWrong">Whether that is not the label.</param>
/// <param name="Confidence">The largest probability: what an image is accepted or rejected by.</param>
/// <param name="WrongConfidence">The largest probability of a class other than the label.</param>
internal readonly record struct Verdict(int Prediction, bool IsWrong, double Confidence, double WrongConfidence)
{
    /// <summary>What logits that are not finite say: nothing, and so no more than a wrong answer without confidence.</summary>
    public static Verdict Undefined { get; } = new(0, true, double.NaN, double.NaN);

    /// <summary>Whether the logits were finite; a verdict without numbers says nothing.</summary>
    public bool IsFinite => double.IsFinite(Confidence);

    /// <summary>The verdict of each row of logits [rows, classes] about its label.</summary>
    public static Verdict[] Of(Tensor logits, ReadOnlySpan<int> labels)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        int classes = logits.Shape[1];
        Verdict[] verdicts = new Verdict[labels.Length];
        for (int row = 0; row < labels.Length; row++) verdicts[row] = Of(z.Span.Slice(row * classes, classes), labels[row]);
        return verdicts;
    }

    /// <summary>
    /// Which of several verdicts about attacked versions of one image is worst, the first of equals: a wrong one before a right
    /// one, then the one of largest wrong-class confidence. Nothing where none is finite. The published code looks at the confidence
    /// alone, by which a failed attack may hide one that succeeded with less than one half.
    /// </summary>
    public static int? Worst(ReadOnlySpan<Verdict> verdicts)
    {
        int? worst = null;
        for (int k = 0; k < verdicts.Length; k++)
        {
            if (verdicts[k].IsFinite && (worst is not { } w || verdicts[k].IsWorseThan(verdicts[w]))) worst = k;
        }
        return worst;
    }

    private static Verdict Of(ReadOnlySpan<double> logits, int label)
    {
        int top = Logits.Top(logits);
        if (!Logits.AreFinite(logits)) return Undefined;
        (double sum, double other) = (0, double.NegativeInfinity);
        for (int k = 0; k < logits.Length; k++)
        {
            sum += Math.Exp(logits[k] - logits[top]);
            if (k != label) other = Math.Max(other, logits[k]);
        }
        return new(top, top != label, 1 / sum, Math.Exp(other - logits[top]) / sum);
    }

    private bool IsWorseThan(Verdict other) => IsWrong == other.IsWrong ? WrongConfidence > other.WrongConfidence : IsWrong;
}
