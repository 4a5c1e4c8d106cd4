using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>SqueezeNet 1.1 (Iandola et al., arXiv:1602.07360), with torchvision's names; images of at least 17 × 17.</summary>
internal sealed class SqueezeNet : StandardNetwork
{
    private readonly SqueezeNetTrunk trunk;
    private readonly Dropout drop = new(0.5, 1);
    private readonly Conv2d head;

    /// <summary>The network with these weights.</summary>
    /// <exception cref="ArgumentException">The settings ask for images smaller than 17 × 17.</exception>
    public SqueezeNet(Params p, ModelSettings settings) : base(p, settings, [3, 224, 224], 1000, Activation.Relu)
    {
        CheckSide(17);
        trunk = new(p, Channels, Activation, Down);
        AddTaps(trunk);
        head = new(p / "classifier.1", trunk.Taps[^1].Channels, ClassCount, 1);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        return head.Forward(drop.Forward(trunk.Forward(x, pass), pass), pass, null, Activation).Mean([2, 3]);
    }
}

/// <summary>The stem and the fires of <see cref="SqueezeNet"/>; images of at least 17 × 17.</summary>
internal sealed class SqueezeNetTrunk : Trunk
{
    /// <summary>Squeezed and (half of the) expanded channels of the fires; a pool stands before the first, third and fifth.</summary>
    private static readonly (int Position, int Squeeze, int Expand)[] Plan =
        [(3, 16, 64), (4, 16, 64), (6, 32, 128), (7, 32, 128), (9, 48, 192), (10, 48, 192), (11, 64, 256), (12, 64, 256)];

    private readonly Conv2d stem;
    private readonly Fire[] fires;

    /// <summary>The trunk with the weights <c>features.0</c>, <c>features.3.squeeze</c>, … of this source.</summary>
    public SqueezeNetTrunk(Params p, int channels, Activation activation, Downsampling down) : base(channels, activation, down)
    {
        stem = new(p / "features.0", channels, 64, 3, ConvOptions.Square(stride: 2), rectified: true);
        AddTap("conv1", 64);
        fires = new Fire[Plan.Length];
        for (int i = 0; i < fires.Length; i++)
        {
            fires[i] = new(p / $"features.{Plan[i].Position}", Channels, Plan[i].Squeeze, Plan[i].Expand, Activation);
            AddTap($"fire{i + 2}", 2 * Plan[i].Expand);
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        x = Tapped(0, stem.Forward(x, pass, null, Activation), pass);
        for (int i = 0; i < fires.Length; i++)
        {
            if (i is 0 or 2 or 4) x = Down.MaxPool(x, kernel: 3, stride: 2, ceilMode: true);
            x = Tapped(i + 1, fires[i].Forward(x, pass), pass);
        }
        return x;
    }
}
