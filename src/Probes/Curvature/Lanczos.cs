using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// The extreme eigenvalues of a symmetric operator that is known by its products. Every new vector is orthogonalised
/// against all former ones twice, so no eigenvalue is found again by rounding; where the vectors span an invariant space,
/// a fresh random vector goes on, so that repeated eigenvalues are found as often as they occur. Golub and Van Loan, 10.3.
/// </summary>
/// <param name="Count">How many of the largest and as many of the smallest are wanted.</param>
/// <param name="Steps">Products; by default max(40, 4 · count), and never more than the dimension.</param>
/// <param name="Tolerance">A residual of this share of the largest magnitude counts as converged.</param>
public sealed record Lanczos(int Count = 10, int? Steps = null, double Tolerance = 1e-4)
{
    private const double Breakdown = 1e-12;

    /// <summary>Throws unless the settings fit an operator on so many dimensions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More eigenvalues than dimensions or steps, or
    /// a tolerance that is not positive.</exception>
    public void Check(int dimension)
    {
        if (Count < 1 || Count > dimension) Throw.Range($"lanczos: {Count} eigenvalues of each end; there are {dimension} in all.");
        if (Steps is { } steps && steps < Count)
        {
            Throw.Range($"lanczos: {steps} steps find at most {steps} eigenvalues, {Count} are wanted. Take more steps.");
        }
        if (!(Tolerance > 0)) Throw.Range($"lanczos: tolerance {Tolerance} must be positive.");
    }

    /// <summary>The extreme principal curvatures of one pair of classes at one image [1, …].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The settings do not fit the tangent space of the image.</exception>
    public ExtremeEigenvalues Curvatures(
        Classifier classifier, Tensor image, BoundaryFrame frame, int pair, HessianMethod method, Rng rng, int index = 0)
    {
        PairFrame p = frame.Pairs[pair];
        int size = p.Gradient.Length;
        Check(size - 1);
        if (p.IsSingular) return new([], [], [], [], false, 0);
        method.Check();
        image = image.To(classifier.Device);
        TangentSpace tangents = new(p.Normal);
        Tensor weights = frame.Weights(classifier.ClassCount, image.Type, image.Device).Take(0, new AxisRange(pair, 1)).Contiguous();
        LocalHessian hessian = method.At(classifier, image, weights);
        return Run(size, v =>
        {
            double[] product = Arena.Step(
                () => BoundaryFrames.Doubles(hessian.Times(Tensor.From(v, image.Shape, image.Device).Cast(image.Type))), _ => []);
            BoundaryFrames.CheckFinite(product, size, "a second derivative", index);
            for (int i = 0; i < size; i++) product[i] /= p.GradientNorm;
            return product;
        }, rng, tangents);
    }

    /// <summary>The extreme eigenvalues of an operator on vectors of a dimension, within a tangent space if one is given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The settings do not fit the dimension.</exception>
    public ExtremeEigenvalues Run(int dimension, Func<double[], double[]> times, Rng rng, TangentSpace? within = null)
    {
        int space = within is null ? dimension : dimension - 1;
        Check(space);
        int steps = Math.Min(space, Steps ?? Math.Max(40, 4 * Count));
        List<double[]> vectors = [];
        double[] diagonal = new double[steps];
        double[] beside = new double[steps + 1];
        double largest = 0;
        double[] q = Fresh(dimension, rng.At(0), vectors, within);
        for (int t = 0; t < steps; t++)
        {
            vectors.Add(q);
            double[] w = times([.. q]);
            within?.Project(w);
            diagonal[t] = TangentSpace.Dot(q, w);
            largest = Math.Max(largest, Math.Abs(diagonal[t]));
            Orthogonalise(w, vectors, within);
            double length = Math.Sqrt(TangentSpace.Dot(w, w));
            bool broken = length <= Breakdown * largest;
            beside[t + 1] = broken ? 0 : length;
            if (t + 1 == steps) break;
            if (broken) q = Fresh(dimension, rng.At(t + 1), vectors, within);
            else
            {
                for (int i = 0; i < w.Length; i++) w[i] /= length;
                q = w;
            }
        }
        return Ends(diagonal, beside);
    }

    private ExtremeEigenvalues Ends(double[] diagonal, double[] beside)
    {
        int steps = diagonal.Length;
        double left = beside[steps];
        double[] last = new double[steps];
        last[steps - 1] = 1;
        Tridiagonal.Diagonalise(diagonal, beside.AsSpan(0, steps), last);
        // The residual of a Ritz pair is the last off-diagonal element times the pair's last component.
        double[] residuals = Array.ConvertAll(last, component => Math.Abs(left * component));
        Array.Sort(diagonal, residuals);
        int count = Math.Min(Count, steps);
        double scale = Math.Max(Math.Abs(diagonal[0]), Math.Abs(diagonal[^1]));
        double[] highest = [.. diagonal[^count..].Reverse()];
        double[] highestResiduals = [.. residuals[^count..].Reverse()];
        bool converged = highestResiduals.Concat(residuals[..count]).All(r => r <= Tolerance * scale);
        return new(highest, highestResiduals, diagonal[..count], residuals[..count], converged, steps);
    }

    /// <summary>A random unit vector orthogonal to all.</summary>
    private static double[] Fresh(int dimension, Rng rng, List<double[]> vectors, TangentSpace? within)
    {
        double[] v = rng.Normal(dimension);
        within?.Project(v);
        Orthogonalise(v, vectors, within);
        double length = Math.Sqrt(TangentSpace.Dot(v, v));
        for (int i = 0; i < v.Length; i++) v[i] /= length;
        return v;
    }

    private static void Orthogonalise(double[] w, List<double[]> vectors, TangentSpace? within)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (double[] q in vectors)
            {
                double along = TangentSpace.Dot(q, w);
                for (int i = 0; i < w.Length; i++) w[i] -= along * q[i];
            }
            within?.Project(w);
        }
    }
}

/// <summary>
/// The ends of a spectrum: the largest eigenvalues in descending order, the smallest in ascending order, and how far each
/// is at most from some eigenvalue (‖A v − λ v‖), where the products are those of a symmetric matrix: differences across
/// kinks are not. Empty at a singular point.
/// </summary>
public sealed record ExtremeEigenvalues(
    double[] Largest, double[] LargestResiduals, double[] Smallest, double[] SmallestResiduals, bool IsConverged, int Steps);
