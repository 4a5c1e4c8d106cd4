namespace MiniGrad.Data;

/// <summary>An IDX file (the format of MNIST) is damaged, cut short, or of a kind that is not read.</summary>
public sealed class IdxException(string path, long offset, string problem) : BadFileException(path, offset, problem);
