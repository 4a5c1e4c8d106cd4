using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// A third of the products finds the space in which the matrix is large, a third gives the trace there exactly, a third
/// samples the rest: fewer products than Hutchinson's where few curvatures stand out. Meyer et al., arXiv:2010.09649.
/// </summary>
/// <param name="Products">Hessian-vector products for each pair, in thirds.</param>
public sealed record HutchPlusPlus(int Products = 99) : AverageMethod
{
    /// <inheritdoc/>
    public override void Check()
    {
        if (Products < 6) Throw.Range($"hutch++: {Products} products; at least 6 are needed, two for each third.");
    }

    /// <inheritdoc/>
    public override CurvatureSum[] Of(
        Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, Rng rng, int index = 0)
    {
        Check();
        Tensor weights = frame.Weights(classifier.ClassCount, image.Type, classifier.Device);
        return [.. frame.Pairs.Select((pair, p) => pair.IsSingular
            ? new CurvatureSum(pair.Competitor, double.NaN, double.NaN)
            : One(pair, v => Tangential(Multiply(classifier, image, weights.Take(0, new AxisRange(p, 1)), v, method, index), pair), rng))];
    }

    private CurvatureSum One(PairFrame pair, Func<double[], double[][]> times, Rng rng)
    {
        int size = pair.Gradient.Length;
        int third = Products / 3;
        TangentSpace tangents = new(pair.Normal);
        double[][] Draw(string stream) => [.. Enumerable.Range(0, third).Select(k =>
        {
            double[] z = Signs(rng.At(stream).At(k), size);
            tangents.Project(z);
            return z;
        })];
        OrthonormalRows basis = new(size);
        foreach (double[] column in times([.. Draw("sketch").SelectMany(z => z)])) basis.Add(column);
        double[] span = [.. basis.Rows.SelectMany(row => row)];
        double within =
            basis.Rank == 0 ? 0 : times(span).Select((product, k) => TangentSpace.Dot(product, span.AsSpan(k * size, size))).Sum();
        double[] rest = [.. Draw("rest").SelectMany(z => basis.NullPart(z))];
        double[] samples = [.. times(rest).Select((product, k) => TangentSpace.Dot(product, rest.AsSpan(k * size, size)))];
        (double mean, double error) = Mean(samples);
        return new(pair.Competitor, (within + mean) / pair.GradientNorm, error / pair.GradientNorm);
    }

    /// <summary>P H v for rows v of the tangent space.</summary>
    private static double[][] Tangential(double[][] products, PairFrame pair)
    {
        TangentSpace tangents = new(pair.Normal);
        foreach (double[] product in products) tangents.Project(product);
        return products;
    }
}
