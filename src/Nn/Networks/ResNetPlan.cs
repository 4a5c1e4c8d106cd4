namespace MiniGrad.Nn.Networks;

/// <summary>What tells one residual network from another, and the parameter names of its home.</summary>
/// <param name="Blocks">Blocks of each stage.</param>
/// <param name="Widths">Channels of each stage; the first is the stem's too. A bottleneck puts out four times as many.</param>
internal sealed record ResNetPlan(int[] Blocks, int[] Widths)
{
    /// <summary>Three convolutions 1 × 1, 3 × 3, 1 × 1 a block in place of two of 3 × 3.</summary>
    public bool Bottleneck { get; init; }

    /// <summary>Channels inside a bottleneck over those of its stage; 2 in wide ResNets.</summary>
    public int InnerFactor { get; init; } = 1;

    /// <summary>A 7 × 7 convolution of stride 2 and a pool before the blocks, as for ImageNet, in place of one 3 × 3.</summary>
    public bool LargeStem { get; init; }

    /// <summary>
    /// What the home calls the projection of a shortcut to another shape; null for zeros in its place.
    /// <see cref="Layers.ResidualShortcut"/>
    /// </summary>
    public string? Projection { get; init; } = "downsample";

    /// <summary>What the home calls the last linear layer.</summary>
    public string HeadName { get; init; } = "fc";

    /// <summary>The usual image shape [channels, height, width].</summary>
    public Shape Image { get; init; } = [3, 32, 32];

    /// <summary>The usual number of classes.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>The ImageNet networks, with torchvision's names.</summary>
    public static ResNetPlan ImageNet(params int[] blocks) =>
        new(blocks, [64, 128, 256, 512]) { LargeStem = true, Image = [3, 224, 224], Classes = 1000 };

    /// <summary>The CIFAR networks of He et al. of 6n + 2 layers, with the names of akamaster/pytorch_resnet_cifar10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not 6n + 2 layers.</exception>
    public static ResNetPlan Cifar(int layers)
    {
        if (layers < 8 || (layers - 2) % 6 != 0) Throw.Range($"resnet: {layers} layers; a CIFAR ResNet has 6n + 2: 20, 32, 44, 56, 110.");
        int blocks = (layers - 2) / 6;
        return new([blocks, blocks, blocks], [16, 32, 64]) { Projection = null, HeadName = "linear" };
    }
}
