namespace MiniGrad.Probes.Attacks;

/// <summary>Projected gradient descent. Madry et al., arXiv:1706.06083.</summary>
/// <param name="Within">The ball that is searched.</param>
/// <param name="Steps">Steps of one search.</param>
/// <param name="StepSize">Length of a step; 2.5 · radius / steps by default.</param>
/// <param name="RandomStart">Whether a search starts at a uniform point of the ball, or at the image.</param>
public sealed record Pgd(Ball Within, int Steps = 40, double? StepSize = null, bool RandomStart = true) : BallAttack<Pgd.State>(Within)
{
    /// <summary>The iterate.</summary>
    public readonly record struct State(Tensor Image) : IBallState;

    protected override int Iterations => Steps;

    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"pgd: {Steps} steps; at least 1 is needed.");
        if (StepSize is { } size && !(size > 0 && double.IsFinite(size))) Throw.Range($"pgd: step size {size} must be positive and finite.");
    }

    protected override State Start(Query query, BallTask task) => new(RandomStart ? task.RandomStart() : task.Image);

    protected override State Step(Query query, BallTask task, State state)
    {
        Tensor gradient = query.Gradient(state.Image, task.Goal.Loss);
        double step = StepSize ?? 2.5 * Within.Radius / Steps;
        return new(task.Project(state.Image + Within.Steepest(gradient) * step));
    }
}
