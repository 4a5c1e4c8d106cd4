using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>What a change of at most some size of every pixel does to the confidence in the right class.</summary>
/// <param name="Sizes">The sizes, in L∞.</param>
/// <param name="Before">The mean confidence in the label of images classified correctly.</param>
/// <param name="After">The same of their worst versions, for each size.</param>
/// <param name="StillRight">How many of these are still classified correctly.</param>
/// <param name="RightConfidence">The mean confidence of those; NaN where there are none.</param>
/// <param name="Clean">The first image, as bytes of pixels, …</param>
/// <param name="Changed">… and its worst version at the first size, …</param>
/// <param name="OneBefore">… with the confidence before …</param>
/// <param name="OneAfter">… and after.</param>
internal sealed record Brittleness(
    double[] Sizes, int Count, double Before, double[] After, int[] StillRight,
    double[] RightConfidence, byte[] Clean, byte[] Changed, double OneBefore,
    double OneAfter)
{
    private const int Steps = 40;

    private static readonly double[] Usual = [0.01, 0.03, 0.1];

    public static Brittleness Of(InvarianceSubject subject, InvarianceSetting setting, int images)
    {
        int[] predicted = Training.Evaluator.Predict(subject.Network, setting.Data, images);
        int[] chosen = [.. Enumerable.Range(0, predicted.Length).Where(i => predicted[i] == setting.Data.Labels[i])];
        Tensor clean = setting.Data.Images(chosen);
        int[] labels = Array.ConvertAll(chosen, i => setting.Data.Labels[i]);
        double[] before = Logits.Confidence(subject.Classifier.Logits(clean), labels);
        (double[] after, int[] right, double[] sure) = (new double[Usual.Length], new int[Usual.Length], new double[Usual.Length]);
        (byte[] changed, double one) = ([], double.NaN);
        for (int k = 0; k < Usual.Length; k++)
        {
            // The last step is far shorter than the ball, and every step is one of rising loss.
            PgdConf attack = new(Threat.Linf(Usual[k]), Steps, StepSize: Usual[k] / 4, Shrink: 1.25, StartAt: ConfidenceStart.Random)
            {
                Loss = Loss.CrossEntropy,
            };
            Tensor worst = attack.Perturb(subject.Classifier, clean,
                Goal.Untargeted(labels), new Rng(setting.Seed).At("brittleness").At(k));
            Tensor logits = subject.Classifier.Logits(worst);
            double[] confidence = Logits.Confidence(logits, labels);
            after[k] = confidence.Average();
            int[] now = Logits.Prediction(logits);
            int[] still = [.. Enumerable.Range(0, labels.Length).Where(i => now[i] == labels[i])];
            right[k] = still.Length;
            sure[k] = still.Select(i => confidence[i]).DefaultIfEmpty(double.NaN).Average();
            if (k == 0) (changed, one) = (Walks.Bytes(worst.TakeIndices(0, [0])), confidence[0]);
        }
        return new(Usual, labels.Length, before.Average(), after, right, sure,
            Walks.Bytes(clean.TakeIndices(0, [0])), changed, before[0], one);
    }
}
