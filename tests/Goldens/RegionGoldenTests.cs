using System.Text.Json;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Distances;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>The tables of the level-set study, straight lines and simplices against PyTorch's on the same images.</summary>
public sealed class RegionGoldenTests
{
    private const string FileName = "regions.jsonl";
    private const double Near = 1e-11;
    private static readonly double[] Drops = [0, 0.1, 0.2, 0.3];
    private static readonly double[] Positive = Drops[1..];
    private static readonly (int First, int Second)[] Pairs = [(0, 1), (0, 2), (1, 2)];

    public static TheoryData<string> Cases => [.. GoldenFile.Read(FileName).Select(record => record.Case)];

    [Theory, MemberData(nameof(Cases))]
    public void TheDistancesOfTableOneArePyTorchs(string @case)
    {
        Golden golden = Golden.Of(@case);
        JsonElement expected = golden.Json.GetProperty("table1");
        // A walk of no steps ends where it begins.
        Examples pairs = new(golden.Ends, Logits.Prediction(golden.Classifier.Logits(golden.Ends))) { Targets = golden.Targets };
        AttackResult walks = new Lst(Iterations: 0, StartNoise: 0).Run(
            golden.Classifier, pairs, new RunContext { Force = true, ChunkSize = 4 });
        Close(expected.GetProperty("rmse"), walks.Examples.Select(e => e.Rmse));
        Close(expected.GetProperty("linf"), walks.Examples.Select(e => e.DistanceLinf));
        Close(expected.GetProperty("ssim"), walks.Examples.Select(e => e.Ssim));
        Dictionary<string, Tensor> weights = golden.Record.Specs("lpips").ToDictionary(s => s.Name, s => s.Build(DType.F64, Device.Cpu));
        Lpips lpips = Lpips.Load(LpipsNet.Alex, Named(weights, "features."), Named(weights, "lin"), DType.F64);
        Close(expected.GetProperty("lpips"), lpips.Of(golden.Ends, golden.Targets));
    }

