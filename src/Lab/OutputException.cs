namespace MiniGrad.Lab;

/// <summary>A place for results cannot be written.</summary>
public sealed class OutputException(string message, Exception? cause = null) : IOException(message, cause);
