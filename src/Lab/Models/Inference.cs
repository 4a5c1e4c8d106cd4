using System.Diagnostics;
using MiniGrad.Nn;
using MiniGrad.Training;

namespace MiniGrad.Lab.Models;

/// <summary>Logits of images, and if asked for ∂ Σ cross-entropy / ∂ image; in batches, on which no number depends.</summary>
internal sealed class Inference(Network network, Tensor images, int[]? labels, bool withGradient, IProgress<string> notes)
{
    /// <summary>Bounds the memory that many images take at once.</summary>
    private readonly int batch = Evaluator.ChunkOf(network.InputShape);

    private readonly MicroBatches batches = new(network.Device, notes);

    private const double WarmUpSeconds = 0.5;

    private int Count => images.Shape[0];

    public InferenceResult Run(CancellationToken cancellation)
    {
        List<Tensor> logits = [];
        List<Tensor> gradients = [];
        List<int> predicted = [];
        batches.Run(Count, batch, (start, count) =>
        {
            cancellation.ThrowIfCancellationRequested();
            (Tensor z, Tensor? g) = Step(start, count);
            (z, g) = (z.To(images.Device), g?.To(images.Device));
            logits.Add(z);
            if (g is not null) gradients.Add(g);
            predicted.AddRange(z.ArgMax(1).ToArray<int>());
        });
        return new(Ops.Concat([.. logits], 0), withGradient ? Ops.Concat([.. gradients], 0) : null, [.. predicted]);
    }

    /// <summary>The milliseconds of each repetition, once the code is compiled and the memory in use.</summary>
    public double[] Time(int times, CancellationToken cancellation)
    {
        Stopwatch warm = Stopwatch.StartNew();
        int rounds = 0;
        while (rounds < 2 || (warm.Elapsed.TotalSeconds < WarmUpSeconds && rounds < 1000))
        {
            Once(cancellation);
            rounds++;
        }
        double[] milliseconds = new double[times];
        for (int i = 0; i < times; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            Once(cancellation);
            milliseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }
        return milliseconds;
    }

    private void Once(CancellationToken cancellation) => batches.Run(Count, batch, (start, count) =>
    {
        cancellation.ThrowIfCancellationRequested();
        // Reading the logits waits for a device that computes beside the program.
        Arena.Step(() => Compute(start, count).Logits.ArgMax(1).ToArray<int>(), _ => []);
    });

    private (Tensor Logits, Tensor? Gradient) Step(int start, int count) =>
        Arena.Step(() => Compute(start, count), result => result.Gradient is null ? [result.Logits] : [result.Logits, result.Gradient]);

    private (Tensor Logits, Tensor? Gradient) Compute(int start, int count)
    {
        int stop = start + count;
        Tensor x = images.Slice(0, start, stop).To(network.Device);
        if (!withGradient) return (network.Forward(x), null);
        x = x.Tracked();
        Tensor logits = network.Forward(x);
        int[] classes = labels is null ? logits.ArgMax(1).ToArray<int>() : labels[start..stop];
        Tensor gradient = Gradient.Of(logits.CrossEntropy(classes, LossReduction.Sum), x);
        return (logits.Detach(), gradient);
    }
}

/// <summary>What an inference found, image by image.</summary>
internal sealed record InferenceResult(Tensor Logits, Tensor? Gradient, int[] Predicted)
{
    /// <summary>Throws, naming the first image whose numbers are no numbers.</summary>
    public void CheckFinite()
    {
        Check("logits", Logits);
        if (Gradient is not null) Check("input gradient", Gradient);
    }

    private static void Check(string what, Tensor tensor)
    {
        double[] values = tensor.Cast(DType.F64).ToArray<double>();
        int odd = Array.FindIndex(values, value => !double.IsFinite(value));
        if (odd < 0) return;
        int image = odd / (values.Length / tensor.Shape[0]);
        throw new NumericalException(
            $"infer: the {what} of image {image} hold {values[odd]}. The weights are too large for this precision; try --precision f64.");
    }
}
