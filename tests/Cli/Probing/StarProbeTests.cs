using System.Text.Json.Nodes;
using System.Xml.Linq;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using MiniGrad.Tests.Charts;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary><c>probe star</c> on the digits: its numbers are those of the library, resuming, and mistakes.</summary>
public sealed class StarProbeTests : IDisposable
{
    private static readonly string[] Command =
        ["--count", "60", "--sources", "3", "--targets", "4", "--attack", "lst:iterations=20", "--points", "50", "--seed", "3"];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ItsNumbersAreThoseOfTheLibrary()
    {
        JsonObject summary = Of([.. Command, "--json"]).Json;
        AttackFolder left = new(folder["run"]);
        Assert.Equal(["manifest.json", "report.html", "results.jsonl", "summary.json"], left.Names);
        JsonObject[] lines = left.Lines;
        Assert.Equal(3, lines.Length);
        Classifier classifier = new(ModelCatalog.Load("lenet5", AttackFolder.Weights));
        Tensor images = CurvatureFolder.Images([.. Enumerable.Range(0, 60)]).Cast(DType.F32);
        int[] predicted = Logits.Prediction(classifier.Logits(images));
        for (int s = 0; s < 3; s++)
        {
            (int source, int label) = (Whole(lines[s], "source_index"), Whole(lines[s], "class"));
            int[] targets = [.. lines[s]["target_indices"]!.AsArray().Select(t => t!.GetValue<int>())];
            Assert.Equal(label, predicted[source]);
            Assert.Equal(4, targets.Select(t => predicted[t]).Append(label).Distinct().Count() - 1);
            Tensor starts = images.TakeIndices(0, [source, source, source, source]);
            Examples examples = new(starts, [label, label, label, label]) { Targets = images.TakeIndices(0, targets) };
            AttackResult walks = new Lst(Iterations: 20).Run(classifier, examples, new() { Seed = 3, FirstIndex = 4 * s });
            Rng rng = new Rng(3).At("star").At(s);
            Tensor one = images.TakeIndices(0, [source]);
            StarShape star = StarShape.Measure(classifier, one, walks.Output, images.TakeIndices(0, targets), label, rng);
            Assert.Equal((star.Inside(0.2), StarShape.Share(star.Random, 0.2).Successes, StarShape.Share(star.Targets, 0.2).Successes),
                (Whole(lines[s]["walked"]!, "inside"), Whole(lines[s]["random"]!, "inside"), Whole(lines[s]["targets"]!, "inside")));
            Assert.Equal(star.Limbs.Select(limb => limb.Reach(0.2)),
                lines[s]["walked"]!["reach"]!.AsArray().Select(reach => reach!.GetValue<double>()));
            (HullVolume walked, HullVolume random) = HullVolume.Measure(classifier, one, walks.Output, label, 0.2, rng, 50);
            Assert.Equal((walked.Inside, random.Inside),
                (Whole(lines[s]["simplex"]!, "inside"), Whole(lines[s]["random_simplex"]!, "inside")));
            Assert.Equal(walked.LogVolume, lines[s]["simplex"]!["log_volume"]!.GetValue<double>());
            Assert.Equal((6, 0), (Whole(lines[s]["triangles"]!, "count"), Whole(lines[s]["triangles"]!, "degenerate")));
        }
        JsonObject total = summary["lines"]!["walked"]!.AsObject();
        Assert.Equal((12, lines.Sum(line => Whole(line["walked"]!, "inside"))), (Whole(total, "count"), Whole(total, "inside")));
        Assert.Equal(18, Whole(summary["triangles"]!, "count"));
        Assert.Contains("star-like", summary["text"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        XElement page = left.Page();
        Assert.Equal(2, page.WithClass("star").Count());
        Assert.Equal(8, page.WithClass("limb").Count());

        // What a killed process leaves goes on to the same bytes, on whatever is walked together.
        byte[] whole = File.ReadAllBytes(left["results.jsonl"]);
        string[] texts = left.Texts;
        File.Delete(left["summary.json"]);
        File.WriteAllText(left["results.jsonl"], $"{texts[2]}\n{texts[0][..15]}");
        Assert.Equal(0, Of([.. Command, "--resume"]).Code);
        Assert.Equal(whole, File.ReadAllBytes(left["results.jsonl"]));
        Of([.. Command, "--drop", "0.3", "--resume"]).AssertFails(2, "drop is");
    }

    [Fact]
    public void OtherWalksGoTheirOwnWay()
    {
        JsonObject summary = Of(["--count", "30", "--sources", "1", "--targets", "2", "--attack", "nspgd:iterations=5", "--points", "10",
            "--json"]).Json;
        Assert.StartsWith("Nspgd", summary["configuration"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0.05, summary["drop"]!.GetValue<double>());
        Assert.Equal((1, 2), (Whole(summary, "count"), Whole(summary["lines"]!["random"]!, "count")));
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Of(["--attack", "pgd"]).AssertFails(2, "probe star: --attack pgd", "Take one of", " lst, nspgd");
        Of(["--attack", "lts"]).AssertFails(2, "lts", "lst");
        Of(["--attack", "lst:steps=3"]).AssertFails(2, "lst: there is no option --steps");
        Of(["--attack", "lst:iterations"]).AssertFails(2, "probe star: --attack lst:iterations", "not name=value");
        Of(["--attack", "lst:step-size=2"]).AssertFails(2, "step size 2");
        Of(["--sources", "0"]).AssertFails(2, "--sources: \"0\"");
        Of(["--targets", "0"]).AssertFails(2, "--targets: \"0\"");
        Of(["--points", "0"]).AssertFails(2, "--points: \"0\"");
        Of(["--drop", "0"]).AssertFails(2, "--drop: \"0\"");
        Of(["--drop", "1"]).AssertFails(2, "--drop: 1 must be below 1");
        Of(["--count", "5", "--sources", "6"]).AssertFails(2, "--sources: 6 asked for", "of 5 images right");
        Of(["--count", "5", "--sources", "1", "--targets", "6"]).AssertFails(2, "--targets: 6 asked for");
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static int Whole(JsonNode json, string key) => json[key]!.GetValue<int>();

    private CliRun Of(string[] words) =>
        CliRun.Of(["probe", "star", "--weights", AttackFolder.Weights, "--data", "digits", .. words, "--out", folder["run"]]);
}
