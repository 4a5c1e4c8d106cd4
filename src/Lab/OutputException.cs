namespace MiniGrad.Lab;

/// <summary>A place for results cannot be written.</summary>
internal sealed class OutputException(string message, Exception? cause = null) : IOException(message, cause);
