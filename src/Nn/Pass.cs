namespace MiniGrad.Nn;

/// <summary>
/// What one forward pass carries besides the input. Without one, a network infers: training is an argument, never a
/// mode that someone forgets to switch off.
/// </summary>
public sealed class Pass
{
    /// <summary>Set while training: layers use batch statistics and drop units at random.</summary>
    public bool IsTraining
    {
        get
        {
            DependsOnMode = true;
            return field;
        }
        init;
    }

    /// <summary>Whether a layer has asked if this is training; while none has, inference gives the same.</summary>
    public bool DependsOnMode { get; private set; }

    /// <summary>The random numbers of this step.</summary>
    public Rng Rng { get; init; }

    /// <summary>Called with the name and value of each tap the network passes.</summary>
    public Action<string, Tensor>? Tap { get; init; }

    /// <summary>A pass of inference that puts the value of each of these taps into its place.</summary>
    /// <param name="taps">The names of the taps, each once.</param>
    /// <param name="values">As many places; those of taps that the network does not pass stay as they are.</param>
    public static Pass Keeping(IReadOnlyList<string> taps, Tensor?[] values) => new()
    {
        Tap = (name, value) =>
        {
            for (int i = 0; i < taps.Count; i++)
            {
                if (taps[i] == name) values[i] = value;
            }
        },
    };

    /// <summary>Running statistics that the step changes; the trainer applies them after it.</summary>
    public List<(Parameter Statistic, Tensor Value)> Updates { get; } = [];
}
