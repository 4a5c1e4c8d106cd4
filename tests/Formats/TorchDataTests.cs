using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>The networks of other authors open with the names and shapes that their list states.</summary>
public sealed class TorchDataTests
{
    private const string CifarSmall = "0.weight [16, 3, 4, 4];0.bias [16];2.weight [32, 16, 4, 4];2.bias [32];5.weight [100, "
        + "1152];5.bias [100];7.weight [10, 100];7.bias [10]";
    private const string MnistCnn = "0.weight [16, 1, 4, 4];0.bias [16];2.weight [32, 16, 4, 4];2.bias [32];5.weight [100, "
        + "1568];5.bias [100];7.weight [10, 100];7.bias [10]";
    private const string CifarCnn = "0.weight [16, 3, 4, 4];0.bias [16];2.weight [32, 16, 4, 4];2.bias [32];5.weight [100, "
        + "2048];5.bias [100];7.weight [10, 100];7.bias [10]";

    private static readonly string Root = Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA") ?? "", "weights");

    [DataFact("weights")]
    public void Every_file_opens_and_every_tensor_is_finite()
    {
        int files = 0;
        foreach (string path in Directory.GetFiles(Root, "*", SearchOption.AllDirectories))
        {
            using WeightFile file = WeightFile.Open(path);
            bool legacy = File.ReadAllBytes(path)[0] == 0x80;
            Assert.Equal(
                path.EndsWith(".safetensors", StringComparison.Ordinal) ? "safetensors" : legacy ? "PyTorch legacy stream" : "PyTorch zip",
                file.Format);
            foreach (WeightEntry entry in file.Entries)
            {
                Tensor tensor = file.Read(entry.Name);
                Assert.Equal(entry.Shape, tensor.Shape.ToArray().Select(size => (long)size));
                Assert.True(tensor.Cast(DType.F64).ToArray<double>().All(double.IsFinite), $"{path}: {entry.Name}");
            }
            files++;
        }
        Assert.Equal(38, files);
    }

    [DataFact("weights")]
    public void Names_and_shapes_are_these()
    {
        foreach (string name in (string[])["mnist/kw_mnist.pth", "mnist/mnist_cnn_a_adv.model",
            "mnist/fast_fgsm.pth", "mnist/fast_pgd_madry.pth", "fashion-mnist/kw_fashion_mnist.pth"])
        {
            Holds(name, MnistCnn);
        }
        foreach (string name in (string[])["cifar-10/cifar_cnn_a_adv.model", "cifar-10/cifar_cnn_a_mix.model"]) Holds(name, CifarCnn);
        Holds("cifar-10/cifar_conv_small_pgd.pth", CifarSmall, "the tensors are those of \"state_dict\" in the file", "left aside: acc");
        Holds("cifar-10/cifar_wide_kw.pth", CifarCnn, "the tensors are those of \"state_dict\" in the file", "left aside: sampler_indices");
        Holds("mnist/mnist_conv_small_nat.pth", "0.weight [16, 1, 4, 4];0.bias [16];2.weight [32, 16, 4, 4];2.bias [32];5.weight [100, "
            + "800];5.bias [100];7.weight [10, 100];7.bias [10]",
            "the tensors are those of \"state_dict\" in the file", "left aside: acc");
        Holds("mnist/MadryCNN_no_maxpool_tiny.pt", "0.weight [4, 1, 5, 5];0.bias [4];2.weight [8, 4, 5, 5];2.bias [8];5.weight [128, "
            + "392];5.bias [128];7.weight [10, 128];7.bias [10]");
        int[] alex = [64, 192, 384, 256, 256];
        Holds("lpips/alex.pth", string.Join(';', alex.Select((c, i) => $"lin{i}.model.1.weight [1, {c}, 1, 1]")));
    }

    [DataFact("weights")]
    public void A_residual_network_has_its_names()
    {
        using WeightFile file = WeightFile.Open(Path.Combine(Root, "cifar-10", "resnet20-12fca82f.th"));
        Assert.Equal(97, file.Names.Count);
        Assert.Equal("conv1.weight", file.Names[0]);
        Assert.Equal([16L, 3L, 3L, 3L], file.Entries[0].Shape);
        Assert.Equal("linear.bias", file.Names[^1]);
        Assert.Equal(["the tensors are those of \"state_dict\" in the file", "the prefix \"module.\" was taken off 97 names"], file.Notes);
        Assert.Contains("best_prec1", file.Metadata.Keys);
        using WeightFile other = WeightFile.Open(Path.Combine(Root, "cifar-10", "resnet20_pyhessian.pkl"));
        Assert.Equal(128, other.Names.Count);
        Assert.Equal(["the prefix \"module.\" was taken off 128 names"], other.Notes);
        Assert.Equal(DType.I32, other.Read("bn1.num_batches_tracked").Type);
    }

    private static void Holds(string name, string entries, params string[] notes)
    {
        using WeightFile file = WeightFile.Open(Path.Combine(Root, name));
        Assert.Equal(entries.Split(';'), file.Entries.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]"));
        Assert.Equal(notes, file.Notes);
    }
}
