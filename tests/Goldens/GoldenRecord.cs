using System.Text.Json;

namespace MiniGrad.Tests.Goldens;

/// <summary>Values with their shape.</summary>
public sealed record GoldenArray(Shape Shape, double[] Values);

/// <summary>One line of a golden file.</summary>
public sealed class GoldenRecord(JsonElement json)
{
    public string Name => json.GetProperty("name").GetString()!;

    public string Case => json.GetProperty("case").GetString()!;

    /// <summary>The element type as the file calls it: f64 or f32.</summary>
    public string TypeName => json.GetProperty("dtype").GetString()!;

    public DType Type => TypeName == "f64" ? DType.F64 : DType.F32;

    public JsonElement Json => json;

    public GoldenOptions Options => new(json.GetProperty("options"));

    public GoldenInput[] Inputs => Specs("inputs");

    public GoldenArray Output => Array(json.GetProperty("output"));

    /// <summary>Per input the gradient of the weighted sum, or none where PyTorch has none.</summary>
    public double[]?[] Gradients =>
        [.. json.GetProperty("gradients").EnumerateArray().Select(g => g.ValueKind == JsonValueKind.Null ? null : Numbers(g))];

    /// <summary>Further results by name.</summary>
    public IReadOnlyDictionary<string, GoldenArray> Extra => json.TryGetProperty("extra", out JsonElement extra)
        ? extra.EnumerateObject().ToDictionary(entry => entry.Name, entry => Array(entry.Value))
        : [];

    public GoldenInput[] Specs(string name) => [.. json.GetProperty(name).EnumerateArray().Select(spec => new GoldenInput(spec))];

    /// <summary>A number; the ones that JSON lacks are strings.</summary>
    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        string other => throw new FormatException($"golden: {other} is no number."),
        null => throw new FormatException("golden: null is no number."),
    };

    public static double[] Numbers(JsonElement values) => [.. values.EnumerateArray().Select(Number)];

    private static GoldenArray Array(JsonElement value) =>
        new(new([.. value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())]), Numbers(value.GetProperty("values")));
}
