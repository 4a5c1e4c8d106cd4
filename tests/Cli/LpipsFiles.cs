using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Probes.Distances;

namespace MiniGrad.Tests.Cli;

/// <summary>
/// Weights for LPIPS in files: a fresh backbone, and linear weights of 0 to 0.3, which put
/// walks on digits on both sides of 0.03.
/// </summary>
internal sealed class LpipsFiles
{
    public LpipsFiles(string folder, LpipsNet net = LpipsNet.Squeeze)
    {
        Params p = Params.Fresh(5);
        LpipsFeatures features = new(net, p);
        Dictionary<string, Tensor> heads = Enumerable.Range(0, features.Channels.Count)
            .ToDictionary(l => $"lin{l}.model.1.weight",
                l => Tensor.From(new Rng(5).At(l).Uniform(features.Channels[l]), [1, features.Channels[l], 1, 1]) * 0.3);
        Lpips = new Lpips(features, heads);
        Backbone = Path.Combine(folder, "backbone.safetensors");
        Heads = Path.Combine(folder, "heads.safetensors");
        Safetensors.Write(Backbone,
            [.. p.All.Select(parameter => (parameter.Name, parameter.Value)), ("classifier.1.bias", Ops.Zeros([7]))]);
        Safetensors.Write(Heads, [.. heads.Select(pair => (pair.Key, pair.Value))]);
        Options = ["--lpips-net", $"{net}".ToLowerInvariant(), "--lpips-backbone", Backbone, "--lpips-heads", Heads];
    }

    public string Backbone { get; }

    public string Heads { get; }

    /// <summary>The options that name the files.</summary>
    public string[] Options { get; }

    /// <summary>The distance with the weights of the files.</summary>
    public Lpips Lpips { get; }
}
