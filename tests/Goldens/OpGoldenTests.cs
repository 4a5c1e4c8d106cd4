using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>Values and gradients of every operation and loss against PyTorch's.</summary>
public sealed class OpGoldenTests
{
    /// <summary>Where PyTorch answers otherwise on purpose: the tolerances of values and gradients, and why.</summary>
    private static readonly Dictionary<(string Name, string Case), (double Values, double Slopes, string Reason)> Deviations = new()
    {
        [("softplus", "above-threshold-beta10")] =
            (1e-10, 1e-9, "PyTorch returns x itself where βx > 20, off by up to e⁻²⁰/β = 2e-10; ours is exact everywhere."),
    };

    public static TheoryData<string, string, string, string> Operations => GoldenFile.Rows("ops.jsonl", _ => true);

    public static TheoryData<string, string, string, string> Losses => GoldenFile.Rows("losses.jsonl", _ => true);

    [Theory, MemberData(nameof(Operations))]
    public void OperationAgreesWithPyTorch(string name, string @case, string type, string device) =>
        Compare(GoldenFile.Find("ops.jsonl", name, @case, type), GoldenFile.DeviceOf(device));

    [Theory, MemberData(nameof(Losses))]
    public void LossAgreesWithPyTorch(string name, string @case, string type, string device) =>
        Compare(GoldenFile.Find("losses.jsonl", name, @case, type), GoldenFile.DeviceOf(device));

    [Fact]
    public void RecordWithoutOperationFails() =>
        Assert.Throws<NotSupportedException>(() => GoldenOps.Run("no_such_operation",
            [Tensor.Scalar(1.0)], GoldenFile.Read("ops.jsonl")[0].Options));

    private static void Compare(GoldenRecord record, Device device)
    {
        (double values, double slopes) = record.Type == DType.F64 ? (1e-12, 1e-11) : (2e-6, 2e-6);
        if (Deviations.TryGetValue((record.Name, record.Case), out var deviation)) (values, slopes, _) = deviation;
        Tensor[] inputs = [.. record.Inputs.Select(input => input.Build(record.Type, device))];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = inputs[i].Type.IsFloat() ? inputs[i].Tracked() : inputs[i];
        GoldenResult result = GoldenOps.Run(record.Name, inputs, record.Options);

        GoldenAssert.Close("output", record.Output, result.Output, values);
        foreach ((string name, GoldenArray expected) in record.Extra)
        {
            GoldenAssert.Close(name, expected, result.Extra.Single(extra => extra.Name == name).Value, values);
        }
        double[]?[] gradients = record.Gradients;
        int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => gradients[i] is not null)];
        if (wanted.Length == 0) return;
        Tensor weights = GoldenFormula.Tensor(result.Output.Shape, record.Type, device, GoldenFormula.WeightPhase);
        Tensor[] found = Gradient.Of(result.Output, [.. wanted.Select(i => inputs[i])], weights);
        for (int i = 0; i < wanted.Length; i++)
        {
            GoldenAssert.Close($"gradient of input {wanted[i]}", gradients[wanted[i]]!, found[i], slopes);
        }
    }
}
