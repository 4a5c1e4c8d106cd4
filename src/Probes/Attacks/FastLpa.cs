namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The Lagrangian perceptual attack in one round whose price rises from step to step: cheap enough to train against, which takes the
/// last point as it is. As an attack it returns points within the bound: those that it passed, else the last one led back.
/// Laidlaw et al., arXiv:2006.12655.
/// </summary>
/// <param name="Within">A perceptual distance: <see cref="FeatureBall"/> or <see cref="LpipsBall"/>. Distances are those of the
/// embedding, for LPIPS the root.</param>
/// <param name="Steps">Steps of the search; the paper trains with 10.</param>
/// <param name="StepSize">By how much the first step changes the distance; the bound by default.</param>
/// <param name="StepDecay">What the length of a step is multiplied with by the end.</param>
/// <param name="Price">The price that is reached at the end, from a tenth of it.</param>
/// <param name="MarginCap">Beyond which the margin is worth no more.</param>
/// <param name="Difference">How far along the gradient the change of distance is measured, in pixels.</param>
/// <param name="StartNoise">Deviation of the normal noise that a search starts with.</param>
/// <param name="Projection">How points outside are led back in the end. The paper has no way back; they are near the bound by then,
/// and bisection keeps more of what was gained than Newton's overshoot.</param>
/// <param name="Overshoot">How much farther than to the border a Newton step goes.</param>
public sealed record FastLpa(
    Threat Within, int Steps = 20, double? StepSize = null, double StepDecay = 0.1, double Price = 10,
    double MarginCap = double.PositiveInfinity, double Difference = 0.1, double StartNoise = 0.01,
    PerceptualProjection Projection = PerceptualProjection.Bisection, double Overshoot = 0.1) : BallAttack<FastLpa.State>(Within)
{
    /// <summary>The first price as a share of the last.</summary>
    private const double FirstPrice = 0.1;

    /// <summary>The attacked image, φ of the clean one, and whether the last attacked image was within the bound.</summary>
    public readonly record struct State(Tensor Point, Tensor Features, bool[]? WereAllowed) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Features];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            bool[]? allowed = WereAllowed;
            return new(Point.TakeIndices(0, rows), Features.TakeIndices(0, rows),
                allowed is null ? null : Array.ConvertAll(rows, row => allowed[row]));
        }
    }

    /// <inheritdoc/>
    public override Loss Loss { get; init; } = Loss.Margin;

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        PerceptualChecks.Check("fast-lpa", Within, Steps, StepSize, MarginCap, StartNoise, Overshoot);
        PerceptualChecks.Positive("fast-lpa", "step decay", StepDecay);
        PerceptualChecks.Positive("fast-lpa", "price", Price);
        PerceptualChecks.Positive("fast-lpa", "difference", Difference);
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows) =>
        new(Lagrangian.Noisy(rows, StartNoise), ((PerceptualBall)rows.Threat).Embed(rows.Images), null);

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        double bound = ((PerceptualBall)rows.Threat).Bound;
        double done = (double)rows.Iteration / Steps;
        using RowBuffer<double> prices = new(rows.Count);
        prices.Span.Fill(Price * Math.Pow(FirstPrice, 1 - done));
        double length = (StepSize ?? bound) * Math.Pow(StepDecay, done);
        Lagrangian.Move move = Lagrangian.Step(rows, state.Features, state.Point, prices.Span, Loss, MarginCap, length, Difference);
        return new(move.Point, state.Features, Array.ConvertAll(move.Distance, d => d <= bound));
    }

    /// <inheritdoc/>
    protected override bool TrainsOutside => true;

    /// <inheritdoc/>
    protected override State Finish(SearchRows rows, State state) => state with
    {
        Point = ((PerceptualBall)rows.Threat).Return(rows, state.Features, state.Point, Projection, Overshoot),
    };
}
