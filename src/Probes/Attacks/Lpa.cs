namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Lagrangian perceptual attack: several rounds of ascent of the margin less a price on perceptual distance beyond the bound, which
/// grows tenfold between rounds where the bound is not kept. A row leaves with its first point that meets the goal within it.
/// Laidlaw et al., arXiv:2006.12655.
/// </summary>
/// <param name="Within">A perceptual distance: <see cref="FeatureBall"/> or <see cref="LpipsBall"/>. Distances are those of the
/// embedding, for LPIPS the root.</param>
/// <param name="Steps">Steps of a round; the paper evaluates with 40.</param>
/// <param name="Rounds">Rounds, each with a higher price.</param>
/// <param name="StepSize">By how much the first step of a round changes the distance; the bound by default, or
/// 2 · bound / steps where steps do not get shorter.</param>
/// <param name="StepDecay">What the length of a step is multiplied with by the end of a round; 1 for equal steps.</param>
/// <param name="Price">The price of the first round.</param>
/// <param name="MarginCap">Beyond which the margin is worth no more.</param>
/// <param name="Difference">How far along the gradient the change of distance is measured, in pixels.</param>
/// <param name="StartNoise">Deviation of the normal noise that a search starts with.</param>
/// <param name="Projection">How points outside are led back in the end.</param>
/// <param name="Overshoot">How much farther than to the border a Newton step goes.</param>
public sealed record Lpa(
    Threat Within, int Steps = 20, int Rounds = 5, double? StepSize = null, double StepDecay = 0.1, double Price = 0.01,
    double MarginCap = 1, double Difference = 0.1, double StartNoise = 0.01,
    PerceptualProjection Projection = PerceptualProjection.Newton, double Overshoot = 0.1) : BallAttack<Lpa.State>(Within)
{
    /// <summary>What a round multiplies the price with where the bound was not kept.</summary>
    private const double PriceRise = 10;

    /// <summary>The iterate, φ of the clean image, the price of each row, and whether its last point was within the bound.</summary>
    public readonly record struct State(Tensor Point, Tensor Features, double[] Price, bool[]? WereAllowed) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Features];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            (double[] price, bool[]? allowed) = (Price, WereAllowed);
            return new(Point.TakeIndices(0, rows), Features.TakeIndices(0, rows), Array.ConvertAll(rows, row => price[row]),
                allowed is null ? null : Array.ConvertAll(rows, row => allowed[row]));
        }
    }

    /// <inheritdoc/>
    public override Loss Loss { get; init; } = Loss.Margin;

    /// <inheritdoc/>
    protected override int Iterations => Steps * Rounds;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        PerceptualChecks.Check("lpa", Within, Steps, StepSize, MarginCap, StartNoise, Overshoot);
        PerceptualChecks.Positive("lpa", "step decay", StepDecay);
        PerceptualChecks.Positive("lpa", "price", Price);
        PerceptualChecks.Positive("lpa", "difference", Difference);
        if (Rounds < 1) Throw.Range($"lpa: {Rounds} rounds; at least 1 is needed.");
        if ((long)Steps * Rounds > int.MaxValue) Throw.Range($"lpa: {Rounds} rounds of {Steps} steps are too many. Give fewer.");
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        double[] price = new double[rows.Count];
        Array.Fill(price, Price);
        return new(Lagrangian.Noisy(rows, StartNoise), ((PerceptualBall)rows.Threat).Embed(rows.Images), price, null);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        double bound = ((PerceptualBall)rows.Threat).Bound;
        int step = rows.Iteration % Steps;
        double first = StepSize ?? (StepDecay == 1 ? 2 * bound / Steps : bound);
        double length = first * Math.Pow(StepDecay, (double)step / Steps);
        Lagrangian.Move move = Lagrangian.Step(rows, state.Features, state.Point, state.Price, Loss, MarginCap, length, Difference);
        (double[] price, bool[] allowed) = ([.. state.Price], new bool[rows.Count]);
        for (int i = 0; i < price.Length; i++)
        {
            allowed[i] = move.Distance[i] <= bound;
            if (allowed[i] && move.IsMet[i]) rows.End(i, ExampleStatus.Completed);
            // As in the authors' code, by the last distance that was looked at, the one before the last step of the round.
            if (step == Steps - 1 && move.Distance[i] >= bound) price[i] *= PriceRise;
        }
        return new(move.Point, state.Features, price, allowed);
    }

    /// <inheritdoc/>
    protected override State Finish(SearchRows rows, State state) => state with
    {
        Point = ((PerceptualBall)rows.Threat).Return(rows, state.Features, state.Point, Projection, Overshoot),
    };
}

/// <summary>What perceptual attacks refuse.</summary>
internal static class PerceptualChecks
{
    public static void Check(
        string name, Threat within, int steps, double? stepSize, double marginCap, double startNoise, double overshoot)
    {
        if (within is not PerceptualBall)
        {
            Throw.Argument($"{name}: {within} is no perceptual distance. Use one such as --threat features:0.5 or --threat lpips:0.05.");
        }
        if (!(within.Radius > 0)) Throw.Range($"{name}: radius {within.Radius} allows nothing. Give a positive one.");
        if (steps < 0) Throw.Range($"{name}: {steps} steps; at least 0 are needed.");
        if (stepSize is { } size) Positive(name, "step size", size);
        if (double.IsNaN(marginCap)) Throw.Range($"{name}: margin cap {marginCap} is no number. Use Infinity for none.");
        NotNegative(name, "start noise", startNoise);
        NotNegative(name, "overshoot", overshoot);
    }

    public static void NotNegative(string name, string what, double value)
    {
        if (!(value >= 0 && double.IsFinite(value))) Throw.Range($"{name}: {what} {value} must be finite and at least 0.");
    }

    public static void Positive(string name, string what, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) Throw.Range($"{name}: {what} {value} must be positive and finite.");
    }
}
