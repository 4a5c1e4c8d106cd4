namespace MiniGrad.Probes.Attacks;

/// <summary>
/// A walk along the boundary towards the image that sees nothing but predicted classes. From uniform noise that is wrong, halved towards
/// the image, each step goes some way across, on the sphere around the image, and if the point is still wrong some way in; the steps of
/// each image grow and shrink so that some of them succeed. Brendel et al., arXiv:1712.04248.
/// </summary>
/// <param name="Iterations">Steps of the walk, at two forward passes at most.</param>
/// <param name="SphericalStep">The first step across, as a share of the distance to the image.</param>
/// <param name="SourceStep">The first step towards the image, as a share of the distance.</param>
/// <param name="Adaptation">What steps are multiplied or divided by.</param>
/// <param name="StartDraws">Images of noise that are tried for a start.</param>
public sealed record BoundaryWalk(
    int Iterations = 1000, double SphericalStep = 0.01, double SourceStep = 0.01, double Adaptation = 1.5, int StartDraws = 100)
    : MinimalAttack<BoundaryWalk.State>(PerturbationNorm.L2, Clip: true)
{
    /// <summary>The step towards the image below which a walk has arrived.</summary>
    private const double ShortestStep = 1e-7;

    /// <summary>The perturbation of each row, its length and its pace.</summary>
    public readonly record struct State(Tensor Point, double[] Lengths) : IRowState<State>
    {
        internal WalkPace[] Paces { get; init; } = [];

        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            (double[] lengths, WalkPace[] paces) = (Lengths, Paces);
            return new(Point.TakeIndices(0, rows), Array.ConvertAll(rows, row => lengths[row]))
            {
                Paces = Array.ConvertAll(rows, row => paces[row]),
            };
        }
    }

    /// <inheritdoc/>
    public override int Iterations { get; init; } = Iterations;

    /// <summary>A classifier that tells classes only has no normal.</summary>
    private protected override bool MeasuresNormal => false;

    /// <inheritdoc/>
    public override void Check()
    {
        if (Iterations < 1) Throw.Range($"boundary-walk: {Iterations} iterations; at least 1 is needed.");
        if (StartDraws < 1) Throw.Range($"boundary-walk: {StartDraws} draws for a start; at least 1 is needed.");
        foreach (double step in (double[])[SphericalStep, SourceStep])
        {
            if (!(step is > 0 and < 1)) Throw.Range($"boundary-walk: step {step} is outside (0, 1).");
        }
        if (!(Adaptation > 1 && double.IsFinite(Adaptation)))
        {
            Throw.Range($"boundary-walk: adaptation {Adaptation} must be above 1 and finite.");
        }
    }

    /// <summary>Noise that meets the goal, led towards the image until it just does.</summary>
    protected override State Start(SearchRows rows)
    {
        Tensor shifts = Ops.Zeros(rows.Images.Shape, rows.Images.Type, rows.Images.Device);
        double[] shares = new double[rows.Count];
        double half = (rows.Classifier.High - rows.Classifier.Low) / 2;
        Rng[] rngs = rows.RngsAt("start");
        int[] open = [.. Enumerable.Range(0, rows.Count)];
        for (int draw = 0; draw < StartDraws && open.Length > 0; draw++)
        {
            Tensor images = rows.Images.TakeIndices(0, open);
            Tensor noise = Rows.Uniform(images, Array.ConvertAll(open, row => rngs[row].At(draw)), half) + (rows.Classifier.Low + half);
            Tensor ways = noise - images;
            bool[] isWrong = AreWrong(rows, images, ways, open);
            int[] wrong = [.. Enumerable.Range(0, open.Length).Where(k => isWrong[k])];
            if (wrong.Length == 0) continue;
            shifts = Rows.Put(ways.TakeIndices(0, wrong), Array.ConvertAll(wrong, k => open[k]), shifts);
            foreach (int k in wrong) shares[open[k]] = 1;
            open = [.. open.Where(row => shares[row] == 0)];
        }
        foreach (int row in open)
        {
            rows.End(row, ExampleStatus.InitFailed, $"none of {StartDraws} images of noise is of another class");
        }
        Boundary.Bisection.OnRays(rows, shifts, shares, (x, r) => Image(rows.Classifier, x, r));
        Tensor start = shifts * Rows.Scale(shares, shifts);
        WalkPace[] paces = new WalkPace[rows.Count];
        Array.Fill(paces, new(SphericalStep, SourceStep));
        return new(start, Rows.L2(start).ToArray()) { Paces = paces };
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        using RowBuffer<double> clean = Rows.Read(rows.Images);
        using RowBuffer<double> across = Rows.Read(state.Point);
        int size = across.Count / rows.Count;
        Rng[] rngs = rows.RngsAt(rows.Iteration);
        bool isSingle = state.Point.Type == DType.F32;
        for (int i = 0; i < rows.Count; i++)
        {
            Span<double> row = across.Span.Slice(i * size, size);
            Cross(row, rngs[i].Normal(size), state.Lengths[i], state.Paces[i].Spherical);
            Clamp(row, clean.Span.Slice(i * size, size), rows.Classifier, isSingle);
        }
        Tensor onSphere = Of(across.Span, state.Point);
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        bool[] isWrong = AreWrong(rows, rows.Images, onSphere, all);
        int[] wrong = [.. all.Where(i => isWrong[i])];
        bool[] isNearer = new bool[rows.Count];
        double[] lengths = [.. state.Lengths];
        Tensor nearer = state.Point;
        if (wrong.Length > 0)
        {
            double[] ahead = new double[rows.Count];
            foreach (int i in wrong)
            {
                ahead[i] = Approach(across.Span.Slice(i * size, size), lengths[i], state.Paces[i].Source, isSingle);
            }
            nearer = Of(across.Span, state.Point);
            bool[] isStill = AreWrong(rows, rows.Images.TakeIndices(0, wrong), nearer.TakeIndices(0, wrong), wrong);
            for (int k = 0; k < wrong.Length; k++)
            {
                int i = wrong[k];
                isNearer[i] = isStill[k] && ahead[i] < lengths[i];
                if (isNearer[i]) lengths[i] = ahead[i];
            }
        }
        WalkPace[] paces = [.. state.Paces.Select((pace, i) => pace.After(isWrong[i], isNearer[i], Adaptation))];
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Iteration + 1 >= Iterations || paces[i].Source < ShortestStep) rows.End(i, ExampleStatus.Reached);
        }
        Tensor point = wrong.Length > 0 ? Rows.Choose(isNearer, nearer, state.Point) : state.Point;
        return new(point, lengths) { Paces = paces };
    }

    /// <summary>The walk ends beside the boundary; halving the way to the image ends at it.</summary>
    protected override Tensor Shorten(SearchRows rows, Tensor shifts)
    {
        double[] shares = [.. Enumerable.Repeat(1.0, rows.Count)];
        Boundary.Bisection.OnRays(rows, shifts, shares, (x, r) => Image(rows.Classifier, x, r));
        return shifts * Rows.Scale(shares, shifts);
    }

    /// <summary>Of a classifier's answers nothing but the class is looked at, and whether there is one.</summary>
    private bool[] AreWrong(SearchRows rows, Tensor images, Tensor shifts, int[] owners)
    {
        Tensor logits = rows.Query.Logits(Image(rows.Classifier, images, shifts), owners);
        bool[] finite = Logits.AreFinite(logits);
        int[] classes = Logits.Prediction(logits);
        return [.. owners.Select((row, k) => finite[k] && rows.Goal.IsMet(row, classes[k]))];
    }

    /// <summary>From r to another point of the sphere around the image: a normal step across, (r + η) / √(1 + step²).</summary>
    private static void Cross(Span<double> shift, double[] noise, double length, double step)
    {
        if (!(length > 0)) return;
        double along = 0;
        for (int i = 0; i < shift.Length; i++) along += noise[i] * shift[i];
        double square = 0;
        for (int i = 0; i < shift.Length; i++)
        {
            noise[i] -= along / (length * length) * shift[i];
            square += noise[i] * noise[i];
        }
        if (!(square > 0)) return;
        double scale = step * length / Math.Sqrt(square);
        for (int i = 0; i < shift.Length; i++) shift[i] = (shift[i] + scale * noise[i]) / Math.Sqrt(1 + step * step);
    }

    /// <summary>Towards the image by a share of the distance, and by what rounding added on the way across; returns the new one.</summary>
    private static double Approach(Span<double> shift, double length, double step, bool isSingle)
    {
        double here = BoxProjection.Length(Threat.L2(0), shift);
        double way = Math.Max(0, step * length + here - length);
        double left = here > 0 ? Math.Max(0, 1 - way / here) : 0;
        foreach (ref double value in shift) value = isSingle ? (float)(value * left) : value * left;
        return BoxProjection.Length(Threat.L2(0), shift);
    }

    private static void Clamp(Span<double> shift, ReadOnlySpan<double> clean, Classifier box, bool isSingle)
    {
        for (int i = 0; i < shift.Length; i++)
        {
            double value = Math.Clamp(shift[i], box.Low - clean[i], box.High - clean[i]);
            shift[i] = isSingle ? (float)value : value;
        }
    }

    private static Tensor Of(ReadOnlySpan<double> values, Tensor like) => Tensor.From(values, like.Shape, like.Device).Cast(like.Type);
}
