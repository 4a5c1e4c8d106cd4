using MiniGrad.Formats.Weights;
using MiniGrad.Nn;

namespace MiniGrad.Tests.Cli;

/// <summary>Fresh weights in a file, for commands that need some.</summary>
internal static class TinyModel
{
    public static string Write(string folder, string model = "lenet5", long seed = 3, IReadOnlyDictionary<string, string>? metadata = null)
    {
        string path = Path.Combine(folder, $"{model}.safetensors");
        Safetensors.Write(path, [.. ModelCatalog.Create(model, seed).Parameters.Select(p => (p.Name, p.Value))], metadata);
        return path;
    }

    /// <summary>Images of the digits set, as tensor x of a file.</summary>
    public static string WriteImages(string folder, Tensor images, string name = "x")
    {
        string path = Path.Combine(folder, "images.safetensors");
        Safetensors.Write(path, [(name, images)]);
        return path;
    }
}