    [Theory, MemberData(nameof(Cases))]
    public void TheTrianglesOfTableTwoArePyTorchs(string @case)
    {
        Golden golden = Golden.Of(@case);
        TriangleHull[][] hulls = [.. golden.Labels.Select((label, s) => Pairs.Select(pair => TriangleHull.Measure(golden.Classifier,
            golden.Source(s), golden.End(s, pair.First), golden.End(s, pair.Second), label)).ToArray())];
        for (int s = 0; s < hulls.Length; s++)
        {
            for (int k = 0; k < Pairs.Length; k++)
            {
                (TriangleHull hull, JsonElement expected) = (hulls[s][k], golden.Json.GetProperty("hulls")[s][k]);
                Close(expected.GetProperty("source"), hull.SourceConfidence);
                Close(expected.GetProperty("edge_mean"), hull.EdgeMean);
                Close(expected.GetProperty("edge_lowest"), hull.EdgeLowestDifference);
                Close(expected.GetProperty("area"), hull.Area);
                foreach (TriangleHull grid in (TriangleHull[])[hull, hull.ReferenceGrid()])
                {
                    JsonElement points = expected.GetProperty($"{grid.All.Count()}");
                    Close(points.GetProperty("mean"), grid.Mean);
                    Assert.Equal(Ints(points.GetProperty("above")),
                        Drops.Select(d => (int)Math.Round(grid.ShareAbove(d) * grid.All.Count())));
                }
            }
        }
        JsonElement table = golden.Json.GetProperty("table2");
        Close(table.GetProperty("source"), Spread(hulls, h => h.SourceConfidence));
        Close(table.GetProperty("edge_mean"), Spread(hulls, h => h.EdgeMean));
        Close(table.GetProperty("edge_lowest"), hulls.Min(of => of.Min(h => h.EdgeLowestDifference)));
        for (int grid = 66; grid >= 64; grid -= 2)
        {
            TriangleHull On(TriangleHull hull) => grid == 66 ? hull : hull.ReferenceGrid();
            JsonElement expected = table.GetProperty($"{grid}");
            Close(expected.GetProperty("mean"), Spread(hulls, h => On(h).Mean));
            for (int k = 0; k < Drops.Length; k++) Close(expected.GetProperty("above")[k], Spread(hulls, h => On(h).ShareAbove(Drops[k])));
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void StraightLinesArePyTorchs(string @case)
    {
        Golden golden = Golden.Of(@case);
        for (int s = 0; s < golden.Labels.Length; s++)
        {
            StarShape star = StarShape.Measure(golden.Classifier, golden.Source(s), golden.EndsOf(s), null, golden.Labels[s], new Rng(1));
            for (int k = 0; k < star.Limbs.Length; k++)
            {
                JsonElement expected = golden.Json.GetProperty("lines")[s][k];
                Close(expected.GetProperty("length"), star.Limbs[k].Length);
                Close(expected.GetProperty("confidence"), star.Limbs[k].Confidence);
                Assert.Equal(
                    expected.GetProperty("stays").EnumerateArray().Select(e => e.GetBoolean()), Positive.Select(star.Limbs[k].Stays));
                Close(expected.GetProperty("reach"), Positive.Select(star.Limbs[k].Reach));
            }
            Assert.Equal(3, star.Limbs.Length);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void SimplicesArePyTorchs(string @case)
    {
        Golden golden = Golden.Of(@case);
        double[][] weights = [.. golden.Shares.Chunk(4).Select(row =>
        {
            double[] shifted = Array.ConvertAll(row, share => share + 1e-3);
            return Array.ConvertAll(shifted, share => share / shifted.Sum());
        })];
        for (int s = 0; s < golden.Labels.Length; s++)
        {
            JsonElement expected = golden.Json.GetProperty("simplices")[s];
            HullVolume[] hulls = [.. Positive.Select(drop =>
                HullVolume.Of(golden.Classifier, golden.Source(s), golden.EndsOf(s), golden.Labels[s], drop, weights))];
            Assert.Equal(Ints(expected.GetProperty("inside")), hulls.Select(hull => hull.Inside));
            Close(expected.GetProperty("log_volume"), hulls[0].LogVolume);
        }
    }

    /// <summary>What Table 2 states: over the pairs of a source first, then mean and population deviation over sources.</summary>
    private static double[] Spread(TriangleHull[][] hulls, Func<TriangleHull, double> value)
    {
        (double mean, double deviation) = Statistics.Spread(hulls.Select(of => of.Average(value)), population: true);
        return [mean, deviation];
    }

    private static void Close(JsonElement expected, double found) => Assert.Equal(expected.GetDouble(), found, Near);

    private static void Close(JsonElement expected, IEnumerable<double> found) =>
        Assert.Equal(GoldenRecord.Numbers(expected), found, (a, b) => Math.Abs(a - b) <= Near);

    private static IEnumerable<int> Ints(JsonElement numbers) => numbers.EnumerateArray().Select(n => n.GetInt32());

    private static Dictionary<string, Tensor> Named(Dictionary<string, Tensor> weights, string start) =>
        weights.Where(w => w.Key.StartsWith(start, StringComparison.Ordinal)).ToDictionary();

    /// <summary>The network and the images of a record.</summary>
    private sealed record Golden(GoldenRecord Record, Classifier Classifier, Tensor Sources, Tensor Targets, Tensor Ends)
    {
        private const int EachEnds = 3;

        public JsonElement Json => Record.Json;

        public int[] Labels => [.. Ints(Json.GetProperty("labels"))];

        public double[] Shares => new GoldenInput(Json.GetProperty("shares")).Build(DType.F64, Device.Cpu).ToArray<double>();

        public static Golden Of(string @case)
        {
            GoldenRecord record = GoldenFile.Find(FileName, "regions", @case, "f64");
            Tensor[] images = [.. record.Inputs.Select(input => input.Build(DType.F64, Device.Cpu))];
            Tensor[] w = [.. Enumerable.Range(0, 4).Select(k =>
                new GoldenInput(record.Json.GetProperty("parameters")[k]).Build(DType.F64, Device.Cpu))];
            Classifier classifier = new(x => ((x.Flatten() - 0.5).MatMul(w[0]) + w[1]).Tanh().MatMul(w[2]) + w[3],
                new(images[0].Shape.Sizes[1..]), w[3].Shape[1]);
            Tensor starts = images[0].TakeIndices(0, [.. Enumerable.Range(0, images[1].Shape[0]).Select(i => i / EachEnds)]);
            return new(record, classifier, images[0], images[1], images[1] * 0.5 + starts * 0.25 + images[2] * 0.25);
        }

        public Tensor Source(int s) => Sources.TakeIndices(0, [s]);

        public Tensor End(int s, int k) => Ends.TakeIndices(0, [EachEnds * s + k]);

        public Tensor EndsOf(int s) => Ends.TakeIndices(0, [.. Enumerable.Range(EachEnds * s, EachEnds)]);
    }
}
