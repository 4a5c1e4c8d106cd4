namespace MiniGrad.Data;

/// <summary>A file of class names is not the JSON object it should be.</summary>
public sealed class ClassNamesException(string path, long offset, string problem) : BadFileException(path, offset, problem);
