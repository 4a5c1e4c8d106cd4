using MiniGrad.Nn;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>The catalogue's networks of the golden names are PyTorch's networks, layer names included.</summary>
public sealed class CatalogGoldenTests
{
    private const string FileName = "networks.jsonl";

    public static TheoryData<string, string, string, string> Networks => GoldenFile.Rows(FileName, _ => false);

    [Theory, MemberData(nameof(Networks))]
    public void LogitsAgreeWithPyTorch(string name, string @case, string type, string device)
    {
        GoldenRecord record = GoldenFile.Find(FileName, name, @case, type);
        Dictionary<string, Tensor> weights =
            record.Specs("parameters").ToDictionary(spec => spec.Name, spec => spec.Build(record.Type, GoldenFile.DeviceOf(device)));
        Network network = ModelCatalog.Load(name, weights, type: record.Type);
        Tensor logits = network.Forward(record.Inputs[0].Build(record.Type, GoldenFile.DeviceOf(device)));
        double[] expected = GoldenRecord.Numbers(record.Json.GetProperty("logits").GetProperty("values"));
        GoldenAssert.Close("logits", expected, logits, record.Type == DType.F64 ? 1e-12 : 2e-6);
        Assert.Equal(weights.Keys, network.Parameters.Select(parameter => parameter.Name));
    }
}
