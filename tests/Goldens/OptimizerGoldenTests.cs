using MiniGrad.Nn;
using MiniGrad.Training.Optimizers;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>Three steps of each optimiser against PyTorch's.</summary>
public sealed class OptimizerGoldenTests
{
    private const string FileName = "optimizers.jsonl";

    public static TheoryData<string, string, string, string> Optimizers => GoldenFile.Rows(FileName, _ => false);

    [Theory, MemberData(nameof(Optimizers))]
    public void StepsAgreeWithPyTorch(string name, string @case, string type, string device)
    {
        GoldenRecord record = GoldenFile.Find(FileName, name, @case, type);
        Tensor[] inputs = [.. record.Inputs.Select(input => input.Build(record.Type, GoldenFile.DeviceOf(device)))];
        Parameter parameter = new("weight", inputs[0], trainable: true);
        Optimizer optimizer = Make(name, record.Options);
        double[][] steps = [.. record.Json.GetProperty("steps").EnumerateArray().Select(GoldenRecord.Numbers)];
        Assert.Equal(inputs.Length - 1, steps.Length);
        for (int step = 0; step < steps.Length; step++)
        {
            optimizer.Step([parameter], [inputs[step + 1]], record.Options.Number("lr"));
            GoldenAssert.Close($"step {step + 1}", steps[step], parameter.Value, 1e-12);
        }
    }

    private static Optimizer Make(string name, GoldenOptions options)
    {
        double decay = options.Number("weight_decay");
        if (name == "sgd") return new Sgd(options.Number("momentum"), options.Flag("nesterov"), decay);
        double[] betas = options.Numbers("betas");
        return name is "adam" or "adamw"
            ? new Adam(betas[0], betas[1], options.Number("eps"), decay, decoupled: name == "adamw")
            : throw new NotSupportedException($"golden: no optimiser of ours is named for {name}.");
    }
}
