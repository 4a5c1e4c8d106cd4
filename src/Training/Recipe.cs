using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.Nn;
using MiniGrad.Training.Objectives;
using MiniGrad.Training.Optimizers;

namespace MiniGrad.Training;

/// <summary>
/// Everything that decides the outcome of a training: with the same recipe, data and instruction set, the weights have
/// the same bits.
/// </summary>
/// <param name="Optimizer">"sgd", "nesterov", "adam" or "adamw".</param>
/// <param name="Schedule">"constant", "cosine", "step" (a tenth at half and at three quarters) or "ramp"
/// (0 up to the rate at 2/5, down to 0).</param>
/// <param name="Augmentation">How training images are varied: a name of <see cref="Training.Augmentation.All"/>.</param>
/// <param name="Mean">The mean per channel of the normalisation before the network; none for pixels in [0, 1].</param>
/// <param name="Std">The standard deviation per channel of that normalisation.</param>
/// <param name="LabelSmoothing">The share ε of the target that goes to all classes alike: (1 − ε) on the label, and ε/K on
/// each. arXiv:1512.00567.</param>
/// <param name="BlurPool">See <see cref="ModelSettings.BlurPool"/>.</param>
/// <param name="DecayVectors">Whether weight decay moves biases and the weights of normalisations too.</param>
/// <param name="Objective">What is made small; the cross-entropy, with the label smoothing, where none is given.</param>
/// <param name="Start">The weights that the training starts from, shipped ones or a file; fresh ones where none are given.</param>
/// <param name="StartSha256">The hash of that file, once it was read: a run goes on only from the same.</param>
public sealed record Recipe(
    string Name, string Model, string DataSet, int Epochs, int BatchSize, double LearningRate,
    string Optimizer = "adam", string Schedule = "cosine", double Momentum = 0.9, double WeightDecay = 0, long Seed = 1,
    string Augmentation = "none", double[]? Mean = null, double[]? Std = null, double LabelSmoothing = 0, bool DecayVectors = true,
    int BlurPool = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Objective? Objective = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Start = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? StartSha256 = null)
{
    /// <summary>Throws, naming the first value that makes no sense.</summary>
    public void Check()
    {
        if (Epochs < 1) Throw.Range($"recipe: {Epochs} epochs; at least 1 is needed.");
        if (BatchSize < 1) Throw.Range($"recipe: a batch of {BatchSize}; at least 1 is needed.");
        if (!(LearningRate > 0)) Throw.Range($"recipe: learning rate {LearningRate} must be positive.");
        if (!(WeightDecay >= 0) || !(Momentum is >= 0 and < 1))
        {
            Throw.Range($"recipe: weight decay {WeightDecay} must be at least 0, momentum {Momentum} in [0, 1).");
        }
        if (LabelSmoothing != 0 && Objective is not null)
        {
            Throw.Argument(
                $"recipe: label smoothing {LabelSmoothing} belongs to the cross-entropy alone, not to {Objective.Name}. Leave one out.");
        }
        if ((Mean is null) != (Std is null))
        {
            Throw.Argument("recipe: a normalisation needs both mean and standard deviation. Give both or neither.");
        }
        MakeObjective().Check();
        MakeOptimizer();
        MakeSchedule();
        MakeAugmentation();
    }

    /// <summary>All values as JSON: two recipes are equal when this is.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Whether both have the same JSON.</summary>
    public bool Equals(Recipe? other) => other is not null && (ReferenceEquals(this, other) || ToJson() == other.ToJson());

    /// <inheritdoc/>
    public override int GetHashCode() => ToJson().GetHashCode(StringComparison.Ordinal);

    /// <summary>The network behind the recipe's normalisation, if it has one; the weights are shared.</summary>
    public Network Normalize(Network network) => Mean is null ? network : new Normalized(network, Mean, Std!);

    /// <summary>The mean that the normalisation subtracts from each channel.</summary>
    public double[] Means(int channels) => Mean ?? new double[channels];

    /// <summary>The deviation that the normalisation divides each channel by.</summary>
    public double[] Deviations(int channels) => Std ?? [.. Enumerable.Repeat(1.0, channels)];

    /// <summary>The loss of the training.</summary>
    public Objective MakeObjective() => Objective ?? new CrossEntropyObjective(LabelSmoothing);

    /// <summary>How training images are varied.</summary>
    /// <exception cref="ArgumentException">There is no augmentation of that name.</exception>
    public Augmentation MakeAugmentation() => Training.Augmentation.Find(Augmentation);

    /// <summary>A fresh optimiser.</summary>
    /// <exception cref="ArgumentException">There is no optimiser of that name.</exception>
    public Optimizer MakeOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(Momentum, weightDecay: WeightDecay) { DecaysVectors = DecayVectors },
        "nesterov" => new Sgd(Momentum, nesterov: true, WeightDecay) { DecaysVectors = DecayVectors },
        "adam" => new Adam(weightDecay: WeightDecay) { DecaysVectors = DecayVectors },
        "adamw" => new Adam(weightDecay: WeightDecay, decoupled: true) { DecaysVectors = DecayVectors },
        _ => throw Unknown("optimizer", Optimizer, "sgd", "nesterov", "adam", "adamw"),
    };

    /// <summary>The learning rate over the epochs.</summary>
    /// <exception cref="ArgumentException">There is no schedule of that name.</exception>
    public Schedule MakeSchedule() => Schedule switch
    {
        "constant" => new ConstantSchedule(LearningRate),
        "cosine" => new CosineSchedule(LearningRate, Epochs),
        "step" => new StepSchedule(LearningRate, 0.1, Epochs * 0.5, Epochs * 0.75),
        "ramp" => new PiecewiseLinearSchedule((0, 0), (0.4 * Epochs, LearningRate), (Epochs, 0)),
        _ => throw Unknown("schedule", Schedule, "constant", "cosine", "step", "ramp"),
    };

    private static ArgumentException Unknown(string what, string given, params string[] known) =>
        new(Suggestion.Unknown("recipe", given, known, what));
}
