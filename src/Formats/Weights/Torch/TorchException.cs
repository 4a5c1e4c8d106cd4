namespace MiniGrad.Formats.Weights;

/// <summary>A PyTorch file is damaged, holds what is not read, or leaves open which of its parts is meant.</summary>
public sealed class TorchException(string path, long offset, string problem) : BadFileException(path, offset, problem);
