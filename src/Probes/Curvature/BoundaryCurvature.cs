using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// The curvature, at images, of the level sets between the current class i and each competitor j: of G = logit_j − logit_i,
/// whose gradient points out of the current region. κ above 0: the level set bends back around the image; below 0: the
/// other region bulges towards it. Per unit of pixel distance. Fawzi et al., CVPR 2018; Goldman 2005.
/// </summary>
public sealed record BoundaryCurvature : Probe<CurvatureResult>
{
    /// <summary>
    /// How second derivatives are taken; exact for smooth networks and central differences
    /// for piecewise linear ones by default.
    /// </summary>
    public HessianMethod? Hessian { get; init; }

    /// <summary>How averages are found where there is no full spectrum; <see cref="AverageOf"/> by default.</summary>
    public AverageMethod? Average { get; init; }

    /// <summary>All principal curvatures, by the full matrix; the averages are then those of the spectrum.</summary>
    public PrincipalCurvatures? Full { get; init; }

    /// <summary>The extreme principal curvatures only.</summary>
    public Lanczos? Extremes { get; init; }

    /// <summary>Which geometry is taken, and which inputs are refused.</summary>
    public BoundaryFrames Frames { get; init; } = new();

    /// <summary>
    /// Hutchinson's, or the trace over pixels for differences across kinks: these are not linear in the direction, so random
    /// directions, whose step is spread over all pixels, give another quantity than the pixels do.
    /// </summary>
    public AverageMethod AverageOf(Classifier classifier) => Average ?? (NeedsPixels(classifier) ? new ExactTrace() : new Hutchinson());

    /// <summary>Whether results depend on the directions that differences are taken along.</summary>
    public bool NeedsPixels(Classifier classifier) =>
        classifier.IsPiecewiseLinear && (Hessian ?? HessianMethod.Usual(classifier)) is DifferenceHessian;

    /// <summary>Throws, naming the first setting that makes no sense, before anything is computed.</summary>
    public override void Check(Classifier classifier)
    {
        Hessian?.Check();
        Average?.Check();
        Frames.Check(classifier.ClassCount);
        int size = (int)classifier.InputShape.Count;
        if (size < 2) Throw.Argument($"curvature: images of {size} pixel have no tangents. Give images of at least 2.");
        Extremes?.Check(size - 1);
        Full?.Check(size, Frames.Competitors?.Length ?? classifier.ClassCount - 1);
        if ((Full is not null || Extremes is not null) && Hessian is SmoothedHessian { Samples: var samples } && samples < size)
        {
            Throw.Argument($"curvature: {samples} samples of a smoothed Hessian on {size} pixels say nothing of single "
                + $"principal curvatures. Take averages, or at least {10 * size} samples.");
        }
    }

