using System.Text.Json;
using MiniGrad.Nn;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>Every network of the catalogue has the parameters of its home, and PyTorch's logits and input gradients.</summary>
public sealed class CatalogNetworkTests
{
    internal const string FileName = "catalog.jsonl";

    /// <summary>The weights of networks that are quick.</summary>
    private const long Quick = 6_000_000;

    /// <summary>All in F32, and in F64 those small enough to be quick.</summary>
    public static TheoryData<string, string, string> Networks
    {
        get
        {
            TheoryData<string, string, string> rows = [];
            foreach (GoldenRecord record in GoldenFile.Read(FileName))
            {
                rows.Add(record.Name, record.Case, "f32");
                if (record.Json.GetProperty("numbers").GetInt64() < Quick) rows.Add(record.Name, record.Case, "f64");
            }
            return rows;
        }
    }

    /// <remarks>The arena hands a network's memory on to the next at once.</remarks>
    [Theory, MemberData(nameof(Networks))]
    public void LogitsAndInputGradientsArePyTorchs(string name, string @case, string type) => Agrees(name, @case, type, Device.Cpu);

    /// <summary>One record on a device.</summary>
    internal static void Agrees(string name, string @case, string type, Device device) => Arena.Step(() =>
    {
        JsonElement golden = GoldenFile.Find(FileName, name, @case, "f64").Json;
        Shape image = new(Integers(golden, "image"));
        DType dtype = type == "f64" ? DType.F64 : DType.F32;
        (double values, double slopes) = dtype == DType.F64 ? (1e-9, 1e-9) : (1e-4, 1e-3);
        (int classes, int blur) = (golden.GetProperty("classes").GetInt32(), golden.GetProperty("blur").GetInt32());

        ModelSettings settings = new() { Image = image, Classes = classes, BlurPool = blur };
        // Drawing a hundred million fresh weights, only to replace them, takes longer than the network does.
        Network network = golden.GetProperty("numbers").GetInt64() < Quick
            ? ModelCatalog.Create(name, seed: 1, settings, dtype)
            : ModelCatalog.Find(name).Build(Params.From(new Dictionary<string, Tensor>(), dtype), settings);
        CheckNames(network, golden);
        GoldenWeights.Fill(network);
        if (!ReferenceEquals(device, Device.Cpu))
        {
            network = ModelCatalog.Load(name, network.Parameters.ToDictionary(p => p.Name, p => p.Value), settings, dtype, device);
        }
        Tensor x = GoldenWeights.Images(golden.GetProperty("images").GetString()!, image, dtype).To(device).Tracked();
        Tensor logits = network.Forward(x);
        Tensor loss = logits.CrossEntropy(Integers(golden, "labels"), LossReduction.Sum);
        CheckSummary("logits", golden.GetProperty("logits"), logits, values);
        GoldenAssert.Close("loss", [golden.GetProperty("loss").GetDouble()], loss, values);
        CheckSummary("input gradient", golden.GetProperty("input_gradient"), Gradient.Of(loss, [x])[0], slopes);
        return network;
    }, _ => []);

    /// <summary>What would otherwise only be known through whole networks.</summary>
    [Fact]
    public void FormulaGivesTheNumbersOfTheScript()
    {
        Assert.Equal(0xCBF29CE484222325, GoldenWeights.Hash(""));
        Assert.Equal(0xAF63DC4C8601EC8C, GoldenWeights.Hash("a"));
        // SplitMix64's published first number of the seed 0 is e220a8397b1dcdaf.
        Assert.Equal(0xE220A8ul, GoldenWeights.Bits(0, 0));
        double[] pixels = GoldenAssert.Doubles(GoldenWeights.Images("image 0", [3, 300, 300], DType.F32));
        Assert.InRange(pixels.Min(), 0, 1e-5);
        Assert.InRange(pixels.Max(), 1 - 1e-5, 1);
        Assert.Equal(0.5, pixels.Average(), 0.002);
    }

    private static void CheckNames(Network network, JsonElement golden)
    {
        Assert.Equal(golden.GetProperty("parameters").GetInt32(), network.Parameters.Count);
        Assert.Equal(golden.GetProperty("numbers").GetInt64(), network.Parameters.Sum(parameter => parameter.Value.Count));
        string declared = GoldenWeights.Declared(network);
        Assert.True(golden.GetProperty("names").GetString() == GoldenWeights.Hash(declared).ToString("x16"),
            $"names or shapes differ from those of the home (make_catalog.py NAME prints them): {declared}");
    }

    private static void CheckSummary(string what, JsonElement golden, Tensor actual, double tolerance)
    {
        double sumOfMagnitudes = golden.GetProperty("sum_abs").GetDouble();
        double largest = golden.GetProperty("max_abs").GetDouble();
        double[] expected = GoldenRecord.Numbers(golden.GetProperty("samples"));
        double[] found = GoldenAssert.Doubles(actual);
        Assert.Equal(Integers(golden, "shape"), actual.Shape.ToArray());
        double[] sampled = Array.ConvertAll(GoldenWeights.Samples(found.Length, expected.Length), i => found[i]);
        GoldenAssert.Close($"{what}, samples", expected, Tensor.From(sampled), tolerance, largest);
        GoldenAssert.Close($"{what}, largest magnitude", [largest], Tensor.Scalar(found.Max(Math.Abs)), tolerance);
        GoldenAssert.Close($"{what}, sum of magnitudes", [sumOfMagnitudes], Tensor.Scalar(found.Sum(Math.Abs)), tolerance);
        GoldenAssert.Close($"{what}, sum", [golden.GetProperty("sum").GetDouble()], Tensor.Scalar(found.Sum()), tolerance, sumOfMagnitudes);
    }

    private static int[] Integers(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
