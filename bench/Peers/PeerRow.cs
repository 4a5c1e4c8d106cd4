using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>One computation that both sides do on the same shapes, with the least work that it implies.</summary>
/// <param name="Group">The table it stands in.</param>
/// <param name="Subject">The kernel or network and its shapes.</param>
/// <param name="Work">What of it is timed.</param>
/// <param name="Flops">Additions and multiplications of the direct algorithm.</param>
/// <param name="Bytes">Compulsory traffic: inputs, weights and results once.</param>
/// <param name="Prepare">Draws the inputs and returns our side, once per call.</param>
/// <param name="Job">The same for the peer.</param>
internal sealed record PeerRow(string Group, string Subject, Work Work, double Flops, double Bytes, Func<Action> Prepare, JsonObject Job)
{
    /// <summary>Whether a quick run has it.</summary>
    public bool IsQuick { get; init; }

    public string Name => $"{Subject}, {WorkText.Of(Work)}";
}
