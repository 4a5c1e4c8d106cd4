namespace MiniGrad.Lab;

/// <summary>A command line that asks for what cannot be: the message names the value and what would do.</summary>
internal sealed class UsageException(string message) : ArgumentException(message);
