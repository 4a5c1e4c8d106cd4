namespace MiniGrad.Formats.Weights;

/// <summary>A NumPy file (.npy or .npz) is damaged, cut short, or holds what is not read.</summary>
public sealed class NpyException(string path, long offset, string problem) : BadFileException(path, offset, problem);
