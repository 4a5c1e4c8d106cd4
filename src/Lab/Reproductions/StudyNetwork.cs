using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A shipped network in a role that a study gives it.</summary>
/// <param name="Role">What it is for the study.</param>
/// <param name="Weights">The name of its weights.</param>
/// <param name="Network">Behind its normalisation.</param>
/// <param name="Sha256">The hash of its weights.</param>
internal sealed record StudyNetwork<TRole>(TRole Role, string Weights, Network Network, string Sha256)
{
    /// <summary>Those that are shipped, in the order they are named.</summary>
    /// <param name="what">What asks for them, for errors.</param>
    /// <param name="roles">All of the study.</param>
    /// <param name="device">Where they compute.</param>
    public static IReadOnlyList<StudyNetwork<TRole>> Shipped(
        string what, IEnumerable<(TRole Role, string Weights)> roles, Device device)
    {
        IReadOnlyList<string> shipped = ShippedWeights.Names;
        List<StudyNetwork<TRole>> networks = [];
        foreach ((TRole role, string weights) in roles)
        {
            if (!shipped.Contains(weights)) continue;
            (Network network, WeightRecord record) = ShippedWeights.Load(what, weights, device: device);
            networks.Add(new(role, weights, network, record.Sha256));
        }
        return networks;
    }
}
