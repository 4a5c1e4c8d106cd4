using System.Globalization;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Lab.Models;

/// <summary>What <c>train</c> writes beside weights into their file, and whether the weights can be used.</summary>
internal static class WeightMetadata
{
    /// <summary>Refuses weights that hold NaN or infinities.</summary>
    public static void CheckFinite(string path, Dictionary<string, Tensor> tensors)
    {
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (NonFinite.First(tensor) is not { } odd) continue;
            throw new InputException($"weights: {path}: element {odd.Position} of \"{name}\" is {odd.Value}. "
                + "Train or fetch them again, or pass --allow-nonfinite.");
        }
    }

    /// <summary>Numbers between commas; none where the file has none.</summary>
    public static double[]? Numbers(WeightFile file, string key)
    {
        if (!file.Metadata.TryGetValue(key, out string? text)) return null;
        if (StoredSettings.TryNumbers(text, out double[] values)) return values;
        throw new InputException($"weights: {file.Path}: its metadata has {key} \"{text}\", not numbers. Give --{key.Replace('_', '-')}.");
    }

    /// <summary>The filters that the network was trained with.</summary>
    public static int BlurPool(WeightFile file)
    {
        if (!file.Metadata.TryGetValue("blur_pool", out string? text)) return 0;
        if (StoredSettings.TryBlurPool(text, out int taps)) return taps;
        throw new InputException($"weights: {file.Path}: its metadata has blur_pool \"{text}\", not 0 or 2 to 7. Give --blur-pool.");
    }

    /// <summary>Numbers as they are stored.</summary>
    public static string Text(IEnumerable<double> values) =>
        string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
