using System.Text.Json.Nodes;
using System.Xml.Linq;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Topology;
using MiniGrad.Tests.Charts;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary><c>probe class-paths</c> and <c>probe convexity</c> on the digits: what they leave, resuming, and mistakes.</summary>
public sealed class RegionProbeTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void PathsAreThoseOfTheLibrary()
    {
        string[] command = ["class-paths", "--count", "40", "--pairs", "2", "--samples", "10", "--seed", "3"];
        CliRun run = Of([.. command, "--json"]);
        JsonObject summary = run.Json;
        AttackFolder left = new(folder["run"]);
        Assert.Equal(["manifest.json", "report.html", "results.jsonl", "summary.json"], left.Names);
        Classifier classifier = new(ModelCatalog.Load("lenet5", AttackFolder.Weights, type: DType.F64));
        Tensor images = CurvatureFolder.Images([.. Enumerable.Range(0, 40)]);
        int[] predicted = RegionPairs.Predicted(classifier, images);
        RegionPair[] pairs =
            [.. Enum.GetValues<PairKind>().SelectMany(kind => RegionPairs.Choose(predicted, 10, kind, 2, new Rng(3)).Pairs)];
        ClassPath[] paths = new ClassPaths(Samples: 10).Between(classifier, images, pairs, new() { Seed = 3 });
        JsonObject[] lines = left.Lines;
        Assert.Equal(6, lines.Length);
        Assert.Equal(["natural", "natural", "other-class", "other-class", "noise", "noise"],
            lines.Select(line => line["kind"]!.GetValue<string>()));
        for (int k = 0; k < 6; k++)
        {
            Assert.Equal((paths[k].Class, paths[k].Anchors, paths[k].Forwards, paths[k].Gradients),
                (Whole(lines[k], "class"), Whole(lines[k], "anchors"), Whole(lines[k], "forwards"), Whole(lines[k], "gradients")));
            Assert.Equal((pairs[k].Start, pairs[k].End), (Whole(lines[k], "start_index"), lines[k]["end_index"]?.GetValue<int>()));
            Assert.Equal(paths[k].RelativeLength, lines[k]["relative_length"]?.GetValue<double>() ?? double.NaN);
            Assert.Equal(paths[k].LowestMargin, lines[k]["lowest_margin"]?.GetValue<double>() ?? double.NaN);
            Assert.Equal(paths[k].IsFound, lines[k]["status"]!.GetValue<string>() == "found");
        }
        JsonObject natural = summary["kinds"]![0]!.AsObject();
        Assert.Equal(("natural", 2), (natural["kind"]!.GetValue<string>(), Whole(natural, "pairs")));
        Assert.Equal(paths[..2].Count(path => path.IsFound), Whole(natural, "found"));
        Assert.True(natural["success_interval"]!["high"]!.GetValue<double>() <= 1);
        Assert.Contains("inconclusive", summary["text"]!.GetValue<string>(), StringComparison.Ordinal);
        XElement page = left.Page();
        Assert.Contains("not a proof", page.Value, StringComparison.Ordinal);
        int shown = Enum.GetValues<PairKind>().Count(kind => paths.Zip(pairs).Any(p => p.First.IsFound && p.Second.Kind == kind));
        Assert.True(shown > 0);
        Assert.Equal(shown, page.WithClass("grid").Count(figure => figure.Name.LocalName == "figure"));

        // What a killed process leaves goes on to the same bytes.
        byte[] whole = File.ReadAllBytes(left["results.jsonl"]);
        string[] texts = left.Texts;
        File.Delete(left["summary.json"]);
        File.WriteAllText(left["results.jsonl"], $"{texts[4]}\n{texts[1]}\n{texts[0][..15]}");
        Assert.Equal(0, Of([.. command, "--resume"]).Code);
        Assert.Equal(whole, File.ReadAllBytes(left["results.jsonl"]));
        Of(["class-paths", "--count", "40", "--pairs", "2", "--seed", "3", "--resume"]).AssertFails(2, "configuration is");
    }

    [Fact]
    public void ConvexityHasAControlThatGivesOne()
    {
        CliRun run = Of(["convexity", "--count", "60", "--draws", "20", "--sizes", "2,5,50"]);
        Assert.Equal((0, ""), (run.Code, run.Problem));
        AttackFolder left = new(folder["run"]);
        JsonObject[] lines = left.Lines;
        Assert.Equal(20, lines.Length);
        Assert.Equal(["schema", "index", "subject", "class", "images", "sizes", "draws", "hits", "equal_hits"],
            lines[0].Select(pair => pair.Key));
        Assert.All(lines[10..], line =>
        {
            Assert.Equal("control", line["subject"]!.GetValue<string>());
            Assert.Equal(line["draws"]!.ToJsonString(), line["hits"]!.ToJsonString());
            Assert.Equal(line["draws"]!.ToJsonString(), line["equal_hits"]!.ToJsonString());
        });
        JsonObject two = left.Summary["sizes"]![0]!.AsObject();
        Assert.Equal((2, 10, 200), (Whole(two, "size"), Whole(two, "classes"), two["network"]!["draws"]!.GetValue<int>()));
        Assert.Equal(lines[..10].Sum(line => line["hits"]![0]!.GetValue<int>()), two["network"]!["hits"]!.GetValue<int>());
        Assert.Equal(1, two["control"]!["share"]!.GetValue<double>());
        Assert.Equal(10, left.Summary["skipped"]!.AsArray().Count(row => row!["size"]!.GetValue<int>() == 50));
        Assert.Contains("skipped: fewer than 50 images", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Do not trust", run.Out, StringComparison.Ordinal);
        Assert.Single(left.Page().WithClass("chart"), figure => figure.Name.LocalName == "figure");
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Of(["class-paths", "--kind", "noises"]).AssertFails(2, "--kind", "noises", "natural");
        Of(["class-paths", "--pairs", "0"]).AssertFails(2, "--pairs: \"0\"");
        Of(["class-paths", "--depth", "41"]).AssertFails(2, "--depth: \"41\"");
        Of(["class-paths", "--pushes", "0.1,0.02"]).AssertFails(2, "push 0.02", "ascend");
        Of(["class-paths", "--count", "1", "--kind", "natural"]).AssertFails(2, "has enough of 1 images");
        Of(["convexity", "--sizes", "1,2"]).AssertFails(2, "combinations of 1 images");
        Of(["convexity", "--sizes", "5,2"]).AssertFails(2, "size 2 after 5");
        Of(["convexity", "--draws", "0"]).AssertFails(2, "--draws: \"0\"");
        Of(["convexity", "--count", "1"]).AssertFails(2, "images of 1 classes");
    }

    private static int Whole(JsonObject json, string key) => json[key]!.GetValue<int>();

    private CliRun Of(string[] words) => CliRun.Of(
        ["probe", words[0], "--weights", AttackFolder.Weights, "--data", "digits", .. words[1..], "--out", folder["run"]]);
}