    /// <summary>The curvature at one image, of the level sets of its predicted class.</summary>
    public override CurvatureResult Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        Check(classifier);
        image = image.Detach().Contiguous().To(classifier.Device);
        return One(classifier, image, Frames.Of(classifier, image, null, 0, Hessian)[0], 0, rng.At("curvature"));
    }

    /// <summary>Measures images [N, …], one after the other: the result of an image depends on it, its number and the seed only.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense, or the images do not fit the classifier.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public CurvatureResult[] Run(Classifier classifier, Tensor images, int[]? current = null, RunContext? run = null)
    {
        run ??= new RunContext();
        run.Check();
        Check(classifier);
        if (images.Rank == 0 || images.Shape[0] == 0) classifier.CheckImages(images, "curvature");
        CurvatureResult[] results = new CurvatureResult[images.Shape[0]];
        for (int first = 0; first < results.Length; first += run.ChunkSize)
        {
            int count = Math.Min(run.ChunkSize, results.Length - first);
            run.Cancellation.ThrowIfCancellationRequested();
            Tensor chunk = images.Detach().Take(0, new AxisRange(first, count)).Contiguous().To(classifier.Device);
            List<BoundaryFrame> frames = [];
            int begun = first;
            classifier.Batches.Run(count, count, (k, rows) =>
                frames.AddRange(Frames.Of(classifier, chunk.Take(0, new AxisRange(k, rows)).Contiguous(),
                    current?[(begun + k)..(begun + k + rows)], run.FirstIndex + begun + k, Hessian)));
            for (int n = first; n < first + count; n++)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                results[n] = One(classifier, chunk.Take(0, new AxisRange(n - first, 1)).Contiguous(),
                    frames[n - first], run.FirstIndex + n, run.ExampleRng(n).At("curvature"));
                run.Progress?.Report(new(n + 1, results.Length, 0, 0));
            }
        }
        return results;
    }

    private CurvatureResult One(Classifier classifier, Tensor image, BoundaryFrame frame, int index, Rng rng)
    {
        HessianMethod method = Hessian ?? HessianMethod.Usual(classifier);
        bool flat = method.IsBlindTo(classifier);
        PrincipalSpectrum[]? spectra = Full?.Of(classifier, image, frame, method, index);
        int tangents = (int)image.Count - 1;
        CurvatureSum[] sums = spectra is null
            ? AverageOf(classifier).Of(classifier, image, frame, method, rng, index)
            : [.. spectra.Select(s => new CurvatureSum(s.Competitor, s.Sum, 0))];
        PairCurvature[] pairs = new PairCurvature[frame.Pairs.Length];
        for (int p = 0; p < pairs.Length; p++)
        {
            PairFrame pair = frame.Pairs[p];
            ExtremeEigenvalues? extremes = Extremes?.Curvatures(classifier, image, frame, p, method, rng.At("lanczos"), index);
            pairs[p] = new(pair.Competitor, pair.Margin, pair.GradientNorm, sums[p].Sum,
                sums[p].Sum / tangents, sums[p].StandardError / tangents, pair.IsSingular)
            {
                Principal = spectra?[p].Values,
                Asymmetry = spectra?[p].Asymmetry,
                Extremes = extremes,
            };
        }
        return new(index, frame.Current, frame.IsTied, flat, pairs);
    }
}

/// <summary>
/// The curvatures at one image. Where the network is piecewise linear and the method
/// exact, all are zero and the flag is set.
/// </summary>
public sealed record CurvatureResult(int Index, int Current, bool IsTied, bool PiecewiseLinear, PairCurvature[] Pairs)
{
    /// <summary>The mean of κ̄ over the pairs that are not singular: the score by which perturbed images are told.</summary>
    public double Score => Pairs.Where(p => !p.IsSingular).Select(p => p.Average).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The sum in place of the mean, as the MNIST study has it: the same decisions where no pair is singular.</summary>
    public double ScoreSum => Pairs.Where(p => !p.IsSingular).Select(p => p.Average).DefaultIfEmpty(double.NaN).Sum();
}

/// <summary>The curvature towards one competitor.</summary>
/// <param name="Competitor">The class j.</param>
/// <param name="Margin">G, negative inside the current region.</param>
/// <param name="GradientNorm">‖∇G‖.</param>
/// <param name="Sum">K1, the sum of the principal curvatures; NaN if singular.</param>
/// <param name="Average">κ̄ = K1/(d − 1).</param>
/// <param name="StandardError">Of κ̄, where it is an estimate; else 0.</param>
/// <param name="IsSingular">Whether the gradient vanishes, so that there is no level set to bend.</param>
public sealed record PairCurvature(
    int Competitor, double Margin, double GradientNorm, double Sum, double Average, double StandardError, bool IsSingular)
{
    /// <summary>A matrix further from symmetric than this was differentiated with too small a step, or across kinks.</summary>
    public const double AsymmetryLimit = 1e-2;

    /// <summary>All principal curvatures in ascending order, if asked for.</summary>
    public double[]? Principal { get; init; }

    /// <summary>‖H − Hᵀ‖/‖H‖ before the matrix was made symmetric, if there was one.</summary>
    public double? Asymmetry { get; init; }

    /// <summary>The extreme principal curvatures, if asked for.</summary>
    public ExtremeEigenvalues? Extremes { get; init; }
}
