using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Universal;

/// <summary>Measures many perturbations on the same images, whose own predictions it looks up once.</summary>
/// <param name="classifier">The network.</param>
/// <param name="images">The images with their labels.</param>
/// <param name="run">Chunk size and cancellation.</param>
internal sealed class FoolingMeter(Classifier classifier, Examples images, RunContext run)
{
    private readonly int[] before = Before(classifier, images, run);

    /// <summary>What a direction [d] times a factor does.</summary>
    public FoolingRate Of(double[] direction, double factor)
    {
        run.Cancellation.ThrowIfCancellationRequested();
        double[] scaled = Array.ConvertAll(direction, v => v * factor);
        Tensor perturbation = Tensor.From(scaled, [1, .. classifier.InputShape.ToArray()]).Cast(images.Images.Type);
        return Of(perturbation);
    }

    /// <summary>What a perturbation [1, …] does.</summary>
    public FoolingRate Of(Tensor perturbation) =>
        FoolingRate.Of(classifier, images.Images.Detach(), images.Labels, perturbation, run.ChunkSize, before);

    private static int[] Before(Classifier classifier, Examples images, RunContext run)
    {
        run.Check();
        classifier.CheckImages(images.Images.Detach(), "fooling rate");
        return FoolingRate.PredictAll(classifier, images.Images.Detach(), run.ChunkSize);
    }
}
