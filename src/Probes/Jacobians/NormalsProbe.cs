using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;

namespace MiniGrad.Probes.Jacobians;

/// <summary>
/// <see cref="NormalsMatrix"/> of the first half of the images; the second half is fooled by random vectors of the span of its first right
/// singular vectors, and by vectors orthogonal to it.
/// </summary>
/// <param name="Dimension">m, the dimension of the span.</param>
/// <param name="Size">The L2 norm of the vectors; a twentieth of the mean ‖x‖₂ if none is given.</param>
/// <param name="Draws">Vectors of each kind.</param>
public sealed record NormalsProbe(int Dimension = 10, double? Size = null, int Draws = 10) : SetProbe<NormalsProbe.Result>
{
    /// <summary>What is found.</summary>
    /// <param name="Rows">Images whose boundary was found.</param>
    /// <param name="Failures">Images whose boundary was not.</param>
    /// <param name="Sigma">The singular values of the normals.</param>
    /// <param name="RandomSigma">Those of as many random unit rows.</param>
    /// <param name="Energy">Σ of the first m σ² over Σ σ².</param>
    /// <param name="RandomEnergy">The same of the random rows.</param>
    /// <param name="Size">The L2 norm of the vectors.</param>
    /// <param name="HeldOut">Images that were to be fooled.</param>
    /// <param name="Leading">The fooled share for each vector of the span.</param>
    /// <param name="Rest">The same for vectors orthogonal to it.</param>
    public sealed record Result(
        int Rows, int Failures, double[] Sigma, double[] RandomSigma, double Energy, double RandomEnergy, double Size, int HeldOut,
        double[] Leading, double[] Rest);

    /// <inheritdoc/>
    public override void Check(Classifier classifier)
    {
        Subspace.Check((int)classifier.InputShape.Count, Dimension);
        if (Draws < 1) Throw.Range($"normals: {Draws} draws; at least 1 is needed.");
        if (Size is { } size && !(size > 0 && double.IsFinite(size))) Throw.Range($"normals: size {size} must be positive and finite.");
    }

    /// <inheritdoc/>
    public override Result Measure(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        Check(classifier);
        run ??= new RunContext();
        classifier.CheckImages(images, "normals");
        (Examples crafting, Examples heldOut) = new Examples(images, labels).Halves("normals");
        NormalsMatrix normals = NormalsMatrix.Of(classifier, crafting.Images, run);
        double size = Size ?? 0.05 * Probes.Rows.L2(images.Detach()).ToArray().Average();
        SubspaceFooling fooling = normals.Fooling(classifier, heldOut, Dimension, size, Draws, run);
        return new(normals.Rows.Count, normals.Failures, normals.Decomposition.Values, [.. normals.RandomSpectrum],
            normals.EnergyInTop(Dimension), normals.RandomEnergyInTop(Dimension), size, heldOut.Count,
            [.. fooling.Leading.Select(rate => rate.Share)], [.. fooling.Rest.Select(rate => rate.Share)]);
    }

    internal override ProbeSummary Summarise(IReadOnlyList<object> rows)
    {
        Result found = (Result)rows[0];
        return new([("fooled_leading", MedianSpread.Of(found.Leading)), ("fooled_rest", MedianSpread.Of(found.Rest))],
            [
                ("rows", found.Rows), ("failures", found.Failures), ("energy", found.Energy), ("random_energy", found.RandomEnergy),
                ("sigma_1", found.Sigma[0]), ("random_sigma_1", found.RandomSigma[0]), ("size", found.Size),
            ], "energy is the share of the first right singular vectors in the squares of all singular values, random_energy that of "
                + "random rows. Leading vectors are of their span, the rest are orthogonal to it; all have one size.");
    }
}
