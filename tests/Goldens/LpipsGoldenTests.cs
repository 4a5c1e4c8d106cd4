using System.Text.Json;
using MiniGrad.Probes.Distances;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>
/// LPIPS and the feature distance with weights of a formula: distances, gradients in both images
/// and a Hessian-vector product against PyTorch's.
/// </summary>
public sealed class LpipsGoldenTests
{
    private const string FileName = "lpips.jsonl";

    public static TheoryData<string, string, string, string> Records => GoldenFile.Rows(FileName, _ => false);

    [Theory, MemberData(nameof(Records))]
    public void AgreesWithPyTorch(string name, string @case, string type, string device)
    {
        GoldenRecord record = GoldenFile.Find(FileName, name, @case, type);
        Device on = GoldenFile.DeviceOf(device);
        Lpips lpips = Load(record, on);
        (double values, double slopes) = record.Type == DType.F64 ? (1e-12, 1e-10) : (1e-5, 2e-4);
        Tensor a = record.Inputs[0].Build(record.Type, on).Tracked();
        Tensor b = record.Inputs[1].Build(record.Type, on).Tracked();

        Shape[] shapes = [.. record.Json.GetProperty("taps").EnumerateArray()
            .Select(shape => new Shape(Array.ConvertAll(GoldenRecord.Numbers(shape), d => (int)d)))];
        Assert.Equal(shapes, lpips.Features.Of(a).Select(tap => tap.Shape));
        Tensor distance = lpips.Distance(a, b);
        GoldenAssert.Close("lpips", GoldenRecord.Numbers(record.Json.GetProperty("lpips")), distance, values);
        Tensor[] gradients = Gradient.Of(distance.Sum(), [a, b]);
        GoldenSummary.Close("gradient in a", record.Json.GetProperty("gradient_a"), gradients[0], slopes);
        GoldenSummary.Close("gradient in b", record.Json.GetProperty("gradient_b"), gradients[1], slopes);

        Tensor feature = new FeatureDistance(lpips.Features).Distance(a, b);
        GoldenAssert.Close("feature distance", GoldenRecord.Numbers(record.Json.GetProperty("feature_distance")), feature, values);
        GoldenSummary.Close("gradient of the feature distance",
            record.Json.GetProperty("feature_gradient_a"), Gradient.Of(feature.Sum(), a), slopes);
        if (!record.Json.TryGetProperty("hessian_vector_product", out JsonElement golden)) return;
        Tensor v = new GoldenInput(golden.GetProperty("vector")).Build(record.Type, on);
        GoldenSummary.Close("Hessian-vector product", golden,
            Hessian.Times(x => lpips.Distance(x, b.Detach()).Sum(), a.Detach(), v), slopes);
    }

    private static Lpips Load(GoldenRecord record, Device device)
    {
        Dictionary<string, Tensor> weights =
            record.Specs("parameters").ToDictionary(spec => spec.Name, spec => spec.Build(record.Type, device));
        LpipsNet net = Enum.Parse<LpipsNet>(record.Name, ignoreCase: true);
        return Lpips.Load(net, weights.Where(w => w.Key.StartsWith("features.", StringComparison.Ordinal)).ToDictionary(),
            weights.Where(w => w.Key.StartsWith("lin", StringComparison.Ordinal)).ToDictionary(), record.Type);
    }
}
