namespace MiniGrad.Probes.Attacks;

/// <summary>
/// An attack that looks for the smallest perturbation that changes the prediction. It starts from the class that the network
/// predicts, right or wrong, since a distance to the boundary is one of the network and not of the labels, which only say whose
/// confidence is reported. It has no threat and reports norms, never an accuracy. What is searched is the perturbation; unless
/// <paramref name="Clip"/> is set, outputs may leave the pixel box.
/// </summary>
/// <param name="Norm">The norm that is kept small.</param>
/// <param name="Clip">Whether every image that is looked at is clipped into the pixel box.</param>
public abstract record MinimalAttack(PerturbationNorm Norm, bool Clip) : Search
{
    /// <summary>The norm that is kept small.</summary>
    public PerturbationNorm Norm { get; } = Norm;

    /// <summary>Whether every image that is looked at is clipped into the pixel box.</summary>
    public bool Clip { get; } = Clip;

    /// <summary>The most iterations of a row.</summary>
    public abstract int Iterations { get; init; }

    /// <inheritdoc/>
    public override AttackNeeds Needs() => AttackNeeds.Labels;

    /// <summary>Whether the boundary's normal at the end of a perturbation is measured, which needs gradients.</summary>
    private protected virtual bool MeasuresNormal => true;

    internal sealed override bool LeavesPrediction => true;

    internal sealed override bool IsInBox => Clip;

    internal sealed override bool KeepsPointOf(ExampleStatus? status) => status == ExampleStatus.Reached;

    internal sealed override void Open(SearchChunk chunk)
    {
        for (int i = 0; i < chunk.Count; i++)
        {
            bool isThere = chunk.Goal.IsTargeted && chunk.Goal.Classes[i] == chunk.StartClasses[i];
            chunk.Status[i] = !chunk.Finite[i] ? ExampleStatus.NonFinite : isThere ? ExampleStatus.SameClass : null;
        }
    }

    internal sealed override Tensor Render(Classifier classifier, Tensor clean, Tensor point) => Image(classifier, clean, point);

    /// <summary>The image of a perturbation.</summary>
    internal Tensor Image(Classifier classifier, Tensor clean, Tensor shift) =>
        Clip ? (clean + shift).Clamp(classifier.Low, classifier.High) : clean + shift;

    internal sealed override IEnumerable<ExampleResult> Judge(SearchChunk chunk, Tensor output, ExampleResult[] results, bool[] finite)
    {
        (double[] sizeL2, double[] sizeLinf) = (Rows.L2(chunk.Images).ToArray(), Rows.Linf(chunk.Images).ToArray());
        double[] cosine = MeasuresNormal ? Cosines(chunk, output, results) : [.. Enumerable.Repeat(double.NaN, chunk.Count)];
        for (int i = 0; i < results.Length; i++)
        {
            ExampleResult e = results[i];
            bool success = e.Status == ExampleStatus.Reached && finite[i] && chunk.Goal.IsMet(i, e.Prediction);
            double Of(double value) => success ? value : double.NaN;
            BoundaryGeometry boundary = new(chunk.StartClasses[i], chunk.FirstOrderDistances[i], Of(cosine[i]), chunk.Linearizations[i],
                Of(Ratio(e.DistanceL2, sizeL2[i])), Of(Ratio(e.DistanceLinf, sizeLinf[i])));
            yield return e with { Success = success, Boundary = boundary };
        }
    }

    internal sealed override void Warn(ExampleResult[] results, int vanished, string examples, ICollection<string> warnings)
    {
        int flat = results.Count(e => e.Status == ExampleStatus.Flat);
        int undefined = results.Count(e => e.Status == ExampleStatus.NonFinite);
        if (flat > 0) warnings.Add($"zero gradients: {flat} {examples} met gradients of zero and have no way to go.");
        if (undefined > 0) warnings.Add($"non-finite: {undefined} {examples} met NaN or infinite logits; no average includes them.");
    }

    /// <summary>
    /// The cosine of each perturbation and the boundary's normal at its end, from passes that are not charged to the attack.
    /// </summary>
    private static double[] Cosines(SearchChunk chunk, Tensor output, ExampleResult[] results)
    {
        double[] cosines = [.. Enumerable.Repeat(double.NaN, chunk.Count)];
        int[] crossed = [.. Enumerable.Range(0, chunk.Count).Where(chunk.IsKept)];
        if (crossed.Length == 0) return cosines;
        Arena.Step(
            () =>
            {
                Tensor points = output.TakeIndices(0, crossed);
                Tensor normals = new Query(chunk.Classifier, crossed.Length).Pull(points, logits =>
                    [Logits.MarginCotangent(logits, Array.ConvertAll(crossed, i => results[i].Prediction),
                        Array.ConvertAll(crossed, i => chunk.StartClasses[i]))]).Gradients[0];
                Tensor shifts = points - chunk.Images.TakeIndices(0, crossed);
                using RowBuffer<double> dot = Rows.Dot(shifts, normals);
                using RowBuffer<double> shift = Rows.L2(shifts);
                using RowBuffer<double> normal = Rows.L2(normals);
                for (int i = 0; i < crossed.Length; i++) cosines[crossed[i]] = Ratio(dot[i], shift[i] * normal[i]);
                return 0;
            }, _ => []);
        return cosines;
    }

    /// <summary>A black image has no relative perturbation, a flat place no normal.</summary>
    private static double Ratio(double a, double b) => b > 0 ? a / b : double.NaN;
}

/// <summary>A search for the smallest perturbation with its state, whose point is the perturbation of each open row.</summary>
/// <param name="Norm">The norm that is kept small.</param>
/// <param name="Clip">Whether every image that is looked at is clipped into the pixel box.</param>
public abstract record MinimalAttack<TState>(PerturbationNorm Norm, bool Clip) : MinimalAttack(Norm, Clip)
    where TState : struct, IRowState<TState>
{
    /// <summary>The most steps of a row; another number than the iterations where these are those of one of several searches.</summary>
    protected virtual int MostSteps => Iterations;

    /// <summary>Where the rows start.</summary>
    protected abstract TState Start(SearchRows rows);

    /// <summary>One step of all open rows; a row that has crossed is ended as <see cref="ExampleStatus.Reached"/>.</summary>
    protected abstract TState Step(SearchRows rows, TState state);

    /// <summary>Improves the perturbations of all rows that have crossed.</summary>
    protected virtual Tensor Shorten(SearchRows rows, Tensor shifts) => shifts;

    internal sealed override Tensor Improve(SearchRows rows, Tensor points) => Shorten(rows, points);

    internal sealed override void Run(SearchLoop loop) => loop.Run<TState>((_, _) => MostSteps, Start, Step);
}
