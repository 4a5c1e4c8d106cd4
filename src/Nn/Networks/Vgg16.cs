using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// VGG-16 without batch norm (Simonyan and Zisserman, arXiv:1409.1556), with torchvision's
/// names; images of at least 32 × 32.
/// </summary>
internal sealed class Vgg16 : StandardNetwork
{
    private readonly Vgg16Trunk trunk;
    private readonly Linear[] heads;
    private readonly Dropout[] drops = [new(0.5, 1), new(0.5, 2)];

    /// <summary>The network with these weights.</summary>
    /// <exception cref="ArgumentException">The settings ask for images smaller than 32 × 32.</exception>
    public Vgg16(Params p, ModelSettings settings) : base(p, settings, [3, 224, 224], 1000, Activation.Relu)
    {
        CheckSide(32);
        trunk = new(p, Channels, Activation, Down);
        heads = [new(p / "classifier.0", 512 * 49, 4096), new(p / "classifier.3", 4096, 4096), new(p / "classifier.6", 4096, ClassCount)];
        AddTaps(trunk);
        AddTap("fc1");
        AddTap("fc2");
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Down.MaxPool(trunk.Forward(x, pass), kernel: 2, stride: 2);
        x = x.AdaptiveAveragePool(7, 7).Flatten();
        for (int i = 0; i < 2; i++) x = drops[i].Forward(Tapped($"fc{i + 1}", heads[i].Forward(x, pass, Activation), pass), pass);
        return heads[2].Forward(x, pass);
    }
}

/// <summary>
/// The convolutions of <see cref="Vgg16"/> up to the last and its activation, before the
/// last pool; images of at least 16 × 16.
/// </summary>
internal sealed class Vgg16Trunk : Trunk
{
    private static readonly int[] ConvsOfStage = [2, 2, 3, 3, 3];

    private readonly List<Conv2d[]> stages = [];

    /// <summary>The trunk with the weights <c>features.0</c>, <c>features.2</c>, … of this source.</summary>
    public Vgg16Trunk(Params p, int channels, Activation activation, Downsampling down) : base(channels, activation, down)
    {
        int position = 0;
        for (int stage = 0; stage < ConvsOfStage.Length; stage++)
        {
            Conv2d[] convs = new Conv2d[ConvsOfStage[stage]];
            for (int i = 0; i < convs.Length; i++)
            {
                int filters = Math.Min(512, 64 << stage);
                convs[i] = new(p / $"features.{position}", Channels, filters, 3, ConvOptions.Square(pad: 1), rectified: true);
                position += 2; // the convolution and its activation
                AddTap($"conv{stage + 1}_{i + 1}", filters);
            }
            position++; // the pool
            stages.Add(convs);
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        int tap = 0;
        for (int stage = 0; stage < stages.Count; stage++)
        {
            if (stage > 0) x = Down.MaxPool(x, kernel: 2, stride: 2);
            foreach (Conv2d conv in stages[stage]) x = Tapped(tap++, conv.Forward(x, pass, null, Activation), pass);
        }
        return x;
    }
}
