using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>The linear heads of LPIPS 0.1 (Zhang et al., arXiv:1801.03924): one weight of 0 or more a channel.</summary>
public sealed class LpipsHeadTests
{
    /// <summary>For each backbone, the channels of its taps.</summary>
    private static readonly (string File, int[] Channels)[] Heads =
    [
        ("lpips/alex.pth", [64, 192, 384, 256, 256]),
        ("lpips/vgg.pth", [64, 128, 256, 512, 512]),
        ("lpips/squeeze.pth", [64, 128, 256, 384, 384, 512, 512]),
    ];

    /// <summary>Sum, maximum and exact zeros of each head for AlexNet, read with PyTorch.</summary>
    private static readonly (double Sum, double Max, int Zeros)[] Alex =
        [
            (2.349532, 0.492139, 35), (16.143027, 1.047155, 55), (39.268439, 1.323567, 37), (27.197178, 0.747736, 18),
            (20.317177, 0.413070, 5),
        ];

    [DataFact("weights")]
    public void TheHeadsHaveTheirNamesAndSums()
    {
        foreach ((string name, int[] channels) in Heads)
        {
            using WeightFile file = WeightFile.Open(ForeignWeights.PathOf(name));
            Assert.Equal(channels.Select((count, i) => $"lin{i}.model.1.weight [1, {count}, 1, 1]"),
                file.Entries.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]"));
            for (int i = 0; i < channels.Length; i++)
            {
                float[] weights = file.Read(file.Names[i]).ToArray<float>();
                Assert.All(weights, weight => Assert.InRange(weight, 0, 2));
                if (name != "lpips/alex.pth") continue;
                Assert.Equal(Alex[i].Sum, weights.Sum(weight => (double)weight), 1e-6);
                Assert.Equal(Alex[i].Max, weights.Max(), 1e-6);
                Assert.Equal(Alex[i].Zeros, weights.Count(weight => weight == 0));
            }
        }
    }
}
