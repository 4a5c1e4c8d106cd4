using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Probes.Distances;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The published linear weights of LPIPS 0.1: their known statistics, and that they fit the backbones.</summary>
public class LpipsHeadsTests
{
    [DataFact("weights/lpips")]
    public void AlexHasItsKnownStatistics()
    {
        using WeightFile file = WeightFile.Open(PathOf("alex"));
        (int Count, double Sum, double Max, int Zeros)[] known =
        [
            (64, 2.349532, 0.492139, 35), (192, 16.143027, 1.047155, 55), (384, 39.268439, 1.323567, 37),
            (256, 27.197178, 0.747736, 18), (256, 20.317177, 0.413070, 5),
        ];
        for (int l = 0; l < known.Length; l++)
        {
            double[] values = ClosedForm.Doubles(file.Read($"lin{l}.model.1.weight"));
            Assert.Equal(known[l].Count, values.Length);
            Assert.Equal(known[l].Sum, values.Sum(), 1e-6);
            Assert.Equal(known[l].Max, values.Max(), 1e-6);
            Assert.Equal(known[l].Zeros, values.Count(value => value == 0));
            Assert.Equal(0, values.Min());
        }
    }

    [DataFact("weights/lpips")]
    public void EachFileFitsItsNetworkAndNoOther()
    {
        foreach (LpipsNet net in Enum.GetValues<LpipsNet>())
        {
            LpipsFeatures features = new(net, Params.Fresh(1));
            foreach (LpipsNet heads in Enum.GetValues<LpipsNet>())
            {
                using WeightFile file = WeightFile.Open(PathOf($"{heads}".ToLowerInvariant()));
                Dictionary<string, Tensor> weights = file.Names.ToDictionary(name => name, file.Read);
                if (heads == net)
                {
                    Assert.InRange(
                        new Lpips(features, weights).Of(ClosedForm.Images(1, [3, 32, 32], 1), ClosedForm.Images(1, [3, 32, 32], 2))[0],
                        1e-3, 10);
                }
                else Assert.Throws<WeightsException>(() => new Lpips(features, weights));
            }
        }
    }

    private static string PathOf(string net) =>
        Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "weights", "lpips", $"{net}.pth");
}
