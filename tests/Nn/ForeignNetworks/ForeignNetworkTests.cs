using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Networks;
using MiniGrad.Nn.Weights;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>
/// Networks that other people trained, written down in a few lines each: their files load unchanged, and classify as
/// many images rightly as the README of the data states (measured with PyTorch).
/// </summary>
public sealed class ForeignNetworkTests
{
    private const string Cifar = "cifar-10";
    private const string Mnist = "mnist";
    private const string Fashion = "fashion-mnist";

    /// <summary>The filters of the two most common small networks: 4 × 4, stride 2, padded or not.</summary>
    private static readonly (int, int, int, int)[] Padded = [(16, 4, 2, 1), (32, 4, 2, 1)];
    private static readonly (int, int, int, int)[] Unpadded = [(16, 4, 2, 0), (32, 4, 2, 0)];

    private static readonly Preprocessing ImageNet = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    private static readonly Preprocessing ImageNetOneStd = ImageNet with { Std = [0.225, 0.225, 0.225] };
    private static readonly Preprocessing CifarMoments = new([0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616]);
    private static readonly Preprocessing CifarUsual = CifarMoments with { Std = [0.2023, 0.1994, 0.2010] };
    private static readonly Preprocessing Unit = new([0], [1]);
    private static readonly Preprocessing MnistMoments = new([0.1307], [0.3081]);

    [DataFact("weights", Mnist)]
    public void SmallNetworksForMnist() => Check(
        new("mnist/kw_mnist.pth", Mnist, 982, Unit, p => new SmallConvNet(p, [1, 28, 28], Padded, [100, 10])),
        new("mnist/mnist_cnn_a_adv.model", Mnist, 956, Unit, p => new SmallConvNet(p, [1, 28, 28], Padded, [100, 10])),
        new("mnist/fast_fgsm.pth", Mnist, 983, Unit, p => new SmallConvNet(p, [1, 28, 28], Padded, [100, 10])),
        new("mnist/fast_pgd_madry.pth", Mnist, 992, Unit, p => new SmallConvNet(p, [1, 28, 28], Padded, [100, 10])),
        new("mnist/mnist_conv_small_nat.pth", Mnist, 981, Unit, p => new SmallConvNet(p, [1, 28, 28], Unpadded, [100, 10])),
        new("mnist/MadryCNN_no_maxpool_tiny.pt", Mnist, 972, Unit,
            p => new SmallConvNet(p, [1, 28, 28], [(4, 5, 2, 2), (8, 5, 2, 2)], [128, 10])),
        new("mnist/mnist_6_100_nat.pth", Mnist, 960, Unit, p => new SmallConvNet(p, [1, 28, 28], [], [100, 100, 100, 100, 100, 10])),
        new("mnist/mnist_9_200_nat.pth", Mnist, 950, Unit,
            p => new SmallConvNet(p, [1, 28, 28], [], [200, 200, 200, 200, 200, 200, 200, 200, 10])),
        new("mnist/cnn_bn_mnist.pt", Mnist, 991, MnistMoments, p => new BurnMnistNet(p)),
        new("mnist/cnn_bn_mnist.safetensors", Mnist, 990, MnistMoments, p => new BurnMnistNet(p)));

    [DataFact("weights", Fashion)]
    public void SmallNetworkForFashion() => Check(
        new Foreign("fashion-mnist/kw_fashion_mnist.pth", Fashion, 793, Unit, p => new SmallConvNet(p, [1, 28, 28], Padded, [100, 10])));

    [DataFact("weights", Cifar)]
    public void SmallNetworksForCifar() => Check(
        new("cifar-10/cifar_cnn_a_adv.model", Cifar, 703, CifarUsual, p => new SmallConvNet(p, [3, 32, 32], Padded, [100, 10])),
        new("cifar-10/cifar_cnn_a_mix.model", Cifar, 776, CifarUsual, p => new SmallConvNet(p, [3, 32, 32], Padded, [100, 10])),
        new("cifar-10/cifar_conv_small_pgd.pth", Cifar, 630, CifarUsual, p => new SmallConvNet(p, [3, 32, 32], Unpadded, [100, 10])),
        new("cifar-10/cifar_base_kw.pth", Cifar, 611, ImageNetOneStd,
            p => new SmallConvNet(p, [3, 32, 32], [(8, 4, 2, 1), (16, 4, 2, 1)], [100, 10])),
        new("cifar-10/cifar_deep_kw.pth", Cifar, 565, ImageNetOneStd,
            p => new SmallConvNet(p, [3, 32, 32], [(8, 4, 2, 1), (8, 3, 1, 1), (8, 3, 1, 1), (8, 4, 2, 1)], [100, 10])),
        new("cifar-10/cifar_wide_kw.pth", Cifar, 636, ImageNetOneStd, p => new SmallConvNet(p, [3, 32, 32], Padded, [100, 10])));

    [DataFact("weights", Mnist)]
    public void SmallRobustNetworksOfTheCatalogue() => Check(
        Named("mnist/fast_pgd_madry.pth", "cnn-a", Mnist, 992, Unit),
        Named("mnist/mnist_conv_small_nat.pth", "cnn-small", Mnist, 981, Unit),
        Named("mnist/trades_mnist_smallcnn.pt", "smallcnn-trades", Mnist, 994, Unit));

