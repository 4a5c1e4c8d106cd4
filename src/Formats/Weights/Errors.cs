namespace MiniGrad.Formats.Weights;

/// <summary>A safetensors file breaks its format, or holds what cannot be read into a tensor.</summary>
public sealed class SafetensorsException(string path, long offset, string problem) : BadFileException(path, offset, problem);

/// <summary>A NumPy file (.npy or .npz) is damaged, cut short, or holds what is not read.</summary>
public sealed class NpyException(string path, long offset, string problem) : BadFileException(path, offset, problem);

/// <summary>A PyTorch file is damaged, holds what is not read, or leaves open which of its parts is meant.</summary>
public sealed class TorchException(string path, long offset, string problem) : BadFileException(path, offset, problem);
