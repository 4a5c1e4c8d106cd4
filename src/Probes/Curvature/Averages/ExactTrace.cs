using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// Every diagonal element of every class's Hessian, d directions that all pairs share: K1 = (‖g‖² tr H − gᵀHg)/‖g‖³
/// without sampling.
/// </summary>
public sealed record ExactTrace : AverageMethod
{
    /// <inheritdoc/>
    public override CurvatureSum[] Of(
        Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, Rng rng, int index = 0)
    {
        int size = (int)image.Count;
        int classes = classifier.ClassCount;
        double[] traces = new double[classes];
        for (int first = 0; first < size; first += Rows)
        {
            int rows = Math.Min(Rows, size - first);
            double[] axes = new double[rows * size];
            for (int r = 0; r < rows; r++) axes[r * size + first + r] = 1;
            double[] diagonal = Quadratic(classifier, image, axes, method, index);
            for (int i = 0; i < diagonal.Length; i++) traces[i % classes] += diagonal[i];
        }
        double[][] alongNormals = AlongNormals(classifier, image, frame, method, index);
        return [.. frame.Pairs.Select((pair, p) =>
        {
            if (pair.IsSingular) return new CurvatureSum(pair.Competitor, double.NaN, double.NaN);
            double alongGradient = pair.GradientNorm * pair.GradientNorm * TangentSpace.Dot(pair.Normal, alongNormals[p]);
            return new CurvatureSum(pair.Competitor,
                CurvatureFormulas.Sum(pair.GradientNorm, traces[pair.Competitor] - traces[frame.Current], alongGradient), 0);
        })];
    }
}
