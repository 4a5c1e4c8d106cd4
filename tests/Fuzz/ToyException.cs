namespace MiniGrad.Tests.Fuzz;

/// <summary>The own exception of the toy readers.</summary>
public sealed class ToyException(string path, long offset, string problem) : BadFileException(path, offset, problem);
