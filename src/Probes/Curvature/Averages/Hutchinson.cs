using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// K1 ≈ mean of uᵀHu/‖g‖ over u = P z with random signs z. uᵀHu = zᵀHz − 2 (n·z)(Hn·z) + (n·z)² nᵀHn, so zᵀHz of all
/// classes from one walk and one Hn for each pair serve all pairs: the mean is that of (‖g‖² tr H − gᵀHg)/‖g‖³, with the
/// variance of the projected matrix. Hutchinson, Communications in Statistics 1990.
/// </summary>
public sealed record Hutchinson(int Probes = 100) : AverageMethod
{
    /// <inheritdoc/>
    public override void Check()
    {
        if (Probes < 2) Throw.Range($"hutchinson: {Probes} probes; at least 2 are needed.");
    }

    /// <inheritdoc/>
    public override CurvatureSum[] Of(
        Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, Rng rng, int index = 0)
    {
        Check();
        int size = (int)image.Count;
        int classes = classifier.ClassCount;
        double[][] samples = [.. frame.Pairs.Select(_ => new double[Probes])];
        double[][] alongNormals = AlongNormals(classifier, image, frame, method, index);
        for (int first = 0; first < Probes; first += Rows)
        {
            int rows = Math.Min(Rows, Probes - first);
            double[] z = new double[rows * size];
            for (int r = 0; r < rows; r++) Signs(rng.At(first + r), size).CopyTo(z, r * size);
            double[] squares = Quadratic(classifier, image, z, method, index);
            for (int p = 0; p < samples.Length; p++)
            {
                PairFrame pair = frame.Pairs[p];
                if (pair.IsSingular) continue;
                double twice = TangentSpace.Dot(pair.Normal, alongNormals[p]);
                for (int r = 0; r < rows; r++)
                {
                    ReadOnlySpan<double> row = z.AsSpan(r * size, size);
                    double along = TangentSpace.Dot(pair.Normal, row);
                    double square = squares[r * classes + pair.Competitor] - squares[r * classes + frame.Current];
                    samples[p][first + r] =
                        (square - 2 * along * TangentSpace.Dot(alongNormals[p], row) + along * along * twice) / pair.GradientNorm;
                }
            }
        }
        return [.. frame.Pairs.Select((pair, p) =>
        {
            if (pair.IsSingular) return new CurvatureSum(pair.Competitor, double.NaN, double.NaN);
            (double mean, double error) = Mean(samples[p]);
            return new CurvatureSum(pair.Competitor, mean, error);
        })];
    }
}
