using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Directions;

/// <summary>What the random directions of <see cref="RandomLines"/> are.</summary>
public enum LineKind
{
    /// <summary>Uniform on the sphere; lengths are L2 norms.</summary>
    Gaussian,

    /// <summary>Random signs of all pixels; lengths are L∞ norms, the size of the noise.</summary>
    Sign,
}

/// <summary>How a line is searched.</summary>
public enum LineScan
{
    /// <summary>In steps that grow by a factor of 1.2, then 40 halvings. A thin region may be jumped over.</summary>
    Geometric,

    /// <summary>
    /// So, and then in 1000 equal steps up to twice what was found, which sees what was jumped over and counts crossings.
    /// </summary>
    Linear,
}

/// <summary>
/// How far the boundary is along random lines through images, both ways, beside its distance in the worst direction: Δ_v of Fawzi et
/// al., NeurIPS 2016. Where no crossing is found the length is infinite; such lengths have no mean, only medians.
/// </summary>
/// <param name="Kind">The directions.</param>
/// <param name="Directions">Directions of an image.</param>
/// <param name="Scan">How a line is searched.</param>
/// <param name="Clip">Whether points are clipped into the pixel box; lengths are then those of the clipped change.</param>
/// <param name="Longest">The L2 length (before clipping) to which a line is followed; 1000 √d if none is given.</param>
public sealed record RandomLines(
    LineKind Kind = LineKind.Gaussian, int Directions = 10, LineScan Scan = LineScan.Geometric, bool Clip = false,
    double? Longest = null) : Probe<RandomLines.Row>
{
    /// <summary>What is found at an image.</summary>
    /// <param name="Adversarial">The norm of the smallest change that DeepFool finds, L2 or for signs L∞; NaN where it finds none.</param>
    /// <param name="Law">What the median of length / Adversarial would be if the boundary were flat; NaN where DeepFool finds none.</param>
    /// <param name="Plus">The length along each direction; infinite where nothing was found.</param>
    /// <param name="Minus">The length against it.</param>
    /// <param name="Crossings">Changes of the prediction along each direction, both ways; only of a linear scan.</param>
    public sealed record Row(double Adversarial, double Law, double[] Plus, double[] Minus, int[] Crossings)
    {
        /// <summary>The median of <see cref="Lengths"/>.</summary>
        public double Median => MedianSpread.Of(Lengths()).Median;

        /// <summary>Directions in which nothing was found.</summary>
        public int Infinite => Lengths().Count(double.IsInfinity);

        /// <summary>The shorter of both lengths of each direction. A line of a file knows no infinity and has NaN in its place.</summary>
        public double[] Lengths() => [.. Plus.Zip(Minus, (a, b) => Math.Min(Known(a), Known(b)))];

        private static double Known(double length) => double.IsNaN(length) ? double.PositiveInfinity : length;
    }

    /// <inheritdoc/>
    internal override int Together => 16;

    /// <inheritdoc/>
    public override void Check(Classifier classifier)
    {
        if (Directions < 1) Throw.Range($"directions: {Directions} directions; at least 1 is needed.");
        if (Longest is { } longest && !(longest > 0 && double.IsFinite(longest)))
        {
            Throw.Range($"directions: longest {longest} must be positive and finite.");
        }
    }

    /// <inheritdoc/>
    public override Row Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        classifier.CheckImage(image, "directions");
        return Of(classifier, image, [rng], new RunContext())[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Row> MeasureAll(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        run ??= new RunContext { ChunkSize = 256 };
        run.Check();
        return Of(classifier, images, [.. Enumerable.Range(0, images.Shape[0]).Select(run.ExampleRng)], run);
    }

    private Row[] Of(Classifier classifier, Tensor images, Rng[] rngs, RunContext run)
    {
        Check(classifier);
        classifier.CheckImages(images, "directions");
        images = images.Detach();
        int size = (int)classifier.InputShape.Count;
        double root = Math.Sqrt(size);
        bool isSign = Kind == LineKind.Sign;
        Nearest near = Nearest.Of(classifier, images, new DeepFool(Clip: Clip), run);
        double[] adversarial = isSign
            ? Nearest.Of(classifier, images, new DeepFool(PerturbationNorm.Linf, Clip: Clip), run).Norms
            : near.Norms;
        IEnumerable<Ray> Rays()
        {
            for (int line = 0; line < rngs.Length * Directions; line++)
            {
                int i = line / Directions;
                double[] direction = Direction(rngs[i].At("lines").At(line % Directions), size);
                double start = near.Norms[i] > 0 ? near.Norms[i] / 2 : 1e-3 * root;
                foreach (int sign in (int[])[1, -1])
                {
                    yield return new(2 * line + (1 - sign) / 2, i, direction, sign, start, Longest ?? 1e3 * root)
                    {
                        Scan = (Scan == LineScan.Linear, Longest),
                    };
                }
            }
        }
        double[] lengths = new double[2 * Directions * rngs.Length];
        int[] crossings = new int[lengths.Length];
        LineSearch search = new(classifier, images, near.Classes, Clip);
        search.Follow(Rays(), run.ChunkSize, ray =>
        {
            lengths[ray.Number] = !Clip ? ray.Length / (isSign ? root : 1) : Norm(search.Change(ray), isSign);
            crossings[ray.Number] = ray.Crossings;
        }, run.Cancellation);
        return [.. Enumerable.Range(0, rngs.Length).Select(i =>
        {
            double[] own = lengths.AsSpan(2 * Directions * i, 2 * Directions).ToArray();
            double law = double.IsNaN(near.Norms[i]) ? double.NaN
                : isSign ? LinearLaw.Signs(near.Change(i)) : LinearLaw.Lines(size).Median;
            return new Row(adversarial[i], law, [.. own.Where((_, k) => k % 2 == 0)], [.. own.Where((_, k) => k % 2 == 1)],
                Scan != LineScan.Linear ? []
                    : [.. crossings.Skip(2 * Directions * i).Take(2 * Directions).Chunk(2).Select(pair => pair[0] + pair[1])]);
        })];
    }

    internal override ProbeSummary Summarise(IReadOnlyList<object> rows)
    {
        LineSummary all = LineSummary.Of([.. rows.Cast<Row>()]);
        List<(string, MedianSpread)> medians =
        [
            ("adversarial", all.Adversarial), ("length", all.Length), ("ratio", all.Ratio), ("law", all.Law),
            ("ratio_over_law", all.OverLaw),
        ];
        if (all.Crossings.Count > 0) medians.Add(("crossings", all.Crossings));
        return new(medians, [], "length is the distance along a random line, adversarial that in the worst direction, ratio their "
            + "quotient, and law the median that the ratio would have if the boundary were flat. A length has no mean: where no "
            + "crossing was found it is infinite.");
    }

    private double[] Direction(Rng rng, int size)
    {
        double[] v = rng.Normal(size);
        if (Kind == LineKind.Sign)
        {
            double root = Math.Sqrt(size);
            return Array.ConvertAll(v, x => x < 0 ? -1 / root : 1 / root);
        }
        double length = Norm(v, isLargest: false);
        return Array.ConvertAll(v, x => x / length);
    }

    private static double Norm(double[] v, bool isLargest) => isLargest ? v.Max(Math.Abs) : Math.Sqrt(v.Sum(x => x * x));
}

/// <summary>Random lines of many images, all directions of all images together.</summary>
/// <param name="Adversarial">The distance in the worst direction; images where none was found are missing.</param>
/// <param name="Length">The length along a line; infinite where nothing was found.</param>
/// <param name="Ratio">Length / Adversarial.</param>
/// <param name="Law">What the median of an image's ratio would be if the boundary were flat.</param>
/// <param name="OverLaw">Ratio / Law: 1 at the median if the boundary were flat.</param>
/// <param name="Crossings">Changes of the prediction along a line; of nothing but for linear scans.</param>
public sealed record LineSummary(
    MedianSpread Adversarial, MedianSpread Length, MedianSpread Ratio, MedianSpread Law, MedianSpread OverLaw, MedianSpread Crossings)
{
    /// <summary>The summary of rows.</summary>
    public static LineSummary Of(IReadOnlyList<RandomLines.Row> rows) => new(
        MedianSpread.Of(rows.Select(r => r.Adversarial)),
        MedianSpread.Of(rows.SelectMany(r => r.Lengths())),
        MedianSpread.Of(rows.SelectMany(r => r.Lengths().Select(length => length / r.Adversarial))),
        MedianSpread.Of(rows.Select(r => r.Law)),
        MedianSpread.Of(rows.SelectMany(r => r.Lengths().Select(length => length / r.Adversarial / r.Law))),
        MedianSpread.Of(rows.SelectMany(r => r.Crossings.Select(n => (double)n))));
}
