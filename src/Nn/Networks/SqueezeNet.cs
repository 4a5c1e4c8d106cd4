using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>SqueezeNet 1.1 (Iandola et al., arXiv:1602.07360), with torchvision's names; images of at least 17 × 17.</summary>
public sealed class SqueezeNet : StandardNetwork
{
    /// <summary>Squeezed and (half of the) expanded channels of the fires; a pool stands before the first, third and fifth.</summary>
    private static readonly (int Position, int Squeeze, int Expand)[] Plan =
        [(3, 16, 64), (4, 16, 64), (6, 32, 128), (7, 32, 128), (9, 48, 192), (10, 48, 192), (11, 64, 256), (12, 64, 256)];

    private readonly Conv2d stem;
    private readonly Fire[] fires;
    private readonly Dropout drop = new(0.5, 1);
    private readonly Conv2d head;

    public SqueezeNet(Params p, ModelSettings settings) : base(p, settings, [3, 224, 224], 1000, Activation.Relu)
    {
        CheckSide(17);
        stem = new(p / "features.0", Channels, 64, 3, ConvOptions.Square(stride: 2), rectified: true);
        AddTap("conv1");
        int channels = 64;
        fires = new Fire[Plan.Length];
        for (int i = 0; i < fires.Length; i++)
        {
            fires[i] = new(p / $"features.{Plan[i].Position}", channels, Plan[i].Squeeze, Plan[i].Expand, Activation);
            channels = 2 * Plan[i].Expand;
            AddTap($"fire{i + 2}");
        }
        head = new(p / "classifier.1", channels, ClassCount, 1);
    }

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("conv1", stem.Forward(x, pass, null, Activation), pass);
        for (int i = 0; i < fires.Length; i++)
        {
            if (i is 0 or 2 or 4) x = Down.MaxPool(x, kernel: 3, stride: 2, ceilMode: true);
            x = Tapped($"fire{i + 2}", fires[i].Forward(x, pass), pass);
        }
        return head.Forward(drop.Forward(x, pass), pass, null, Activation).Mean([2, 3]);
    }
}
