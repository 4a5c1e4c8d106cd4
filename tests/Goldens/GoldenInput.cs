using System.Text.Json;

namespace MiniGrad.Tests.Goldens;

/// <summary>One input of a record: a shape and either a formula or a list of values. Integers become I32 tensors.</summary>
public sealed class GoldenInput(JsonElement json)
{
    public Shape Shape { get; } = new(Array.ConvertAll(GoldenRecord.Numbers(json.GetProperty("shape")), d => (int)d));

    /// <summary>The name of a parameter.</summary>
    public string Name => json.GetProperty("name").GetString()!;

    public Tensor Build(DType type, Device device)
    {
        if (json.TryGetProperty("int_modulus", out JsonElement modulus))
        {
            int phase = json.GetProperty("phase").GetInt32();
            int[] integers = new int[Shape.Count];
            for (int i = 0; i < integers.Length; i++) integers[i] = (int)(GoldenFormula.Residue(i, phase) % modulus.GetInt32());
            return Tensor.From(integers, Shape, device);
        }
        if (json.TryGetProperty("values", out JsonElement values))
        {
            double[] listed = GoldenRecord.Numbers(values);
            return values.EnumerateArray().All(IsInteger)
                ? Tensor.From(Array.ConvertAll(listed, v => (int)v), Shape, device)
                : GoldenFormula.Tensor(listed, Shape, type, device);
        }
        return GoldenFormula.Tensor(Shape, type, device, json.GetProperty("phase").GetInt32(),
            json.GetProperty("scale").GetDouble(), json.GetProperty("offset").GetDouble());
    }

    private static bool IsInteger(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;
}
