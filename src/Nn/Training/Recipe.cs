using MiniGrad.Data;

namespace MiniGrad.Nn;

/// <summary>
/// Everything that decides the outcome of a training: with the same recipe, data and instruction set, the weights have
/// the same bits.
/// </summary>
/// <param name="Optimizer">"sgd", "nesterov", "adam" or "adamw".</param>
/// <param name="Schedule">"constant", "cosine", "step" (a tenth at half and at three quarters) or "ramp" (0 up to the rate at 2/5, down to 0).</param>
public sealed record Recipe(
    string Name, string Model, string DataSet, int Epochs, int BatchSize, double LearningRate,
    string Optimizer = "adam", string Schedule = "cosine", double Momentum = 0.9, double WeightDecay = 0, long Seed = 1)
{
    /// <summary>Throws, naming the first value that makes no sense.</summary>
    public void Check()
    {
        if (Epochs < 1) Throw.Range($"recipe: {Epochs} epochs; at least 1 is needed.");
        if (BatchSize < 1) Throw.Range($"recipe: a batch of {BatchSize}; at least 1 is needed.");
        if (!(LearningRate > 0)) Throw.Range($"recipe: learning rate {LearningRate} must be positive.");
        if (!(WeightDecay >= 0) || !(Momentum is >= 0 and < 1)) Throw.Range($"recipe: weight decay {WeightDecay} must be at least 0, momentum {Momentum} in [0, 1).");
        MakeOptimizer();
        MakeSchedule();
    }

    public Optimizer MakeOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(Momentum, weightDecay: WeightDecay),
        "nesterov" => new Sgd(Momentum, nesterov: true, WeightDecay),
        "adam" => new Adam(weightDecay: WeightDecay),
        "adamw" => Adam.W(WeightDecay),
        _ => throw Unknown("optimizer", Optimizer, "sgd", "nesterov", "adam", "adamw"),
    };

    public Schedule MakeSchedule() => Schedule switch
    {
        "constant" => new ConstantSchedule(LearningRate),
        "cosine" => new CosineSchedule(LearningRate, Epochs),
        "step" => new StepSchedule(LearningRate, 0.1, Epochs * 0.5, Epochs * 0.75),
        "ramp" => new PiecewiseLinearSchedule((0, 0), (0.4 * Epochs, LearningRate), (Epochs, 0)),
        _ => throw Unknown("schedule", Schedule, "constant", "cosine", "step", "ramp"),
    };

    private static ArgumentException Unknown(string what, string given, params string[] known) => new(UnknownName.Message("recipe", given, known, what));
}
