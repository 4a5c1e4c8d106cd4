namespace MiniGrad.Lab;

/// <summary>An input is readable but does not hold what the command needs, or is not there at all.</summary>
internal sealed class InputException(string message) : IOException(message);
