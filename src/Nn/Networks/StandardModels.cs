using System.Globalization;
using MiniGrad.Formats.Images;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Nn.Networks;

/// <summary>The rows of the catalogue: each network under its name, with the parameter names and the normalisation of its home.</summary>
internal static class StandardModels
{
    private static readonly Preprocessing ImageNet = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    private static readonly Preprocessing Kuangliu = new([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]);
    private static readonly Preprocessing KolterWong = new([0.485, 0.456, 0.406], [0.225, 0.225, 0.225]);

    /// <summary>Mean and deviation of the pixels of CIFAR-10's training images.</summary>
    private static readonly Preprocessing Moments = new([0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616]);

    private static readonly Preprocessing Halves = new([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

    private static readonly ResNetPlan CifarResNet18 =
        new([2, 2, 2, 2], [64, 128, 256, 512]) { Projection = "shortcut", HeadName = "linear" };

    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        new("mlp", "784-1000-10, ReLU; the two-layer null-space study", (p, s) => new Mlp(p, s)) { Head = "fc2.weight" },
        new("lenet5", "LeNet-5 with ReLU and max pooling", (p, s) => new LeNet5(p, s)) { Head = "fc3.weight" },
        new("lenet5-tanh", "LeNet-5 with tanh and average pooling",
            (p, s) => new LeNet5(p, s with { Activation = s.Activation ?? Activation.Tanh }, averagePool: true)) { Head = "fc3.weight" },
        new("lenet-madry", "32 and 64 filters of 5 x 5, 1024 units; robustness on MNIST",
            (p, s) => new LeNetMadry(p, s, new(32, 64, 1024))) { Head = "fc2.weight" },
        new("lenet-madry-lite", "16 and 32 filters of 5 x 5, 256 units",
            (p, s) => new LeNetMadry(p, s, new(16, 32, 256))) { Head = "fc2.weight" },
        new("lenet-madry-lite-temperature", "16 and 32 filters of 5 x 5, 256 units, and a temperature of each image",
            (p, s) => new LeNetMadry(p, s, new(16, 32, 256), hasTemperature: true)) { Head = "fc2.weight" },

        ImageNetModel("resnet18", "torchvision", "fc.weight", (p, s) => new ResNet(p, ResNetPlan.ImageNet(2, 2, 2, 2), s)),
        ImageNetModel("resnet34", "torchvision", "fc.weight", (p, s) => new ResNet(p, ResNetPlan.ImageNet(3, 4, 6, 3), s)),
        ImageNetModel("resnet50", "torchvision", "fc.weight",
            (p, s) => new ResNet(p, ResNetPlan.ImageNet(3, 4, 6, 3) with { Bottleneck = true }, s)),
        ImageNetModel("wide-resnet50-2", "torchvision", "fc.weight",
            (p, s) => new ResNet(p, ResNetPlan.ImageNet(3, 4, 6, 3) with { Bottleneck = true, InnerFactor = 2 }, s)),
        ImageNetModel("alexnet", "torchvision", "classifier.6.weight", (p, s) => new AlexNet(p, s)),
        ImageNetModel("vgg16", "torchvision", "classifier.6.weight", (p, s) => new Vgg16(p, s)),
        ImageNetModel("squeezenet1_1", "torchvision", "classifier.1.weight", (p, s) => new SqueezeNet(p, s)),

        Transformer("deit-tiny", 192, 3, ImageNet),
        Transformer("deit-small", 384, 6, ImageNet),
        Transformer("deit-base", 768, 12, ImageNet),
        Transformer("vit-small", 384, 6, Halves),
        Transformer("vit-base", 768, 12, Halves),

        new("resnet18-cifar", "ResNet-18 for CIFAR; names of kuangliu/pytorch-cifar", (p, s) => new ResNet(p, CifarResNet18, s))
        {
            Head = "linear.weight",
            Usual = Kuangliu,
        },
        new("preact-resnet18", "pre-activation ResNet-18 for CIFAR; names of kuangliu/pytorch-cifar", (p, s) => new PreActResNet(p, s))
        {
            Head = "linear.weight",
            Usual = Kuangliu,
        },
        new("resnet20-64", "ResNet-20 with 64, 128 and 256 channels; confidence-calibrated training", (p, s) =>
            new ResNet(p, new([3, 3, 3], [64, 128, 256]), s)) { Head = "fc.weight" },

        Strided("cnn-a", [1, 28, 28], null, new(16), new(32)),
        Strided("cnn-a-cifar", [3, 32, 32], Kuangliu, new(16), new(32)),
        Strided("cnn-small", [1, 28, 28], null, new(16, Pad: 0), new(32, Pad: 0)),
        Strided("cnn-small-cifar", [3, 32, 32], Kuangliu, new(16, Pad: 0), new(32, Pad: 0)),
        Strided("cnn-kw-base", [3, 32, 32], KolterWong, new(8), new(16)),
        Strided("cnn-kw-wide", [3, 32, 32], KolterWong, new(16), new(32)),
        Strided("cnn-kw-deep", [3, 32, 32], KolterWong, new(8), new(8, 3, 1), new(8, 3, 1), new(8)),
        new("smallcnn-trades", "SmallCNN for MNIST; names of yaodongyu/TRADES", (Params p, int classes) => new TradesNet(p, classes))
        {
            Head = "classifier.fc3.weight",
        },
        Plain("resnet2b", width: 8, stages: 1),
        Plain("resnet4b", width: 16, stages: 2),

        new("cct-4-3x1", "compact convolutional transformer, 4 blocks of width 128; names of Nik212/Compact-Convolutional-Transformer",
            (p, s) => new CompactTransformer(p, 4, s)) { Head = "fc.weight", Usual = Moments },
        CompetitionTransformer(depth: 2, heads: 3, patch: 16),
        CompetitionTransformer(depth: 3, heads: 3, patch: 8),
        new("mobilenet-v1-0.25", "MobileNetV1 of width 1/4 for ImageNet; names of Keras", (p, s) => new MobileNet(p, s))
        {
            Head = "conv_preds.weight",
            Usual = Halves,
            Photo = image => Photo(image, 0.875, Interpolation.Bilinear),
        },
    ];

    public static IReadOnlyList<ModelFamily> Families { get; } =
    [
        new("resnetN-cifar", ["resnet20-cifar", "resnet32-cifar", "resnet44-cifar", "resnet56-cifar", "resnet110-cifar"], CifarResNet),
        new("wrn-D-W", ["wrn-16-4", "wrn-16-8", "wrn-28-4", "wrn-28-10", "wrn-34-10", "wrn-34-20", "wrn-40-2", "wrn-70-16"], Wide),
        new("vit-P-WIDTH-DEPTH", ["vit-7-64-4", "vit-4-64-4"], SmallTransformer),
    ];

    private static ModelEntry ImageNetModel(string name, string home, string head, Func<Params, ModelSettings, Network> build) =>
        new(name, $"for ImageNet; names of {home}", build)
        {
            Head = head,
            Usual = ImageNet,
            Photo = image => Photo(image, 0.875, Interpolation.Bilinear),
        };

    private static ModelEntry Strided(string name, Shape image, Preprocessing? usual, params StridedConvNet.Windows[] windows) =>
        new(name, $"{Filters(windows)}, 100 units; names of PyTorch's Sequential",
            (Params p, int classes) => new StridedConvNet(p, image, windows, classes))
        {
            Head = $"{2 * windows.Length + 3}.weight",
            Usual = usual,
        };

    private static string Filters(StridedConvNet.Windows[] windows) => windows.All(window => window.Stride == 2)
        ? $"{string.Join(" and ", windows.Select(window => window.Filters))} filters of 4 x 4 with stride 2"
        : $"{windows.Length} convolutions of {windows[0].Filters} filters";

    private static ModelEntry Plain(string name, int width, int stages) =>
        new(name, $"residual network of {2 * stages} blocks without batch norm, for CIFAR; names of alpha-beta-CROWN",
            (p, s) => new PlainResNet(p, width, stages, s))
        {
            Head = "linear2.weight",
            Usual = Moments,
        };

    private static ModelEntry CompetitionTransformer(int depth, int heads, int patch) =>
        new($"vnncomp-vit-{depth}-{heads}-{patch}",
            $"tiny vision transformer with batch norm, {depth} blocks, {heads} heads, patches of {patch}; from VNN-COMP 2023",
            (p, s) => new BatchNormTransformer(p, depth, heads, patch, s))
        {
            Head = "head.weight",
            Usual = Kuangliu,
        };

    private static ModelEntry Transformer(string name, int width, int heads, Preprocessing usual) =>
        new(name, $"vision transformer, patches of 16, width {width}; names of timm",
            (p, s) => new VisionTransformer(p, VisionPlan.ImageNet(width, heads), s))
        {
            Head = "head.weight",
            Usual = usual,
            Photo = image => Photo(image, 0.9, Interpolation.Bicubic),
        };

    /// <summary>
    /// The middle of an image whose shorter side was resized so that the crop is that share of it: 224 of 256, or of 248.
    /// </summary>
    private static ImageTransform Photo(Shape image, double share, Interpolation interpolation) =>
        new((int)(Math.Min(image[1], image[2]) / share), image[1], image[2], interpolation);

    private static ModelEntry? CifarResNet(string name)
    {
        if (!name.StartsWith("resnet", StringComparison.Ordinal) || !name.EndsWith("-cifar", StringComparison.Ordinal) || name.Length < 13)
        {
            return null;
        }
        if (Number(name[6..^6]) is not { } layers || layers < 8 || (layers - 2) % 6 != 0) return null;
        return new(name, $"He et al.'s ResNet-{layers} for CIFAR; names of akamaster/pytorch_resnet_cifar10",
            (p, s) => new ResNet(p, ResNetPlan.Cifar(layers), s))
        {
            Head = "linear.weight",
            Usual = ImageNet,
        };
    }

    private static ModelEntry? Wide(string name)
    {
        string[] parts = name.Split('-');
        if (parts.Length != 3 || parts[0] != "wrn" || Number(parts[1]) is not { } layers || Number(parts[2]) is not { } width) return null;
        return new(name, "wide ResNet for CIFAR; names of RobustBench", (p, s) => new WideResNet(p, layers, width, s))
        {
            Head = "fc.weight",
        };
    }

    private static ModelEntry? SmallTransformer(string name)
    {
        string[] parts = name.Split('-');
        if (parts.Length != 4 || parts[0] != "vit") return null;
        if (Number(parts[1]) is not { } patch || Number(parts[2]) is not { } width || Number(parts[3]) is not { } depth) return null;
        return new(name, $"vision transformer for small images, patches of {patch}, width {width}, heads of 32; names of timm",
            (p, s) => new VisionTransformer(p, VisionPlan.Small(patch, width, depth), s))
        { Head = "head.weight" };
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is > 0 and < 10_000 ? value : null;
}
