using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Directions;

/// <summary>The nearest point of the boundary that DeepFool finds from each image: the worst direction.</summary>
/// <param name="Norms">The norm of the change; NaN where none was found.</param>
/// <param name="Classes">The class that each image is predicted as.</param>
/// <param name="Changes">The changes [N · d], zeros where none was found.</param>
internal sealed record Nearest(double[] Norms, int[] Classes, double[] Changes)
{
    /// <summary>The change of an image.</summary>
    public ReadOnlySpan<double> Change(int image)
    {
        int size = Changes.Length / Norms.Length;
        return Changes.AsSpan(image * size, size);
    }

    /// <summary>The nearest points, each with the same bits however many images there are.</summary>
    /// <exception cref="NumericalException">A logit of an image is not finite.</exception>
    public static Nearest Of(Classifier classifier, Tensor images, DeepFool search, RunContext run)
    {
        AttackResult found = search.Run(classifier, new Examples(images, new int[images.Shape[0]]), run);
        run.Cancellation.ThrowIfCancellationRequested();
        foreach (ExampleResult e in found.Examples)
        {
            if (e is { Status: ExampleStatus.NonFinite, Iterations: 0, Note: null })
            {
                throw new NumericalException($"deepfool: the logits of image {run.FirstIndex + e.Index} are not finite.");
            }
        }
        double[] norms = Array.ConvertAll(found.Examples,
            e => !e.Success ? double.NaN : search.Norm == PerturbationNorm.L2 ? e.DistanceL2 : e.DistanceLinf);
        double[] changes = (found.Output.Cast(DType.F64) - images.Cast(DType.F64)).ToArray<double>();
        return new(norms, Array.ConvertAll(found.Examples, e => e.Boundary!.StartClass), changes);
    }
}
