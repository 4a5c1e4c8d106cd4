namespace MiniGrad.Nn.Weights;

/// <summary>An index of weights is malformed, or a weight file is not the one the index names.</summary>
public sealed class WeightIndexException(string path, long offset, string problem) : BadFileException(path, offset, problem);
