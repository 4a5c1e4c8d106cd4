using System.Security.Cryptography;
using System.Text;
using MiniGrad.Data;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes.Distances;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;

namespace MiniGrad.Lab.Models;

/// <summary>
/// The perceptual distance that a machine has: standard LPIPS where the data folder holds SqueezeNet 1.1 and its heads, else that
/// of the features of a shipped network, which is no standard and is named so wherever a number of it is shown.
/// </summary>
/// <param name="Name">"squeeze", or the shipped network's name.</param>
/// <param name="IsStandard">Whether it is LPIPS 0.1.</param>
/// <param name="Sha256">The hash of the weights.</param>
/// <param name="Distance">The distance of each pair of images [N, 1 or 3, H, W]: squared, as LPIPS is.</param>
internal sealed record PerceptualMetric(string Name, bool IsStandard, string Sha256, Func<Tensor, Tensor, double[]> Distance)
{
    /// <summary>The name of standard LPIPS with SqueezeNet.</summary>
    public const string Squeeze = "squeeze";

    /// <summary>How tables call it.</summary>
    public string Title => IsStandard ? $"LPIPS ({Name})" : $"non-standard distance of the features of {Name}";

    /// <summary>The metric of a data folder for images of some data set.</summary>
    /// <param name="dataFolder">The folder with data sets and weights; the usual one by default.</param>
    /// <param name="shipped">The shipped network whose features serve where there is no LPIPS.</param>
    /// <param name="device">Where images are compared.</param>
    public static PerceptualMetric Find(string? dataFolder, string shipped, Device device)
    {
        string folder = Path.Combine(DataSets.Folder(dataFolder), "weights");
        string backbone = Path.Combine(folder, "imagenet", "squeezenet1_1.safetensors");
        string heads = Path.Combine(folder, "lpips", "squeeze.pth");
        return File.Exists(backbone) && File.Exists(heads) ? Standard(backbone, heads, device) : Shipped(shipped, device);
    }

    /// <summary>A recipe with the distance that its objective needs, if it needs one.</summary>
    public static Recipe Attach(Recipe recipe, string? dataFolder, Device device, Action<string> note)
    {
        if (recipe.Objective is not LpipsCcatObjective objective) return recipe;
        PerceptualMetric metric = Find(dataFolder,
            DataSets.WithoutParts(recipe.DataSet) == "cifar-10" ? "resnet20-cifar" : "lenet5-mnist", device);
        if (!metric.IsStandard) note($"{recipe.Name}: no SqueezeNet 1.1 in the data folder; trains with the {metric.Title}.");
        return recipe with
        {
            Objective = objective with { Metric = metric.Name, MetricSha256 = metric.Sha256, Distance = metric.Distance },
        };
    }

    private static PerceptualMetric Standard(string backbone, string heads, Device device)
    {
        Lpips lpips = Lpips.Load(LpipsNet.Squeeze, Read(backbone), Read(heads), device: device);
        return new(Squeeze, true, Both(FileHash.Sha256(backbone), FileHash.Sha256(heads)), lpips.Of);
    }

    private static PerceptualMetric Shipped(string name, Device device)
    {
        (Network network, WeightRecord record) = ShippedWeights.Load("lpips", name, device: device);
        FeatureDistance distance = new(network, [.. network.Taps]);
        return new(name, false, record.Sha256, (a, b) => Arena.Step(
            () => distance.Distance(a.To(device), b.To(device)).Square().Cast(DType.F64).ToArray<double>(), _ => []));
    }

    /// <summary>One hash for two files.</summary>
    private static string Both(string first, string second) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{first} {second}")));

    private static Dictionary<string, Tensor> Read(string path)
    {
        using WeightFile file = WeightFile.Open(path);
        return file.Names.Where(name => !name.StartsWith("classifier.", StringComparison.Ordinal)).ToDictionary(name => name, file.Read);
    }
}
