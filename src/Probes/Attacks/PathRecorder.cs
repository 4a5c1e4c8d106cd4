namespace MiniGrad.Probes.Attacks;

/// <summary>Keeps the course of one walk for a report. Its own forward passes are not charged to the attack.</summary>
internal sealed class PathRecorder(Classifier classifier, int index, int sourceClass, int targetClass, int every)
{
    private readonly List<int> iterations = [];
    private readonly List<float[]> images = [];
    private readonly List<double> source = [];
    private readonly List<double> target = [];
    private (int Iteration, float[] Image) last;

    public void Add(Tensor batch, int row, int iteration)
    {
        (float[] image, double p, double q) = Arena.Step(() =>
        {
            Tensor one = batch.TakeIndices(0, [row]).Clamp(classifier.Low, classifier.High);
            Tensor logits = classifier.Logits(one);
            return (one.Cast(DType.F32).ToArray<float>(), Logits.Confidence(logits, [sourceClass])[0],
                Logits.Confidence(logits, [targetClass])[0]);
        }, _ => []);
        source.Add(p);
        target.Add(q);
        last = (iteration, image);
        if (iteration % every == 0) Keep();
    }

    public WalkPath Path()
    {
        if (iterations.Count == 0 || iterations[^1] != last.Iteration) Keep();
        return new(index, [.. iterations], [.. images], [.. source], [.. target]);
    }

    private void Keep()
    {
        iterations.Add(last.Iteration);
        images.Add(last.Image);
    }
}
