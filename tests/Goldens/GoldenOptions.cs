using System.Text.Json;

namespace MiniGrad.Tests.Goldens;

/// <summary>The options of a record, by PyTorch's names.</summary>
public sealed class GoldenOptions(JsonElement json)
{
    public double Number(string name) => GoldenRecord.Number(json.GetProperty(name));

    public double Number(string name, double otherwise) =>
        json.TryGetProperty(name, out JsonElement value) ? GoldenRecord.Number(value) : otherwise;

    public int Integer(string name) => json.GetProperty(name).GetInt32();

    public int[] Integers(string name) => [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    public double[] Numbers(string name) => GoldenRecord.Numbers(json.GetProperty(name));

    public bool Flag(string name) => json.GetProperty(name).GetBoolean();

    public string Text(string name) => json.GetProperty(name).GetString()!;

    public LossReduction Reduction => Enum.Parse<LossReduction>(Text("reduction"), ignoreCase: true);
}
