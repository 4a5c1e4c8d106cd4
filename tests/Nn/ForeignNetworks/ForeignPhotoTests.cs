using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Nn;
using Xunit;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>ImageNet networks of other people on photos, from the JPEG file to the class.</summary>
public sealed class ForeignPhotoTests
{
    private static readonly string Photos = Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA") ?? "", "images");

    /// <summary>Pixels from −1 to 1.</summary>
    [DataFact("weights", "images")]
    public void MobileNetNamesMostPhotos()
    {
        ModelEntry entry = ModelCatalog.Find("mobilenet-v1-0.25");
        Network network = ForeignWeights.Load("imagenet/mobilenet_v1_0.25_224.safetensors", p => entry.Build(p, new()));
        Assert.Equal((16, 22, 24), Count(new Normalized(network, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5])));
    }

    /// <summary>Pixels from 0 to 255 less Caffe's mean, here in the order red, green, blue.</summary>
    [DataFact("weights", "images")]
    public void SqueezeNetNamesMostPhotos()
    {
        Network network = ForeignWeights.Load("imagenet/squeezenet_v1.0_deep_compression.safetensors", p => new CaffeSqueezeNet(p));
        Assert.Equal((18, 24, 24),
            Count(new Normalized(network, [123 / 255.0, 117 / 255.0, 104 / 255.0], [1 / 255.0, 1 / 255.0, 1 / 255.0])));
    }

    /// <summary>How many photos have their class as the best, how many among the five best, and of how many.</summary>
    private static (int Best, int AmongFive, int Count) Count(Network network)
    {
        int side = network.InputShape[1];
        ImageTransform transform = new(256, side, side, Interpolation.Bilinear);
        ClassNames names = ClassNames.Load(Path.Combine(Photos, ClassNames.FileName));
        int best = 0;
        int five = 0;
        string[] paths = Directory.GetFiles(Photos, "*.jpg");
        foreach (string path in paths)
        {
            int label = names.IndexOf(Path.GetFileName(path).Split('_')[0]);
            float[] logits = network.Forward(ImageFile.ToTensor(transform.Apply(ImageFile.Read(path)), 3)).ToArray<float>();
            int better = logits.Count(value => value > logits[label]);
            best += better == 0 ? 1 : 0;
            five += better < 5 ? 1 : 0;
        }
        return (best, five, paths.Length);
    }
}
