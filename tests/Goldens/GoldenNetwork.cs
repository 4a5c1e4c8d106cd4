namespace MiniGrad.Tests.Goldens;

/// <summary>
/// A network of networks.jsonl, composed from operations: convolutions (padding 2, but none for LeNet-5's second), each
/// activated and pooled by two; then linear layers, the last of which is not activated.
/// </summary>
public sealed class GoldenNetwork
{
    private readonly bool tanh;
    private readonly int[] labels;

    public GoldenNetwork(GoldenRecord record, Device device)
    {
        tanh = record.Name.EndsWith("-tanh", StringComparison.Ordinal);
        labels = [.. record.Json.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        Image = record.Inputs[0].Build(record.Type, device);
        Parameters = [.. record.Specs("parameters").Select(spec => spec.Build(record.Type, device).Tracked())];
    }

    public Tensor Image { get; }

    /// <summary>Weight and bias of each layer in turn.</summary>
    public Tensor[] Parameters { get; }

    public Tensor Forward(Tensor x)
    {
        for (int layer = 0; layer < Parameters.Length; layer += 2)
        {
            (Tensor weight, Tensor bias) = (Parameters[layer], Parameters[layer + 1]);
            if (weight.Rank == 4)
            {
                int pad = weight.Shape == [16, 6, 5, 5] ? 0 : 2;
                x = Activate(x.Conv2d(weight, ConvOptions.Square(pad: pad)) + bias.Reshape(-1, 1, 1));
                x = tanh ? x.AveragePool(2) : x.MaxPool(2);
            }
            else
            {
                x = x.Flatten().MatMul(weight.Transpose()) + bias;
                if (layer + 2 < Parameters.Length) x = Activate(x);
            }
        }
        return x;
    }

    public Tensor Loss(Tensor logits) => logits.CrossEntropy(labels, LossReduction.Sum);

    private Tensor Activate(Tensor x) => tanh ? x.Tanh() : x.Relu();
}
