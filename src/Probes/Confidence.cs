namespace MiniGrad.Probes;

/// <summary>The former name of some of <see cref="Logits"/>.</summary>
public static class Confidence
{
    public static double[] Of(Tensor logits, ReadOnlySpan<int> classes) => Logits.Confidence(logits, classes);

    public static int[] Prediction(Tensor logits) => Logits.Prediction(logits);
}