    [DataFact("weights", Cifar)]
    public void SmallRobustNetworksOfTheCatalogueForCifar() => Check(
        Named("cifar-10/cifar_cnn_a_adv.model", "cnn-a-cifar", Cifar, 703, CifarUsual),
        Named("cifar-10/cifar_conv_small_pgd.pth", "cnn-small-cifar", Cifar, 630, CifarUsual),
        Named("cifar-10/cifar_base_kw.pth", "cnn-kw-base", Cifar, 611, ImageNetOneStd),
        Named("cifar-10/cifar_deep_kw.pth", "cnn-kw-deep", Cifar, 565, ImageNetOneStd),
        Named("cifar-10/cifar_wide_kw.pth", "cnn-kw-wide", Cifar, 636, ImageNetOneStd));

    [DataFact("weights", Cifar)]
    public void TransformersOfTheCatalogueForCifar() => Check(
        Named("cifar-10/vit_pgd_2_3_16.safetensors", "vnncomp-vit-2-3-16", Cifar, 611, CifarUsual),
        Named("cifar-10/vit_ibp_3_3_8.safetensors", "vnncomp-vit-3-3-8", Cifar, 622, CifarUsual),
        Named("cifar-10/cct_4_3x1_84.59.pt", "cct-4-3x1", Cifar, 856, CifarMoments));

    /// <summary>By their names and shapes alone, and no other network of the catalogue fits.</summary>
    [DataFact("weights")]
    public void FilesAreRecognised()
    {
        (string File, string[] Models)[] expected =
        [
            ("cifar-10/vit_pgd_2_3_16.safetensors", ["vnncomp-vit-2-3-16"]),
            ("cifar-10/vit_ibp_3_3_8.safetensors", ["vnncomp-vit-3-3-8"]),
            ("cifar-10/cct_4_3x1_84.59.pt", ["cct-4-3x1"]),
            ("cifar-10/resnet2b.pth", ["resnet2b"]),
            ("cifar-10/resnet4b.pth", ["resnet4b"]),
            ("cifar-10/cifar_base_kw.pth", ["cnn-kw-base"]),
            ("cifar-10/cifar_deep_kw.pth", ["cnn-kw-deep"]),
            // One shape, two homes: their pixels are normalised in different ways.
            ("cifar-10/cifar_wide_kw.pth", ["cnn-a-cifar", "cnn-kw-wide"]),
            ("imagenet/mobilenet_v1_0.25_224.safetensors", ["mobilenet-v1-0.25"]),
        ];

        Assert.All(expected, row =>
        {
            using WeightFile file = WeightFile.Open(ForeignWeights.PathOf(row.File));
            Dictionary<string, Shape> shapes = file.ReadAll().ToDictionary(pair => pair.Key, pair => pair.Value.Shape);
            Assert.Equal(row.Models, ModelCatalog.Fitting(shapes).Select(fit => fit.Entry.Name));
        });
    }

    [DataFact("weights", Cifar)]
    public void ResidualNetworksForCifar() => Check(
        Named("cifar-10/resnet2b.pth", "resnet2b", Cifar, 703, CifarMoments),
        Named("cifar-10/resnet4b.pth", "resnet4b", Cifar, 771, CifarMoments),
        new("cifar-10/resnet20_pyhessian.pkl", Cifar, 921, CifarUsual, p => new ResNet(p, new([3, 3, 3], [16, 32, 64]), new())));

    [DataFact("weights", Cifar)]
    public void DeepResidualNetworksForCifar() => Check(
        OfCatalogue("cifar-10/resnet32-d509ac18.th", "resnet32-cifar", 279, 300),
        OfCatalogue("cifar-10/resnet44-014dd654.th", "resnet44-cifar", 275, 300),
        OfCatalogue("cifar-10/resnet56-4bfd9763.th", "resnet56-cifar", 1859, 2000));

    [DataFact("weights", Cifar)]
    public void ResNet20ForCifarOnTheWholeTestSet() => Check(OfCatalogue("cifar-10/resnet20-12fca82f.th", "resnet20-cifar", 9173, 10_000));

    private static Foreign OfCatalogue(string file, string model, int correct, int count) =>
        new(file, Cifar, correct, ImageNet, p => ModelCatalog.Find(model).Build(p, new()), count);

    private static Foreign Named(string file, string model, string data, int correct, Preprocessing usual) =>
        new(file, data, correct, ModelCatalog.Find(model).Usual ?? usual, p => ModelCatalog.Find(model).Build(p, new()));

    private static void Check(params Foreign[] networks)
    {
        string[] found = Array.ConvertAll(networks, network => $"{network.File}: {network.Measure()}");
        Assert.Equal(Array.ConvertAll(networks, network => $"{network.File}: {network.Correct}"), found);
    }

    /// <summary>A file, what it is for, and how many of the first test images the network in it gets right.</summary>
    private sealed record Foreign(
        string File, string DataSet, int Correct, Preprocessing Input, Func<Params, Network> Build, int Count = 1000)
    {
        public int Measure()
        {
            Network network = ForeignWeights.Load(File, Build);
            ImageDataSet data = DataSets.Open(DataSet, Split.Test);
            return Evaluator.Accuracy(new Normalized(network, Input.Mean, Input.Std), data, Count).Correct;
        }
    }
}
