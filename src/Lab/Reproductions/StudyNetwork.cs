using MiniGrad.Data;
using MiniGrad.Lab.Models;
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
    /// <summary>Its name in the catalogue.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Those that are shipped, in the order they are named.</summary>
    /// <param name="what">What asks for them, for errors.</param>
    /// <param name="roles">All of the study.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="type">The numbers they compute with.</param>
    public static IReadOnlyList<StudyNetwork<TRole>> Shipped(
        string what, IEnumerable<(TRole Role, string Weights)> roles, Device device, DType type = DType.F32)
    {
        IReadOnlyList<string> shipped = ShippedWeights.Names;
        List<StudyNetwork<TRole>> networks = [];
        foreach ((TRole role, string weights) in roles)
        {
            if (!shipped.Contains(weights)) continue;
            (Network network, WeightRecord record) = ShippedWeights.Load(what, weights, type, device);
            networks.Add(new(role, weights, network, record.Sha256) { Architecture = record.Architecture });
        }
        return networks;
    }

    /// <summary>Other networks behind those of the study, each once.</summary>
    /// <param name="role">What they are for the study.</param>
    /// <param name="given">Files of weights or names of shipped ones, with the name of the network before a = where it is needed.</param>
    /// <param name="known">The weights that are in the study already.</param>
    /// <param name="data">The images that they must fit.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="note">Told what was decided on the way.</param>
    /// <exception cref="UsageException">Weights do not say which network they are of, do not fit the data, or are named twice.</exception>
    public static IReadOnlyList<StudyNetwork<TRole>> Others(
        TRole role, IReadOnlyList<string> given, IEnumerable<string> known, ImageDataSet data, Device device, Action<string> note)
    {
        HashSet<string> taken = [.. known];
        List<StudyNetwork<TRole>> others = [];
        foreach (string one in given)
        {
            StudyNetwork<TRole> more = Other(role, one, data, device, note);
            if (!taken.Add(more.Weights))
            {
                throw new UsageException($"--also: {one}: {more.Weights} is in the study already. Leave it out, or rename the file.");
            }
            others.Add(more);
        }
        return others;
    }

    /// <summary>Another network by a file or the name of shipped weights; before a = stands the network it belongs to.</summary>
    public static StudyNetwork<TRole> Other(
        TRole role, string given, ImageDataSet data, Device device, Action<string> note, DType type = DType.F32)
    {
        int end = given.IndexOf('=', StringComparison.Ordinal);
        string? model = end > 0 && ModelCatalog.Names.Contains(given[..end]) ? given[..end] : null;
        string weights = model is null ? given : given[(end + 1)..];
        LoadedModel loaded;
        try
        {
            loaded = new ModelSource(weights) { Name = model }
                .Load(device, type, note, _ => new Shape(data.Channels, data.Height, data.Width));
        }
        catch (UsageException error) when (model is null && error.Message.StartsWith("--model", StringComparison.Ordinal))
        {
            throw new UsageException($"--also: {weights} does not say which network it belongs to. Write --also NETWORK={weights}; known: "
                + $"{string.Join(", ", ModelCatalog.Names)}.");
        }
        DataFit.Check(loaded.Network, weights, data);
        return new(role, Path.GetFileNameWithoutExtension(loaded.Path), loaded.Network, loaded.Sha256)
        {
            Architecture = loaded.Architecture,
        };
    }
}
