namespace MiniGrad.Data;

/// <summary>A file or archive of CIFAR-10 is damaged, cut short, or of another layout.</summary>
public sealed class CifarException(string path, long offset, string problem) : BadFileException(path, offset, problem);
