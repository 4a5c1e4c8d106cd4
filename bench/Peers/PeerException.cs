namespace MiniGrad.Bench.Peers;

/// <summary>What the caller of the bench can mend; its message is the whole report.</summary>
internal sealed class PeerException(string message) : Exception(message);
