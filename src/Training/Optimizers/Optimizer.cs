using MiniGrad.Nn;

namespace MiniGrad.Training.Optimizers;

/// <summary>A rule that moves parameters along gradients. What it remembers is named, so that a checkpoint can keep it.</summary>
public abstract class Optimizer
{
    private readonly Dictionary<string, Tensor> memory = new(StringComparer.Ordinal);

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; set; }

    /// <summary>Whether weight decay moves vectors too: biases, and the weights of normalisations.</summary>
    public bool DecaysVectors { get; init; } = true;

    /// <summary>What the rule remembers, by "parameter/quantity".</summary>
    public IReadOnlyDictionary<string, Tensor> Memory => memory;

    /// <summary>Puts back what a checkpoint kept.</summary>
    public void Restore(string name, Tensor value) => memory[name] = value;

    /// <summary>Replaces the values of the parameters.</summary>
    public void Step(IReadOnlyList<Parameter> parameters, IReadOnlyList<Tensor> gradients, double rate)
    {
        Steps++;
        using (Recording.Pause())
        {
            for (int i = 0; i < parameters.Count; i++)
            {
                parameters[i].Value = Move(parameters[i].Name, parameters[i].Value.Detach(), gradients[i], rate);
            }
        }
    }

    /// <summary>The new value of one parameter.</summary>
    protected abstract Tensor Move(string name, Tensor value, Tensor gradient, double rate);

    /// <summary>Whether weight decay moves this parameter.</summary>
    protected bool Decays(Tensor value) => DecaysVectors || value.Rank > 1;

    /// <summary>What was remembered for a parameter, if anything.</summary>
    protected Tensor? Recall(string name, string quantity) => memory.GetValueOrDefault($"{name}/{quantity}");

    /// <summary>Keeps a quantity of a parameter for the next step, and for checkpoints.</summary>
    protected void Remember(string name, string quantity, Tensor value) => memory[$"{name}/{quantity}"] = value;
}
