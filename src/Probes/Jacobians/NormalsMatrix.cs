using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;
using MiniGrad.Probes.Universal;

namespace MiniGrad.Probes.Jacobians;

/// <summary>
/// The directions r(x)/‖r(x)‖ to the nearest boundary, a row for each image, without a mean taken out. If the normals of many images lie
/// near a small subspace, its spectrum falls faster than that of random rows, and vectors of that subspace fool many images at once.
/// Moosavi-Dezfooli et al., arXiv:1610.08401.
/// </summary>
/// <param name="Rows">The unit rows [n][d].</param>
/// <param name="Images">The number of each row's image.</param>
/// <param name="Failures">Images whose boundary DeepFool did not find; they have no row.</param>
/// <param name="Decomposition">Singular values and right vectors.</param>
/// <param name="RandomSpectrum">The singular values of as many random unit rows.</param>
public sealed record NormalsMatrix(
    IReadOnlyList<double[]> Rows, IReadOnlyList<int> Images, int Failures, Svd Decomposition, IReadOnlyList<double> RandomSpectrum)
{
    /// <summary>Makes the matrix from images [N, …].</summary>
    /// <exception cref="ArgumentException">Images do not fit the classifier, or DeepFool finds no boundary from any.</exception>
    public static NormalsMatrix Of(Classifier classifier, Tensor images, RunContext? run = null)
    {
        run ??= new RunContext();
        run.Check();
        classifier.CheckImages(images, "normals");
        Nearest near = Nearest.Of(classifier, images.Detach(), new DeepFool(), run);
        // An image on the boundary has no direction to it either.
        int[] found = [.. Enumerable.Range(0, near.Norms.Length).Where(i => near.Norms[i] > 0)];
        if (found.Length == 0) Throw.Argument($"normals: DeepFool finds no boundary from any of {near.Norms.Length} images.");
        double[][] rows = Array.ConvertAll(found, i => Unit(near.Change(i).ToArray()));
        Rng rng = new Rng(run.Seed).At("random rows");
        double[][] random = Array.ConvertAll(found, i => Unit(rng.At(run.FirstIndex + i).Normal(rows[0].Length)));
        return new(rows, Array.ConvertAll(found, i => run.FirstIndex + i), near.Norms.Length - found.Length,
            Svd.Of(rows), Svd.Of(random).Values);
    }

    /// <summary>Σ_{k ≤ m} σ_k² / Σ σ_k².</summary>
    /// <exception cref="ArgumentOutOfRangeException">m is outside 1 to the number of singular values.</exception>
    public double EnergyInTop(int m) => Energy(Decomposition.Values, m);

    /// <summary>The same of the random rows.</summary>
    /// <inheritdoc cref="EnergyInTop"/>
    public double RandomEnergyInTop(int m) => Energy(RandomSpectrum, m);

    /// <summary>The span of the first m right singular vectors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">m is outside 1 to the number of singular values.</exception>
    public Subspace Leading(int m)
    {
        Check(m);
        return Subspace.SpanOf(Rows[0].Length, Decomposition.Right.Take(m));
    }

    /// <summary>The span of the last m of as many right singular vectors as there are rows or pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">m is outside 1 to the number of singular values.</exception>
    public Subspace Trailing(int m)
    {
        Check(m);
        return Subspace.SpanOf(Rows[0].Length, Decomposition.Right.TakeLast(m));
    }

    /// <summary>
    /// How many images random vectors of length <paramref name="size"/> fool: those of the span of the first m right singular vectors,
    /// and those orthogonal to it.
    /// </summary>
    /// <param name="classifier">The network.</param>
    /// <param name="images">Images, best others than those that the rows are of, with labels.</param>
    /// <param name="m">The dimension of the span.</param>
    /// <param name="size">The L2 norm of the vectors.</param>
    /// <param name="draws">Vectors of each kind.</param>
    /// <param name="run">Seed and chunk size.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive, or there are no draws.</exception>
    public SubspaceFooling Fooling(Classifier classifier, Examples images, int m, double size, int draws = 10, RunContext? run = null)
    {
        run ??= new RunContext();
        if (!(size > 0 && double.IsFinite(size))) Throw.Range($"normals: size {size} must be positive and finite.");
        if (draws < 1) Throw.Range($"normals: {draws} draws; at least 1 is needed.");
        Subspace leading = Leading(m);
        Subspace rest = leading.Complement();
        FoolingMeter meter = new(classifier, images, run);
        Rng rng = new Rng(run.Seed).At("normals");
        FoolingRate[] Of(Subspace subspace, string name) =>
            [.. Enumerable.Range(0, draws).Select(k => meter.Of(subspace.Draw(rng.At(name).At(k)), size))];
        return new(m, size, Of(leading, "leading"), Of(rest, "rest"));
    }

    private static double Energy(IReadOnlyList<double> values, int m)
    {
        if (m < 1 || m > values.Count) Throw.Range($"normals: {m} singular values asked for, there are 1 to {values.Count}.");
        return values.Take(m).Sum(s => s * s) / values.Sum(s => s * s);
    }

    private void Check(int m) => Energy(Decomposition.Values, m);

    private static double[] Unit(double[] v)
    {
        double length = Math.Sqrt(v.Sum(x => x * x));
        return Array.ConvertAll(v, x => x / length);
    }
}

/// <summary>What random vectors of a span and of all that is orthogonal to it do to images.</summary>
/// <param name="Dimension">The dimension of the span.</param>
/// <param name="Size">The L2 norm of the vectors.</param>
/// <param name="Leading">Vectors of the span.</param>
/// <param name="Rest">Vectors that are orthogonal to it.</param>
public sealed record SubspaceFooling(int Dimension, double Size, IReadOnlyList<FoolingRate> Leading, IReadOnlyList<FoolingRate> Rest)
{
    /// <summary>Median and quartiles of the fooled share of vectors of the span.</summary>
    public MedianSpread LeadingShare => MedianSpread.Of(Leading.Select(rate => rate.Share));

    /// <summary>Median and quartiles of the fooled share of vectors orthogonal to it.</summary>
    public MedianSpread RestShare => MedianSpread.Of(Rest.Select(rate => rate.Share));
}
