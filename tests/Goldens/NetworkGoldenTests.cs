using System.Text.Json;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>Whole networks, composed from operations: logits, loss, all gradients and a Hessian-vector product against PyTorch's.</summary>
public sealed class NetworkGoldenTests
{
    internal const string FileName = "networks.jsonl";

    /// <summary>The reference convolves too slowly for the large networks.</summary>
    public static TheoryData<string, string, string, string> Networks =>
        GoldenFile.Rows(FileName, record => record.Name.StartsWith("lenet5", StringComparison.Ordinal));

    [Theory, MemberData(nameof(Networks))]
    public void NetworkAgreesWithPyTorch(string name, string @case, string type, string device) =>
        Agrees(GoldenFile.Find(FileName, name, @case, type), GoldenFile.DeviceOf(device));

    internal static void Agrees(GoldenRecord record, Device device)
    {
        GoldenNetwork network = new(record, device);
        // PyTorch's own float32 gradient of conv1.bias in lenet5-tanh lies 2.6e-5 from its doubles (sums that cancel), ours 7e-6.
        (double values, double slopes) = record.Type == DType.F64 ? (1e-12, 1e-11) : (2e-6, 5e-5);

        Tensor x = network.Image.Tracked();
        Tensor logits = network.Forward(x);
        GoldenAssert.Close("logits", Stored(record, "logits"), logits, values);
        Tensor loss = network.Loss(logits);
        GoldenAssert.Close("loss", [record.Json.GetProperty("loss").GetDouble()], loss, values);

        Tensor[] gradients = Gradient.Of(loss, [x, .. network.Parameters]);
        GoldenSummary.Close("input gradient", record.Json.GetProperty("input_gradient"), gradients[0], slopes);
        JsonElement[] expected = [.. record.Json.GetProperty("parameter_gradients").EnumerateArray()];
        Assert.Equal(expected.Length, network.Parameters.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            GoldenSummary.Close(expected[i].GetProperty("name").GetString()!, expected[i], gradients[i + 1], slopes);
        }
    }

    [Theory, InlineData("cpu"), InlineData("reference")]
    public void HessianVectorProductAgreesWithPyTorch(string device)
    {
        GoldenRecord record = GoldenFile.Find(FileName, "lenet5-tanh", "cross-entropy-sum", "f64");
        GoldenNetwork network = new(record, GoldenFile.DeviceOf(device));
        JsonElement golden = record.Json.GetProperty("hessian_vector_product");
        Tensor v = new GoldenInput(golden.GetProperty("vector")).Build(DType.F64, GoldenFile.DeviceOf(device));
        double[] expected = GoldenRecord.Numbers(golden.GetProperty("values"));
        Tensor loss(Tensor x) => network.Loss(network.Forward(x));

        GoldenAssert.Close("forward over reverse", expected, Hessian.Times(loss, network.Image, v), 1e-11);
        GoldenAssert.Close("reverse over reverse", expected, Hessian.TimesByReverse(loss, network.Image, v), 1e-11);
    }

    private static GoldenArray Stored(GoldenRecord record, string name)
    {
        JsonElement value = record.Json.GetProperty(name);
        return new(new([.. value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())]),
            GoldenRecord.Numbers(value.GetProperty("values")));
    }
}
