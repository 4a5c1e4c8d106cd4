namespace MiniGrad.Nn;

/// <summary>Weights do not fit the network they are given to; the message lists all differences.</summary>
public sealed class WeightsException(string message) : IOException(message);
