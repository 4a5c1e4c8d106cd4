using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// κ̄ ≈ mean of the normal curvature κ(v) over uniform unit vectors v of each pair's tangent space (Fawzi et al., CVPR 2018,
/// algorithm 2, which draws in the whole space and so divides by d, not d − 1).
/// </summary>
public sealed record RandomTangents(int Count = 256) : AverageMethod
{
    /// <inheritdoc/>
    public override void Check()
    {
        if (Count < 2) Throw.Range($"random tangents: {Count}; at least 2 are needed.");
    }

    /// <inheritdoc/>
    public override CurvatureSum[] Of(
        Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, Rng rng, int index = 0)
    {
        Check();
        return [.. frame.Pairs.Select(pair =>
        {
            if (pair.IsSingular) return new CurvatureSum(pair.Competitor, double.NaN, double.NaN);
            (double mean, double error) = Mean(Samples(classifier, image, frame.Current, pair, method, rng, index));
            int tangents = pair.Gradient.Length - 1;
            return new CurvatureSum(pair.Competitor, mean * tangents, error * tangents);
        })];
    }

    /// <summary>The normal curvatures along random unit tangents.</summary>
    private double[] Samples(Classifier classifier, Tensor image, int current, PairFrame pair, HessianMethod method, Rng rng, int index = 0)
    {
        int size = pair.Gradient.Length;
        int classes = classifier.ClassCount;
        TangentSpace tangents = new(pair.Normal);
        double[] samples = new double[Count];
        for (int first = 0; first < Count; first += Rows)
        {
            int rows = Math.Min(Rows, Count - first);
            double[] v = new double[rows * size];
            for (int r = 0; r < rows; r++) Unit(rng.At(first + r).Normal(size), tangents).CopyTo(v, r * size);
            double[] squares = Quadratic(classifier, image, v, method, index);
            for (int r = 0; r < rows; r++)
            {
                samples[first + r] = (squares[r * classes + pair.Competitor] - squares[r * classes + current]) / pair.GradientNorm;
            }
        }
        return samples;
    }

    private static double[] Unit(double[] v, TangentSpace tangents)
    {
        tangents.Project(v);
        double length = Math.Sqrt(TangentSpace.Dot(v, v));
        for (int i = 0; i < v.Length; i++) v[i] /= length;
        return v;
    }
}
