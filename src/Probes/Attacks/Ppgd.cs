namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Perceptual projected gradient descent: each step raises the margin most among all that change the embedding by a given length, to
/// first order, and is followed by a projection. The direction (JᵀJ)⁻¹∇, J = ∂φ/∂x, comes from conjugate gradients; J v is exact, by
/// forward mode, where the paper takes a difference. Laidlaw et al., arXiv:2006.12655.
/// </summary>
/// <param name="Within">A perceptual distance: <see cref="FeatureBall"/> or <see cref="LpipsBall"/>. Distances are those of the
/// embedding, for LPIPS the root.</param>
/// <param name="Steps">Steps of a search; the paper evaluates with 40.</param>
/// <param name="StepSize">By how much a step changes the embedding; 2 · bound / steps by default.</param>
/// <param name="CgIterations">Iterations of conjugate gradients.</param>
/// <param name="CgTolerance">They stop where the squared residual is below it.</param>
/// <param name="MarginCap">Beyond which the margin is worth no more.</param>
/// <param name="StartNoise">Deviation of the normal noise that a search starts with.</param>
/// <param name="Projection">How points outside are led back.</param>
/// <param name="Overshoot">How much farther than to the border a Newton step goes.</param>
public sealed record Ppgd(
    Threat Within, int Steps = 5, double? StepSize = null, int CgIterations = 5, double CgTolerance = 0.1, double MarginCap = 1,
    double StartNoise = 0.01, PerceptualProjection Projection = PerceptualProjection.Newton, double Overshoot = 0.1)
    : BallAttack<Ppgd.State>(Within)
{
    /// <summary>Rows of a shorter gradient stay.</summary>
    private const double Flat = 1e-4;

    /// <summary>The iterate and φ of the clean image.</summary>
    public readonly record struct State(Tensor Point, Tensor Features) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Features];

        /// <inheritdoc/>
        public State Take(int[] rows) => new(Point.TakeIndices(0, rows), Features.TakeIndices(0, rows));
    }

    /// <inheritdoc/>
    public override Loss Loss { get; init; } = Loss.Margin;

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        PerceptualChecks.Check("ppgd", Within, Steps, StepSize, MarginCap, StartNoise, Overshoot);
        if (CgIterations < 1) Throw.Range($"ppgd: {CgIterations} iterations of conjugate gradients; at least 1 is needed.");
        PerceptualChecks.NotNegative("ppgd", "tolerance of conjugate gradients", CgTolerance);
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        PerceptualBall ball = (PerceptualBall)rows.Threat;
        Tensor features = ball.Embed(rows.Images);
        return new(ball.Return(rows, features, Lagrangian.Noisy(rows, StartNoise), Projection, Overshoot), features);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        PerceptualBall ball = (PerceptualBall)rows.Threat;
        Tensor gradient = Uncapped(rows, state.Point, rows.Gradient(state.Point));
        (Tensor direction, Tensor change) = Direction(ball, state.Point, gradient);
        using RowBuffer<double> steepness = Rows.L2(gradient);
        using RowBuffer<double> lengths = Rows.L2(change);
        double length = StepSize ?? 2 * ball.Bound / Steps;
        for (int i = 0; i < lengths.Count; i++)
        {
            lengths[i] = steepness[i] < Flat || lengths[i] == 0 ? 0 : length / lengths[i];
        }
        Tensor stepped = rows.Clamp(state.Point + direction * Rows.Scale(lengths.Span, direction));
        return new(ball.Return(rows, state.Features, stepped, Projection, Overshoot), state.Features);
    }

    /// <summary>The gradient where the loss is worth more, zero where it has reached the cap.</summary>
    private Tensor Uncapped(SearchRows rows, Tensor point, Tensor gradient)
    {
        using RowBuffer<double> loss = Rows.Read(Loss.Of(rows.Query.Logits(point), rows.Goal));
        using RowBuffer<bool> capped = new(loss.Count);
        for (int i = 0; i < loss.Count; i++) capped[i] = loss[i] >= MarginCap;
        return capped.Span.Contains(true) ? Rows.Choose(capped.Span, Zeros(gradient), gradient) : gradient;
    }

    /// <summary>d of (JᵀJ) d = gradient by conjugate gradients, each row on its own, and J d.</summary>
    private (Tensor Direction, Tensor Change) Direction(PerceptualBall ball, Tensor point, Tensor gradient)
    {
        Tensor leaf = point.Detach().Tracked();
        Tensor features = ball.Embed(leaf);
        (Tensor residual, Tensor search) = (gradient, gradient);
        (Tensor direction, Tensor change) = (Zeros(gradient), Zeros(features));
        double[] size = Rows.Dot(residual, residual).ToArray();
        bool[] isDone = Array.ConvertAll(size, s => !(s > 0 && double.IsFinite(s)));
        for (int iteration = 0; iteration < CgIterations && isDone.Contains(false); iteration++)
        {
            Tensor image = Tangent.Of(features, leaf, search);
            using RowBuffer<double> factors = Rows.Dot(image, image);
            for (int i = 0; i < size.Length; i++)
            {
                // Along what φ does not see there is no end of the step; the row keeps what it has.
                isDone[i] |= !(factors[i] > 0 && double.IsFinite(factors[i]));
                factors[i] = isDone[i] ? 0 : size[i] / factors[i];
            }
            direction += search * Rows.Scale(factors.Span, search);
            change += image * Rows.Scale(factors.Span, image);
            if (iteration + 1 == CgIterations) break;
            Tensor back = Gradient.Of(features, leaf, image);
            residual -= back * Rows.Scale(factors.Span, back);
            using RowBuffer<double> next = Rows.Dot(residual, residual);
            for (int i = 0; i < size.Length; i++)
            {
                factors[i] = isDone[i] ? 0 : next[i] / size[i];
                isDone[i] |= !(next[i] >= CgTolerance);
                size[i] = next[i];
            }
            search = residual + search * Rows.Scale(factors.Span, search);
        }
        return (direction, change);
    }

    private static Tensor Zeros(Tensor like) => Ops.Zeros(like.Shape, like.Type, like.Device);
}
