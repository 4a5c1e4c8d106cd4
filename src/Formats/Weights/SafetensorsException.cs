namespace MiniGrad.Formats.Weights;

/// <summary>A safetensors file breaks its format, or holds what cannot be read into a tensor.</summary>
public sealed class SafetensorsException(string path, long offset, string problem) : BadFileException(path, offset, problem);
