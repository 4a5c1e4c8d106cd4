namespace MiniGrad.Probes.Attacks;

/// <summary>The open rows of an attack in a ball: clean images, goal, and each row's random numbers of this restart.</summary>
public sealed record BallTask(Tensor Image, Goal Goal, Ball Within, Classifier Classifier, Rng[] Rngs)
{
    /// <summary>The point of ball and box for x: first the ball, then the box, which never leaves the ball.</summary>
    public Tensor Project(Tensor x) => Within.Project(Image, x).Clamp(Classifier.Low, Classifier.High);

    /// <summary>A random point of ball and box.</summary>
    public Tensor RandomStart() => Project(Within.RandomStart(Image, Rngs));

    internal BallTask Take(int[] rows) => this with
    {
        Image = Image.TakeIndices(0, rows),
        Goal = Goal.Take(rows),
        Rngs = Array.ConvertAll(rows, row => Rngs[row]),
    };
}
