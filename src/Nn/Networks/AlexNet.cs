using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>AlexNet in its one-tower form (Krizhevsky, arXiv:1404.5997), with torchvision's names; images of at least 63 × 63.</summary>
internal sealed class AlexNet : StandardNetwork
{
    private readonly AlexNetTrunk trunk;
    private readonly Linear[] heads;
    private readonly Dropout[] drops = [new(0.5, 1), new(0.5, 2)];

    /// <summary>The network with these weights.</summary>
    /// <exception cref="ArgumentException">The settings ask for images smaller than 63 × 63.</exception>
    public AlexNet(Params p, ModelSettings settings) : base(p, settings, [3, 224, 224], 1000, Activation.Relu)
    {
        CheckSide(63);
        trunk = new(p, Channels, Activation, Down);
        heads = [new(p / "classifier.1", 9216, 4096), new(p / "classifier.4", 4096, 4096), new(p / "classifier.6", 4096, ClassCount)];
        AddTaps(trunk);
        AddTap("fc1");
        AddTap("fc2");
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Down.MaxPool(trunk.Forward(x, pass), kernel: 3, stride: 2);
        x = x.AdaptiveAveragePool(6, 6).Flatten();
        for (int i = 0; i < 2; i++) x = Tapped($"fc{i + 1}", heads[i].Forward(drops[i].Forward(x, pass), pass, Activation), pass);
        return heads[2].Forward(x, pass);
    }
}

/// <summary>
/// The convolutions of <see cref="AlexNet"/> up to the fifth and its activation, before
/// the last pool; images of at least 31 × 31.
/// </summary>
internal sealed class AlexNetTrunk : Trunk
{
    private readonly Conv2d[] convs;

    /// <summary>The trunk with the weights <c>features.0</c>, <c>features.3</c>, … of this source.</summary>
    public AlexNetTrunk(Params p, int channels, Activation activation, Downsampling down) : base(channels, activation, down)
    {
        convs =
        [
            new(p / "features.0", channels, 64, 11, ConvOptions.Square(stride: 4, pad: 2)),
            new(p / "features.3", 64, 192, 5, ConvOptions.Square(pad: 2)),
            new(p / "features.6", 192, 384, 3, ConvOptions.Square(pad: 1)),
            new(p / "features.8", 384, 256, 3, ConvOptions.Square(pad: 1)),
            new(p / "features.10", 256, 256, 3, ConvOptions.Square(pad: 1)),
        ];
        for (int i = 0; i < convs.Length; i++) AddTap($"conv{i + 1}", convs[i].Weight.Value.Shape[0]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        for (int i = 0; i < convs.Length; i++)
        {
            if (i is 1 or 2) x = Down.MaxPool(x, kernel: 3, stride: 2);
            x = Tapped(i, convs[i].Forward(x, pass, null, Activation), pass);
        }
        return x;
    }
}
