using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Jacobians;

/// <summary>
/// The singular values of the Jacobian J = ∂f/∂x of the logits at images [classes, d], by a vector-Jacobian product for each class, and
/// how near its first right vector is to the direction of the nearest boundary. One direction of the logits is lost to the shift that
/// softmax ignores: the centred values are those of J without the mean of its rows.
/// </summary>
/// <param name="Boundary">Whether the nearest boundary is searched, by DeepFool.</param>
public sealed record JacobianSpectrum(bool Boundary = true) : Probe<JacobianSpectrum.Row>
{
    /// <summary>What is found at an image.</summary>
    /// <param name="Sigma">The singular values from the largest down.</param>
    /// <param name="CentredSigma">Those of the centred Jacobian; the last is zero but for rounding.</param>
    /// <param name="Frobenius">‖J‖_F.</param>
    /// <param name="StableRank">‖J‖_F² / σ₁²; NaN where J is zero.</param>
    /// <param name="CentredFrobenius">‖J‖_F, centred.</param>
    /// <param name="CentredStableRank">‖J‖_F² / σ₁², centred.</param>
    /// <param name="Cosine">|cos| of v₁ and the smallest change that DeepFool finds; NaN where there is none.</param>
    /// <param name="CentredCosine">The same for v₁ of the centred Jacobian.</param>
    public sealed record Row(
        double[] Sigma, double[] CentredSigma, double Frobenius, double StableRank, double CentredFrobenius, double CentredStableRank,
        double Cosine, double CentredCosine);

    /// <inheritdoc/>
    internal override int Together => 16;

    /// <inheritdoc/>
    public override Row Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        classifier.CheckImage(image, "jacobian");
        return MeasureAll(classifier, image, [label])[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Row> MeasureAll(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        run ??= new RunContext();
        run.Check();
        classifier.CheckImages(images, "jacobian");
        Nearest? near = Boundary ? Nearest.Of(classifier, images.Detach(), new DeepFool(), run) : null;
        return [.. Each(classifier, images.Detach(), run, (image, jacobian) =>
        {
            Svd plain = Svd.Of(jacobian);
            Svd centred = Svd.Of(Centred(jacobian));
            double Cosine(Svd svd)
            {
                if (near is null || double.IsNaN(near.Norms[image])) return double.NaN;
                ReadOnlySpan<double> r = near.Change(image);
                return Math.Abs(OrthonormalRows.Dot(r, svd.Right[0])) / Math.Sqrt(OrthonormalRows.Dot(r, r));
            }
            return new Row(plain.Values, centred.Values, plain.Frobenius, plain.StableRank, centred.Frobenius, centred.StableRank,
                Cosine(plain), Cosine(centred));
        })];
    }

    /// <summary>The decomposition of the Jacobian of every image [N, …], centred if so wanted, with its right singular vectors.</summary>
    /// <exception cref="ArgumentException">Images do not fit the classifier.</exception>
    /// <exception cref="NumericalException">A derivative is not finite; the message names the image.</exception>
    public static IReadOnlyList<Svd> Decompose(Classifier classifier, Tensor images, bool isCentred = false, RunContext? run = null)
    {
        run ??= new RunContext();
        run.Check();
        classifier.CheckImages(images, "jacobian");
        return [.. Each(classifier, images.Detach(), run, (_, jacobian) => Svd.Of(isCentred ? Centred(jacobian) : jacobian))];
    }

    internal override ProbeSummary Summarise(IReadOnlyList<object> rows)
    {
        Row[] all = [.. rows.Cast<Row>()];
        (string, MedianSpread) Of(string name, Func<Row, double> value) => (name, MedianSpread.Of(all.Select(value)));
        int classes = all.Length == 0 ? 0 : all[0].Sigma.Length;
        return new(
            [
                .. Enumerable.Range(0, classes).Select(k => Of($"sigma_{k + 1}", row => row.Sigma[k])),
                .. Enumerable.Range(0, classes).Select(k => Of($"centred_sigma_{k + 1}", row => row.CentredSigma[k])),
                Of("frobenius", row => row.Frobenius), Of("stable_rank", row => row.StableRank),
                Of("centred_frobenius", row => row.CentredFrobenius), Of("centred_stable_rank", row => row.CentredStableRank),
                Of("cosine", row => row.Cosine), Of("centred_cosine", row => row.CentredCosine),
            ], [], "sigma are the singular values of the Jacobian of the logits, centred those without the mean over the classes. The "
                + "cosine is that of the first right singular vector and the direction of the nearest boundary, without its sign.");
    }

    private static List<T> Each<T>(Classifier classifier, Tensor images, RunContext run, Func<int, double[][], T> use)
    {
        (int classes, int size) = (classifier.ClassCount, (int)classifier.InputShape.Count);
        List<T> results = [];
        classifier.Batches.Run(images.Shape[0], run.ChunkSize, (first, count) =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            double[][] gradients = Arena.Step(
                () =>
                {
                    Tensor part = images.Take(0, new AxisRange(first, count)).Contiguous().To(classifier.Device);
                    return Array.ConvertAll(new Query(classifier, count).Pull(part, logits => [.. Enumerable.Range(0, classes).Select(k =>
                        Ops.OneHot([.. Enumerable.Repeat(k, count)], classes, logits.Type, logits.Device))]).Gradients,
                        gradient => gradient.Cast(DType.F64).ToArray<double>());
                }, _ => []);
            for (int i = 0; i < count; i++)
            {
                double[][] jacobian = Array.ConvertAll(gradients, gradient => gradient.AsSpan(i * size, size).ToArray());
                if (jacobian.Any(row => row.Any(v => !double.IsFinite(v))))
                {
                    throw new NumericalException(
                        $"jacobian: a derivative of the logits of image {run.FirstIndex + first + i} is not finite.");
                }
                results.Add(use(first + i, jacobian));
            }
        });
        return results;
    }

    private static double[][] Centred(double[][] rows)
    {
        double[] mean = new double[rows[0].Length];
        foreach (double[] row in rows) OrthonormalRows.AddScaled(mean, row, 1.0 / rows.Length);
        return Array.ConvertAll(rows, row =>
        {
            double[] rest = [.. row];
            OrthonormalRows.AddScaled(rest, mean, -1);
            return rest;
        });
    }
}
