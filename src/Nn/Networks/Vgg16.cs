using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>VGG-16 without batch norm (Simonyan and Zisserman, arXiv:1409.1556), with torchvision's names; images of at least 32 × 32.</summary>
public sealed class Vgg16 : StandardNetwork
{
    private static readonly int[] ConvsOfStage = [2, 2, 3, 3, 3];

    private readonly List<Conv2d[]> stages = [];
    private readonly Linear[] heads;
    private readonly Dropout[] drops = [new(0.5, 1), new(0.5, 2)];

    public Vgg16(Params p, ModelSettings settings) : base(p, settings, [3, 224, 224], 1000, Activation.Relu)
    {
        CheckSide(32);
        int channels = Channels;
        int position = 0;
        for (int stage = 0; stage < ConvsOfStage.Length; stage++)
        {
            Conv2d[] convs = new Conv2d[ConvsOfStage[stage]];
            for (int i = 0; i < convs.Length; i++)
            {
                int filters = Math.Min(512, 64 << stage);
                convs[i] = new(p / $"features.{position}", channels, filters, 3, ConvOptions.Square(pad: 1), rectified: true);
                channels = filters;
                position += 2; // the convolution and its activation
                AddTap($"conv{stage + 1}_{i + 1}");
            }
            position++; // the pool
            stages.Add(convs);
        }
        heads = [new(p / "classifier.0", 512 * 49, 4096), new(p / "classifier.3", 4096, 4096), new(p / "classifier.6", 4096, ClassCount)];
        AddTap("fc1");
        AddTap("fc2");
    }

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        for (int stage = 0; stage < stages.Count; stage++)
        {
            for (int i = 0; i < stages[stage].Length; i++) x = Tapped($"conv{stage + 1}_{i + 1}", stages[stage][i].Forward(x, pass, null, Activation), pass);
            x = Down.MaxPool(x, kernel: 2, stride: 2);
        }
        x = x.AdaptiveAveragePool(7, 7).Flatten();
        for (int i = 0; i < 2; i++) x = drops[i].Forward(Tapped($"fc{i + 1}", heads[i].Forward(x, pass, Activation), pass), pass);
        return heads[2].Forward(x, pass);
    }
}
