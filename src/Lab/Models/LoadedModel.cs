using System.Text.Json.Nodes;
using MiniGrad.Nn;

namespace MiniGrad.Lab.Models;

/// <summary>A network with weights from a file, behind its normalisation, and where all of it came from.</summary>
internal sealed record LoadedModel(
    Network Network, string Architecture, string Path, string Sha256, double[] Mean, double[] Std, string? DataSet)
{
    /// <summary>Taps of the low-pass filters; 0 for none.</summary>
    public int BlurPool { get; init; }

    /// <summary>Which of several sets of weights in the file was asked for.</summary>
    public string? State { get; init; }

    /// <summary>Adds what of the model decides an outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity)
    {
        identity["model"] = Architecture;
        identity["weights_sha256"] = Sha256;
        identity["mean"] = JsonText.Array(Mean);
        identity["std"] = JsonText.Array(Std);
        identity["image"] = JsonText.Array(Network.InputShape.ToArray());
        identity["blur_pool"] = BlurPool;
        identity["state"] = State;
    }

    /// <summary>Adds what the model was to a result.</summary>
    public void Describe(JsonObject result)
    {
        result["model"] = Architecture;
        result["weights"] = Path;
        result["weights_sha256"] = Sha256;
        result["mean"] = JsonText.Array(Mean);
        result["std"] = JsonText.Array(Std);
        result["image"] = JsonText.Array(Network.InputShape.ToArray());
        result["blur_pool"] = BlurPool;
        if (State is not null) result["state"] = State;
    }
}
