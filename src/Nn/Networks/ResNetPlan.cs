namespace MiniGrad.Nn.Networks;

/// <summary>How a residual network's shortcuts reach another shape.</summary>
public enum Shortcut
{
    /// <summary>A 1 × 1 convolution and batch norm (option B of He et al.).</summary>
    Projection,

    /// <summary>Every second pixel, and channels of zeros on both sides (option A): no weights.</summary>
    Padding,
}

/// <summary>What tells one residual network from another, and the parameter names of its home.</summary>
/// <param name="Blocks">Blocks of each stage.</param>
/// <param name="Widths">Channels of each stage; the first is the stem's too. A bottleneck puts out four times as many.</param>
public sealed record ResNetPlan(int[] Blocks, int[] Widths)
{
    /// <summary>Three convolutions 1 × 1, 3 × 3, 1 × 1 a block in place of two of 3 × 3.</summary>
    public bool Bottleneck { get; init; }

    /// <summary>Channels inside a bottleneck over those of its stage; 2 in wide ResNets.</summary>
    public int InnerFactor { get; init; } = 1;

    /// <summary>A 7 × 7 convolution of stride 2 and a pool before the blocks, as for ImageNet, in place of one 3 × 3.</summary>
    public bool LargeStem { get; init; }

    public Shortcut Shortcut { get; init; }

    /// <summary>What the home calls a projection.</summary>
    public string ShortcutName { get; init; } = "downsample";

    /// <summary>What the home calls the last linear layer.</summary>
    public string HeadName { get; init; } = "fc";

    public Shape Image { get; init; } = [3, 32, 32];

    public int Classes { get; init; } = 10;

    /// <summary>The ImageNet networks, with torchvision's names.</summary>
    public static ResNetPlan ImageNet(params int[] blocks) =>
        new(blocks, [64, 128, 256, 512]) { LargeStem = true, Image = [3, 224, 224], Classes = 1000 };

    /// <summary>The CIFAR networks of He et al. of 6n + 2 layers, with the names of akamaster/pytorch_resnet_cifar10.</summary>
    public static ResNetPlan Cifar(int layers)
    {
        if (layers < 8 || (layers - 2) % 6 != 0) Throw.Range($"resnet: {layers} layers; a CIFAR ResNet has 6n + 2: 20, 32, 44, 56, 110.");
        int blocks = (layers - 2) / 6;
        return new([blocks, blocks, blocks], [16, 32, 64]) { Shortcut = Shortcut.Padding, HeadName = "linear" };
    }
}
