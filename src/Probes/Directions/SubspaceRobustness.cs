using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Probes.Directions;

/// <summary>
/// How far the boundary is within random subspaces of dimension m, beside its distance in all of R^d: β(f; m) = √(m/d) · mean of
/// Δ_S/Δ, 1 where the boundary is flat. Δ_S is DeepFool's with every gradient projected on the subspace. Fawzi et al., NeurIPS 2016.
/// </summary>
/// <param name="Dimension">m, from 1 to the number of pixels.</param>
/// <param name="Draws">Random subspaces of an image.</param>
/// <param name="Iterations">Most linearisations of a search.</param>
public sealed record SubspaceRobustness(int Dimension, int Draws = 1, int Iterations = 50) : Probe<SubspaceRobustness.Row>
{
    /// <summary>Numbers of the subspaces that are held at once: half a gigabyte.</summary>
    private const long MostNumbers = 1L << 26;

    /// <summary>What is found at an image.</summary>
    /// <param name="Adversarial">The L2 norm of the smallest change that DeepFool finds; NaN where it finds none.</param>
    /// <param name="Law">What the mean of Beta would be if the boundary were flat.</param>
    /// <param name="Within">That norm within each subspace; NaN where DeepFool finds none.</param>
    /// <param name="Beta">√(m/d) · Within / Adversarial.</param>
    public sealed record Row(double Adversarial, double Law, double[] Within, double[] Beta);

    private Subspace? Fixed { get; init; }

    /// <summary>The probe within one subspace for all images in place of random ones, such as one of singular vectors.</summary>
    /// <param name="subspace">The subspace.</param>
    /// <param name="iterations">Most linearisations of a search.</param>
    public static SubspaceRobustness In(Subspace subspace, int iterations = 50) =>
        new(subspace.Dimension, 1, iterations) { Fixed = subspace };

    /// <inheritdoc/>
    internal override int Together => 16;

    /// <inheritdoc/>
    public override void Check(Classifier classifier)
    {
        int size = (int)classifier.InputShape.Count;
        Subspace.Check(size, Dimension);
        if (Draws < 1) Throw.Range($"subspace: {Draws} draws; at least 1 is needed.");
        if (Fixed is { } given && given.Ambient != size)
        {
            Throw.Argument($"subspace: the given one is part of R^{given.Ambient}, an image has {size} numbers.");
        }
        new DeepFool(Iterations: Iterations).Check();
    }

    /// <inheritdoc/>
    public override Row Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        classifier.CheckImage(image, "subspace");
        return Of(classifier, image, new RunContext(), _ => rng)[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Row> MeasureAll(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        run ??= new RunContext { ChunkSize = 256 };
        run.Check();
        return Of(classifier, images, run, rng => rng);
    }

    /// <param name="classifier">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="run">The run, whose numbering DeepFool's random numbers follow.</param>
    /// <param name="stream">The random numbers of an image from those that DeepFool knows it by.</param>
    private Row[] Of(Classifier classifier, Tensor images, RunContext run, Func<Rng, Rng> stream)
    {
        Check(classifier);
        classifier.CheckImages(images, "subspace");
        images = images.Detach();
        (int count, int size) = (images.Shape[0], (int)classifier.InputShape.Count);
        DeepFool search = new(Iterations: Iterations);
        double[] whole = Nearest.Of(classifier, images, search, run).Norms;
        double[][] within = Array.ConvertAll(whole, _ => new double[Draws]);
        int together = Fixed is not null ? run.ChunkSize : (int)Math.Clamp(MostNumbers / ((long)size * Dimension), 1, run.ChunkSize);
        for (int first = 0; first < count; first += together)
        {
            int length = Math.Min(together, count - first);
            Tensor part = images.Take(0, new AxisRange(first, length)).Contiguous();
            for (int draw = 0; draw < Draws; draw++)
            {
                Dictionary<Rng, Subspace> drawn = [];
                Subspace Of(Rng rng)
                {
                    if (Fixed is not null) return Fixed;
                    if (!drawn.TryGetValue(rng, out Subspace? found))
                    {
                        drawn[rng] = found = Subspace.Random(size, Dimension, stream(rng).At("subspace").At(draw));
                    }
                    return found;
                }
                double[] norms = Nearest.Of(
                    classifier, part, search with { Onto = Of }, run with { FirstIndex = run.FirstIndex + first }).Norms;
                for (int i = 0; i < length; i++) within[first + i][draw] = norms[i];
            }
        }
        double scale = Math.Sqrt((double)Dimension / size);
        double law = LinearLaw.Beta(size, Dimension).Mean;
        return [.. within.Select((norms, i) => new Row(whole[i], law, norms, Array.ConvertAll(norms, r => scale * r / whole[i])))];
    }

    internal override ProbeSummary Summarise(IReadOnlyList<object> rows)
    {
        SubspaceSummary all = SubspaceSummary.Of([.. rows.Cast<Row>()], new Rng(0));
        return new([("adversarial", all.Adversarial), ("within", all.Within), ("beta", all.Spread)],
            [("beta_mean", all.Beta), ("beta_std", all.Deviation), ("beta_low", all.Low), ("beta_high", all.High), ("beta_law", all.Law)],
            "beta is the square root of m/d times the distance within a subspace over that in the whole space: 1 where the boundary is "
            + "flat, up to the law, its mean for a flat boundary and few dimensions. Low and high are a bootstrap interval of the "
            + "mean, 95 %.");
    }
}

/// <summary>β over the images and draws in which both searches found a boundary.</summary>
/// <param name="Adversarial">The distance in the whole space.</param>
/// <param name="Within">The distance within a subspace; searches that found none are missing.</param>
/// <param name="Spread">Median and quartiles of √(m/d) · Within / Adversarial.</param>
/// <param name="Beta">Its mean, β(f; m); NaN of nothing, and for m = 1, where it would be infinite.</param>
/// <param name="Deviation">Its deviation.</param>
/// <param name="Low">Lower end of a bootstrap interval of the mean, 95 %, which draws images, not subspaces.</param>
/// <param name="High">The upper end.</param>
/// <param name="Law">β of a flat boundary.</param>
public sealed record SubspaceSummary(
    MedianSpread Adversarial, MedianSpread Within, MedianSpread Spread, double Beta, double Deviation, double Low, double High, double Law)
{
    /// <summary>The summary of rows; the random numbers are those of the interval.</summary>
    public static SubspaceSummary Of(IReadOnlyList<SubspaceRobustness.Row> rows, Rng rng)
    {
        double law = rows.Count == 0 ? double.NaN : rows[0].Law;
        // In one dimension the mean is infinite, and that of a sample says nothing.
        double[] betas = double.IsInfinity(law) ? [] : [.. rows.SelectMany(r => r.Beta).Where(double.IsFinite)];
        double[] images = [.. rows.Select(r => r.Beta.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()).Where(double.IsFinite)];
        (double mean, double deviation) = Statistics.Spread(betas);
        (double low, double high) = (double.NaN, double.NaN);
        if (betas.Length > 0)
        {
            BootstrapInterval interval = BootstrapInterval.OfMean(images, rng);
            (low, high) = (interval.Low, interval.High);
        }
        return new(MedianSpread.Of(rows.Select(r => r.Adversarial)), MedianSpread.Of(rows.SelectMany(r => r.Within)),
            MedianSpread.Of(rows.SelectMany(r => r.Beta)), mean, deviation, low, high, law);
    }
}
