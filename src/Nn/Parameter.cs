namespace MiniGrad.Nn;

/// <summary>A named weight of a network. Tensors are immutable: training replaces the value.</summary>
public sealed class Parameter(string name, Tensor value, bool trainable)
{
    private Tensor value = Reused(value);

    /// <summary>The full path, such as <c>conv1.weight</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Whether an optimiser moves it; running statistics are not trainable.</summary>
    public bool Trainable { get; } = trainable;

    /// <summary>The weight itself; tracked while a training step differentiates in it.</summary>
    public Tensor Value
    {
        get => value;
        set => this.value = Reused(value);
    }

    /// <summary>Kernels may keep packed copies of it, except while it is tracked: training uses a value once and replaces it.</summary>
    private static Tensor Reused(Tensor value)
    {
        value.Storage.IsReused = value.Origin is null;
        return value;
    }
}
