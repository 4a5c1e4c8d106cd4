namespace MiniGrad.Nn;

/// <summary>A named weight of a network. Tensors are immutable: training replaces the value.</summary>
public sealed class Parameter(string name, Tensor value, bool trainable)
{
    /// <summary>The full path, such as <c>conv1.weight</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Whether an optimiser moves it; running statistics are not trainable.</summary>
    public bool Trainable { get; } = trainable;

    public Tensor Value { get; set; } = value;
}
