using MiniGrad.Formats.Weights;
using MiniGrad.Nn;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>How a user's own network gets its weights from a file.</summary>
internal static class ForeignWeights
{
    public static string PathOf(string name) => Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "weights", name);

    public static Network Load(string name, Func<Params, Network> build)
    {
        using WeightFile file = WeightFile.Open(PathOf(name));
        Params p = Params.From(file.ReadAll());
        Network network = build(p);
        p.Verify(name);
        return network;
    }
}
