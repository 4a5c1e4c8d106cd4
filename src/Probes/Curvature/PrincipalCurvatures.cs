using MiniGrad.Kernels.Cpu;
using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>Which directions a full matrix is differentiated along.</summary>
public enum MatrixDirections
{
    /// <summary>The pixels: all competitors share the derivatives.</summary>
    Pixels,

    /// <summary>An orthonormal basis of each competitor's tangent space, as the MNIST study does: as often again for each.</summary>
    Tangents,
}

/// <summary>
/// All d − 1 principal curvatures of the level sets G = const through one image: the eigenvalues of QᵀHQ/‖g‖, with H
/// the Hessian of G, g its gradient and Q a basis of the tangent space. For small images; <see cref="Lanczos"/> finds the
/// extreme ones of large ones.
/// </summary>
/// <param name="Directions">What the matrix is differentiated along; it matters for differences only.</param>
/// <param name="MemoryLimit">The bytes that the matrices may take; more is refused before anything is allocated.</param>
/// <param name="ChunkSize">Directions that are differentiated together. The results do not depend on it.</param>
public sealed record PrincipalCurvatures(
    MatrixDirections Directions = MatrixDirections.Pixels, long MemoryLimit = 4L << 30, int ChunkSize = 56)
{
    /// <summary>The bytes that matrices for so many pixels and competitors take.</summary>
    public static long Memory(long pixels, int competitors) => checked(8 * pixels * pixels * competitors);

    /// <summary>The curvatures of one image [1, …] in ascending order, NaN for singular pairs.</summary>
    /// <exception cref="ArgumentException">The matrices take more memory than the limit.</exception>
    public PrincipalSpectrum[] Of(Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, int index = 0)
    {
        method.Check();
        Check(image.Count, frame.Pairs.Length);
        image = image.To(classifier.Device);
        int size = (int)image.Count;
        double[][] matrices = new double[frame.Pairs.Length][];
        for (int p = 0; p < matrices.Length; p++) matrices[p] = new double[size * size];
        PrincipalSpectrum[] spectra = new PrincipalSpectrum[matrices.Length];
        if (Directions == MatrixDirections.Pixels) FillByPixels(classifier, image, frame, method, matrices);
        else FillByTangents(classifier, image, frame, method, matrices);
        foreach (double[] matrix in matrices) BoundaryFrames.CheckFinite(matrix, matrix.Length, "a second derivative", index);
        Threads.For(matrices.Length, 1, new Spectra(frame, matrices, spectra, Directions));
        return spectra;
    }

    /// <summary>Refuses matrices that are too large, naming their size.</summary>
    /// <exception cref="ArgumentException">The matrices take more memory than the limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The chunk size is below 1.</exception>
    public void Check(long pixels, int competitors)
    {
        if (ChunkSize < 1) Throw.Range($"curvature: {ChunkSize} directions at a time; at least 1 is needed.");
        long bytes = pixels > 1_000_000 ? long.MaxValue : Memory(pixels, competitors);
        if (bytes <= MemoryLimit && pixels * pixels <= Array.MaxLength) return;
        Throw.Argument($"curvature: the full matrices of {pixels} pixels and {competitors} competitors "
            + $"take {(bytes == long.MaxValue ? "more than 8 TB" : Size(bytes))}, the limit is {Size(MemoryLimit)}. "
            + "Ask for the extreme curvatures (Lanczos) or the average only, or for fewer competitors.");
    }

    private static string Size(long bytes) => bytes < 1_000_000_000 ? $"{bytes / 1e6:F1} MB" : $"{bytes / 1e9:F1} GB";

    private void FillByPixels(Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, double[][] matrices)
    {
        int size = (int)image.Count;
        int classes = classifier.ClassCount;
        classifier.Batches.Run(size, ChunkSize, (first, rows) =>
        {
            Tensor axes = Ops.OneHot([.. Enumerable.Range(first, rows)], size, image.Type, image.Device).Reshape(image.Shape.With(0, rows));
            double[] products = Arena.Step(() => BoundaryFrames.Doubles(method.EveryClass(classifier, image, axes)), _ => []);
            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<double> own = products.AsSpan((r * classes + frame.Current) * size, size);
                for (int p = 0; p < matrices.Length; p++)
                {
                    ReadOnlySpan<double> other = products.AsSpan((r * classes + frame.Pairs[p].Competitor) * size, size);
                    Span<double> row = matrices[p].AsSpan((first + r) * size, size);
                    for (int k = 0; k < size; k++) row[k] = other[k] - own[k];
                }
            }
        });
    }

    private void FillByTangents(Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, double[][] matrices)
    {
        int size = (int)image.Count;
        Tensor weights = frame.Weights(classifier.ClassCount, image.Type, image.Device);
        for (int p = 0; p < matrices.Length; p++)
        {
            if (frame.Pairs[p].IsSingular) continue;
            TangentSpace tangents = new(frame.Pairs[p].Normal);
            (int pair, double[] matrix) = (p, matrices[p]);
            classifier.Batches.Run(size - 1, ChunkSize, (first, rows) =>
            {
                double[] basis = new double[rows * size];
                for (int r = 0; r < rows; r++) tangents.Basis(first + r, basis.AsSpan(r * size, size));
                double[] products = Arena.Step(
                    () =>
                    {
                        Tensor v = Tensor.From(basis, image.Shape.With(0, rows), image.Device).Cast(image.Type);
                        Tensor own = weights.Take(0, new AxisRange(pair, 1)).BroadcastTo([rows, classifier.ClassCount]).Contiguous();
                        return BoundaryFrames.Doubles(method.At(classifier, image.BroadcastTo(v.Shape).Contiguous(), own).Times(v));
                    }, _ => []);
                for (int r = 0; r < rows; r++)
                {
                    tangents.Components(products.AsSpan(r * size, size), matrix.AsSpan((first + r) * (size - 1), size - 1));
                }
            });
        }
    }

    /// <summary>The eigenvalues of the matrices, one pair a piece of work.</summary>
    private readonly struct Spectra(BoundaryFrame frame, double[][] matrices, PrincipalSpectrum[] spectra, MatrixDirections directions)
        : ILoopBody
    {
        public void Run(long begin, long end)
        {
            for (long p = begin; p < end; p++) spectra[p] = One(frame.Pairs[p], matrices[p]);
        }

        private PrincipalSpectrum One(PairFrame pair, double[] matrix)
        {
            int d = pair.Gradient.Length;
            if (pair.IsSingular) return new(pair.Competitor, [.. Enumerable.Repeat(double.NaN, d - 1)], double.NaN);
            bool whole = directions == MatrixDirections.Pixels;
            double asymmetry = Symmetrise(matrix, whole ? d : d - 1);
            Span<double> tangent = whole ? new TangentSpace(pair.Normal).Compress(matrix) : matrix.AsSpan(0, (d - 1) * (d - 1));
            double[] values = SymmetricEigenvalues.Of(tangent, d - 1);
            for (int k = 0; k < values.Length; k++) values[k] /= pair.GradientNorm;
            return new(pair.Competitor, values, asymmetry);
        }

        /// <summary>H ← (H + Hᵀ)/2; returns ‖H − Hᵀ‖/‖H‖, 0 for the zero matrix.</summary>
        private static double Symmetrise(double[] matrix, int n)
        {
            (double difference, double square) = (0, 0);
            for (int i = 0; i < n; i++)
            {
                square += matrix[i * n + i] * matrix[i * n + i];
                for (int j = 0; j < i; j++)
                {
                    (double a, double b) = (matrix[i * n + j], matrix[j * n + i]);
                    square += a * a + b * b;
                    difference += 2 * (a - b) * (a - b);
                    matrix[i * n + j] = matrix[j * n + i] = (a + b) / 2;
                }
            }
            return square == 0 ? 0 : Math.Sqrt(difference / square);
        }
    }
}

/// <summary>
/// The principal curvatures towards one competitor, ascending, and how far the matrix was
/// from symmetric before it was made so.
/// </summary>
public sealed record PrincipalSpectrum(int Competitor, double[] Values, double Asymmetry)
{
    /// <summary>The sum of all, K1.</summary>
    public double Sum => Values.Sum();

    /// <summary>The mean of all, κ̄ = K1/(d − 1).</summary>
    public double Average => Values.Average();
}
