namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Projected ascent of the divergence KL(p(x) ‖ p(x′)) of the output from that of the clean image, whose label it does not look
/// at. TRADES trains against it. Zhang et al., arXiv:1901.08573.
/// </summary>
/// <param name="Within">The changes that are allowed.</param>
/// <param name="Steps">Steps of one search.</param>
/// <param name="StepSize">Length of a step; 2 · radius / steps by default.</param>
/// <param name="Noise">The deviation of the normal noise that it starts with: at the image itself the divergence is flat.</param>
public sealed record DivergencePgd(Threat Within, int Steps = 40, double? StepSize = null, double Noise = 0.001)
    : BallAttack<DivergencePgd.State>(Within)
{
    /// <summary>The iterate, and log p of the clean images.</summary>
    public readonly record struct State(Tensor Point, Tensor Clean) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Clean];

        /// <inheritdoc/>
        public State Take(int[] rows) => new(Point.TakeIndices(0, rows), Clean.TakeIndices(0, rows));
    }

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"pgd-kl: {Steps} steps; at least 1 is needed.");
        if (StepSize is { } size && !(size > 0 && double.IsFinite(size)))
        {
            Throw.Range($"pgd-kl: step size {size} must be positive and finite.");
        }
        if (!(Noise >= 0 && double.IsFinite(Noise))) Throw.Range($"pgd-kl: noise {Noise} must be finite and at least 0.");
    }

    /// <summary>KL(p ‖ q) of each row [rows], from log p and the logits of q.</summary>
    public static Tensor Divergence(Tensor logOfP, Tensor logitsOfQ) => (logOfP.Exp() * (logOfP - logitsOfQ.LogSoftmax(1))).Sum([1]);

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        Tensor clean = rows.Query.Logits(rows.Images).LogSoftmax(1);
        Tensor start = rows.Unchanged();
        if (Noise > 0) start += Rows.Draw(start, rows.Rngs, (rng, n) => Array.ConvertAll(rng.Normal(n), v => v * Noise));
        return new(rows.Project(start), clean);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        Tensor gradient = rows.Gradient(state.Point, logits => Divergence(state.Clean, logits));
        gradient = AwayFromFlat(rows, gradient);
        double step = StepSize ?? 2 * Within.Radius / Steps;
        return new(rows.Project(state.Point + Within.Steepest(gradient) * step), state.Clean);
    }

    /// <summary>Where there is no slope at all, noise shows a way.</summary>
    private static Tensor AwayFromFlat(SearchRows rows, Tensor gradient)
    {
        using RowBuffer<double> largest = Rows.Linf(gradient);
        using RowBuffer<bool> isFlat = new(largest.Count);
        for (int i = 0; i < isFlat.Count; i++) isFlat[i] = largest[i] == 0;
        if (!isFlat.Span.Contains(true)) return gradient;
        return Rows.Choose(isFlat.Span, Rows.Draw(gradient, rows.RngsAt(rows.Iteration), (rng, n) => rng.Normal(n)), gradient);
    }
}
