namespace MiniGrad.Probes.Attacks;

/// <summary>Steps along a running sum of gradients, each divided by its L1 norm. Dong et al., arXiv:1710.06081.</summary>
/// <param name="Within">The changes that are allowed.</param>
/// <param name="Steps">Steps from the image.</param>
/// <param name="Decay">How much of the sum a step keeps.</param>
public sealed record MiFgsm(Threat Within, int Steps = 10, double Decay = 1) : BallAttack<MiFgsm.State>(Within)
{
    /// <summary>The iterate and the running sum.</summary>
    public readonly record struct State(Tensor Point, Tensor Momentum) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Momentum];

        /// <inheritdoc/>
        public State Take(int[] rows) => new(Point.TakeIndices(0, rows), Momentum.TakeIndices(0, rows));
    }

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"mi-fgsm: {Steps} steps; at least 1 is needed.");
        if (!(Decay >= 0 && double.IsFinite(Decay))) Throw.Range($"mi-fgsm: decay {Decay} must be finite and at least 0.");
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        Tensor start = rows.Unchanged();
        return new(start, Ops.Zeros(start.Shape, start.Type, start.Device));
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        Tensor gradient = rows.Gradient(state.Point);
        Tensor size = gradient.NormL1(Rows.Axes(gradient), keepDims: true);
        Tensor momentum = state.Momentum * Decay + gradient / size.Where(size > 0, 1);
        return new(rows.Project(state.Point + Within.Steepest(momentum) * (Within.Radius / Steps)), momentum);
    }
}
