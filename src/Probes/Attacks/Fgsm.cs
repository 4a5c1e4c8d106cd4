namespace MiniGrad.Probes.Attacks;

/// <summary>One step of steepest ascent to the border of the ball. Goodfellow et al., arXiv:1412.6572; with an L2 ball it is FGM.</summary>
public sealed record Fgsm(Ball Within) : BallAttack<Fgsm.State>(Within)
{
    /// <summary>The image.</summary>
    public readonly record struct State(Tensor Image) : IBallState;

    protected override int Iterations => 1;

    protected override State Start(Query query, BallTask task) => new(task.Image);

    protected override State Step(Query query, BallTask task, State state)
    {
        Tensor gradient = query.Gradient(state.Image, task.Goal.Loss);
        return new(task.Project(state.Image + Within.Steepest(gradient) * Within.Radius));
    }
}
