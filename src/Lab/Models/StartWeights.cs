using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Training;

namespace MiniGrad.Lab.Models;

/// <summary>The trained weights that a recipe starts from.</summary>
internal static class StartWeights
{
    /// <summary>
    /// Where the weights lie, and the recipe with their name and hash, but no path of this
    /// machine; no path where it starts afresh.
    /// </summary>
    public static (Recipe Recipe, string? Path) Locate(Recipe recipe)
    {
        if (recipe.Start is not { } given) return (recipe, null);
        string path = ShippedWeights.Locate(given);
        InputFile.Check(path, "--start");
        string name = path == given ? System.IO.Path.GetFileName(path) : given;
        return (recipe with { Start = name, StartSha256 = FileHash.Sha256(path) }, path);
    }

    /// <summary>The recipe's network with these weights, which must have been trained behind the same normalisation and filters.</summary>
    public static Network Load(Recipe recipe, string path, ModelSettings settings, Device device)
    {
        using WeightFile file = WeightFile.Open(path);
        int blur = WeightMetadata.BlurPool(file);
        if (blur != recipe.BlurPool)
        {
            throw new UsageException($"--start: {path} was trained with --blur-pool {blur}, this is with {recipe.BlurPool}. Use the same.");
        }
        Dictionary<string, Tensor> weights = file.ReadAll();
        WeightMetadata.CheckFinite(path, weights);
        Network network = ModelCatalog.Load(recipe.Model, weights, settings, device: device);
        int channels = network.InputShape[0];
        CheckEqual(path, file, "mean", WeightMetadata.Text(recipe.Means(channels)));
        CheckEqual(path, file, "std", WeightMetadata.Text(recipe.Deviations(channels)));
        return network;
    }

    private static void CheckEqual(string path, WeightFile file, string key, string ours)
    {
        string theirs = file.Metadata.GetValueOrDefault(key, ours);
        if (theirs != ours)
        {
            throw new UsageException(
                $"--start: {path} was trained on pixels of {key} {theirs}, the recipe has {ours}. Choose weights that fit.");
        }
    }
}
