namespace MiniGrad.Formats.Weights;

/// <summary>What a container of PyTorch held: the object that was saved, and in which format.</summary>
internal sealed record TorchContent(string Format, object? Root);
