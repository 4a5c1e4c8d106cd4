namespace MiniGrad.Formats.Weights;

/// <summary>One dictionary of tensors in a PyTorch file: where it stood, its tensors by name, and what else it held.</summary>
internal sealed record TorchState(string Path, List<(string Name, TorchTensor Value)> Tensors, List<(string Name, object? Value)> Others)
{
    /// <summary>Whether no part of it holds tensors of its own.</summary>
    public bool IsLeaf { get; set; } = true;

    /// <summary>Losses and accuracies rather than weights.</summary>
    public bool IsScalars => Tensors.TrueForAll(tensor => tensor.Value.Count <= 1);

    public override string ToString() => Path.Length == 0 ? "the whole" : Printable.Name(Path);
}
