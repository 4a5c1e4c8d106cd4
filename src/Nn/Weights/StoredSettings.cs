using System.Globalization;
using MiniGrad.Formats.Weights;

namespace MiniGrad.Nn.Weights;

/// <summary>
/// What training writes beside weights into their file: which network they belong to, its
/// low-pass filters and its normalisation.
/// </summary>
internal static class StoredSettings
{
    /// <summary>Numbers between commas, all of them finite.</summary>
    public static bool TryNumbers(string text, out double[] values)
    {
        string[] parts = text.Split(',');
        values = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !double.IsFinite(values[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>A number of taps as <see cref="ModelSettings.BlurPool"/> has it.</summary>
    public static bool TryBlurPool(string text, out int taps) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out taps) && taps is 0 or >= 2 and <= 7;

    /// <summary>
    /// The network of a file that says what it is, behind its normalisation; that of the
    /// network's home where the file names none.
    /// </summary>
    /// <exception cref="WeightsException">The file does not name its network, or its metadata makes no sense.</exception>
    public static Network Load(WeightFile file, DType type, Device? device)
    {
        string model = file.Metadata.GetValueOrDefault("architecture") ?? throw new WeightsException(
            $"weights: {file.Path} does not say which network it belongs to. Name it: ModelCatalog.Load(model, path); "
            + $"known: {string.Join(", ", ModelCatalog.Names)}.");
        Network network = ModelCatalog.Load(model, file.ReadAll(), new() { BlurPool = BlurPool(file) }, type, device);
        double[]? mean = Numbers(file, "mean");
        double[]? std = Numbers(file, "std");
        Preprocessing? preprocessing = mean is null || std is null ? ModelCatalog.Find(model).Usual : new(mean, std);
        return preprocessing?.Before(network, type) ?? network;
    }

    /// <summary>The taps of the low-pass filters that the network was trained with; no tensor of the file tells.</summary>
    /// <exception cref="WeightsException">The file says something else.</exception>
    public static int BlurPool(WeightFile file)
    {
        if (!file.Metadata.TryGetValue("blur_pool", out string? text)) return 0;
        return TryBlurPool(text, out int taps) ? taps : throw Bad(file, "blur_pool", text, "0 or 2 to 7");
    }

    private static double[]? Numbers(WeightFile file, string key)
    {
        if (!file.Metadata.TryGetValue(key, out string? text)) return null;
        return TryNumbers(text, out double[] values) ? values : throw Bad(file, key, text, "numbers");
    }

    private static WeightsException Bad(WeightFile file, string key, string text, string expected) =>
        new($"weights: {file.Path}: its metadata has {key} \"{text}\", not {expected}. Train or fetch the weights again.");
}
