using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Universal;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The nearest boundary that DeepFool finds from each of the first images. Where it finds none an image has NaN: it is counted, and is
/// in no mean.
/// </summary>
/// <param name="Norm">‖r‖ in the norm that is kept small.</param>
/// <param name="Relative">‖r‖ over ‖x‖ in that norm.</param>
/// <param name="FirstOrder">The distance that one gradient gives.</param>
/// <param name="Cosine">Of r and the normal where it ends: 1 where r is orthogonal to the boundary.</param>
/// <param name="Iterations">Linearisations.</param>
internal sealed record Distances(double[] Norm, double[] Relative, double[] FirstOrder, double[] Cosine, int[] Iterations)
{
    private const int Together = 100;

    /// <summary>Images from which no boundary was found.</summary>
    public int Failures => Norm.Count(double.IsNaN);

    /// <summary>ρ: the mean relative distance of the images that have one.</summary>
    public double Rho => Relative.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    /// <summary>What one gradient says over what was found.</summary>
    public double[] FirstOrderRatio => [.. FirstOrder.Zip(Norm, (estimate, norm) => estimate / norm)];

    public static Distances Of(RobustSetting setting, RobustSubject subject, PerturbationNorm norm, int count, Action<int, int> shown,
        RunContext run)
    {
        List<ExampleResult> found = [];
        for (int first = 0; first < count; first += Together)
        {
            shown(first, count);
            int length = Math.Min(Together, count - first);
            // The predicted class is left, whatever the label says.
            Examples examples = new(setting.Data.Images(first, length).Cast(DType.F64), new int[length]);
            found.AddRange(new DeepFool(norm).Run(subject.Precise, examples, run with { FirstIndex = first }).Examples);
            run.Cancellation.ThrowIfCancellationRequested();
        }
        bool isL2 = norm == PerturbationNorm.L2;
        double[] All(Func<ExampleResult, double> value) => [.. found.Select(e => e.Success ? value(e) : double.NaN)];
        return new(All(e => isL2 ? e.DistanceL2 : e.DistanceLinf), All(e => isL2 ? e.Boundary!.RelativeL2 : e.Boundary!.RelativeLinf),
            All(e => e.Boundary!.FirstOrderDistance), All(e => e.Boundary!.NormalCosine),
            [.. found.Select(e => e.Boundary!.Linearizations)]);
    }
}

/// <summary>
/// The least length of FGSM's step with which the predictions of so many images change: what the paper of DeepFool compares itself with.
/// </summary>
/// <param name="Epsilon">The length in L∞; NaN where none suffices.</param>
/// <param name="RelativeL2">The mean L2 length of the step over ‖x‖₂.</param>
/// <param name="RelativeLinf">The same in L∞.</param>
/// <param name="Share">Predictions that change.</param>
internal sealed record FgsmBaseline(double Epsilon, double RelativeL2, double RelativeLinf, double Share)
{
    /// <summary>The share that the paper asks for.</summary>
    public const double Wanted = 0.9;

    private const int Halvings = 20;
    private const double Start = 0.1;

    public static FgsmBaseline Of(RobustSetting setting, RobustSubject subject, int count, RunContext run)
    {
        Tensor images = setting.Images(count);
        Tensor steps = Steps(subject.Precise, images, run);
        int[] before = FoolingRate.PredictAll(subject.Precise, images, run.ChunkSize);
        FoolingRate At(double epsilon)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int[] moved = FoolingRate.PredictAll(subject.Precise, images + steps * epsilon, run.ChunkSize);
            return new(count, moved.Zip(before).Count(pair => pair.First != pair.Second), 0, 0, 0, 0);
        }
        SmallestRadius found = SmallestRadius.Find(At, Start, Wanted, Halvings);
        if (found.Rate is not { } rate) return new(double.NaN, double.NaN, double.NaN, double.NaN);
        (double[] lengths, double[] sizes, double[] largest) =
            (Rows.L2(steps).ToArray(), Rows.L2(images).ToArray(), Rows.Linf(images).ToArray());
        return new(found.Radius, lengths.Zip(sizes, (step, size) => found.Radius * step / size).Average(),
            largest.Average(size => found.Radius / size), rate.Share);
    }

    /// <summary>The signs of the gradient of the cross-entropy of the predicted class.</summary>
    private static Tensor Steps(Classifier classifier, Tensor images, RunContext run)
    {
        List<Tensor> parts = [];
        for (int first = 0; first < images.Shape[0]; first += run.ChunkSize)
        {
            Tensor part = images.Take(0, new AxisRange(first, Math.Min(run.ChunkSize, images.Shape[0] - first))).Contiguous();
            int[] predicted = Logits.Prediction(classifier.Logits(part));
            Query query = new(classifier, predicted.Length);
            parts.Add(query.Gradient(part, logits => Loss.CrossEntropy.OfClasses(logits, predicted)).Sign());
        }
        return parts.Count == 1 ? parts[0] : Ops.Concat([.. parts], 0);
    }
}
