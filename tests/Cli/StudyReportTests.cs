using System.Text.Json.Nodes;
using System.Xml.Linq;
using MiniGrad.Formats.Weights;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>
/// The sections of attack reports: that they are there for each kind of run, and that their numbers are those of the lines.
/// </summary>
public sealed class StudyReportTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AGrid_ShowsAllPairs()
    {
        AttackFolder run = Run("nspgd", "--pairs", "grid", "--iterations", "4", "--step-size", "0.1");
        XElement page = run.Page();
        Assert.Equal(["What was asked", "How far, how confident", "Images the network cannot tell apart", "The course of a walk",
            "Between the images", "How to reproduce this"],
            Titles(page));
        JsonObject[] lines = run.Lines;
        Assert.Equal(90, lines.Length);
        Assert.Equal(lines.Average(line => line["rmse"]!.GetValue<double>()).ToString("F3", null), run.Row("nspgd")[2].Split(' ')[0]);
        Assert.Equal(lines.Average(line => line["confidence"]!.GetValue<double>()).ToString("F4", null), run.Row("nspgd")[5].Split(' ')[0]);
        XElement grid = page.Descendants("figure").First();
        // Ten originals on the diagonal and ninety outputs.
        Assert.Equal(100, grid.Descendants("img").Count());
        string[] hulls =
            [.. page.Descendants("tr").Where(row => row.Elements().First().Value == "nspgd").Last().Elements().Select(cell => cell.Value)];
        // Ten sources with 9 · 8 / 2 triangles each.
        Assert.Equal("360", hulls[1]);
        Assert.InRange(double.Parse(hulls[2].Split(' ')[0], null), 0.1, 1);
        Assert.True(Increasing(hulls[3..7]), string.Join(' ', hulls));
        AssertIsOneDocument(page);
    }

    [Fact]
    public void AGridThatNeverMoved_HasNoTriangles()
    {
        AttackFolder run = Run("lst", "--pairs", "grid", "--iterations", "0", "--start-noise", "0");
        Assert.Equal(run.Tensor("source").ToArray<float>(), run.Tensor("output").ToArray<float>());
        AssertIsOneDocument(run.Page());
    }

    [Fact]
    public void RandomPairs_ShowAGallery()
    {
        AttackFolder run = Run("lst", "--count", "5", "--iterations", "12");
        XElement page = run.Page();
        JsonObject[] counted = [.. run.Lines.Where(line => line["status"]!.GetValue<string>() == "completed")];
        XElement gallery = page.Descendants("figure").First();
        Assert.Equal(3 * counted.Length, gallery.Descendants("img").Count());
        string first = counted[0]["confidence"]!.GetValue<double>().ToString("F4", null);
        Assert.Contains(gallery.Descendants(), e => !e.HasElements && e.Value.Contains(first, StringComparison.Ordinal));
        Assert.DoesNotContain("triangles", string.Concat(page.Descendants("th").Select(e => e.Value)), StringComparison.Ordinal);
        // A slider over the kept images: iterations 0 and 10, and the end.
        XElement slider = Assert.Single(page.Descendants("input"));
        Assert.Equal("2", slider.Attribute("max")!.Value);
        AssertIsOneDocument(page);
    }

    [Fact]
    public void ABall_ShowsWhatBroke()
    {
        AttackFolder run = Run("fgsm", "--count", "20", "--epsilon", "0.15");
        XElement page = run.Page();
        Assert.Equal(["What was asked", "Inside a ball", "How to reproduce this"], Titles(page));
        int broken = run.Lines.Count(line => line["status"]!.GetValue<string>() == "completed" && line["success"]!.GetValue<bool>());
        Assert.InRange(broken, 1, 19);
        Assert.Equal(3 * Math.Min(5, broken), page.Descendants("figure").Single().Descendants("img").Count());
        Assert.StartsWith($"{broken} / {run.Summary["clean_correct"]}", run.Row("fgsm")[3], StringComparison.Ordinal);
        AssertIsOneDocument(page);
    }

    [Fact]
    public void ABallThatBreaksNothing_HasNoGallery()
    {
        AttackFolder run = Run("fgsm", "--count", "3", "--epsilon", "0");
        Assert.Empty(run.Page().Descendants("figure"));
        Assert.Equal("3 / 3 (100.0 %)", run.Row("fgsm")[2]);
        Assert.Equal("0 / 3 (0.0 %)", run.Row("fgsm")[3]);
        Assert.Equal(0, run.Summary["distance_linf_mean"]!.GetValue<double>());
    }

    [Fact]
    public void AClassToReach_IsNoMatterOfAccuracy()
    {
        AttackFolder run = Run("pgd", "--count", "15", "--epsilon", "0.2", "--target-class", "3");
        JsonObject[] lines = run.Lines;
        Assert.All(lines, line => Assert.Equal(line["label"]!.GetValue<int>() == 3, line["status"]!.GetValue<string>() == "same_class"));
        JsonObject[] others = [.. lines.Where(line => line["label"]!.GetValue<int>() != 3)];
        Assert.NotEqual(lines.Length, others.Length);
        int reached = others.Count(line => line["prediction"]!.GetValue<int>() == 3);
        Assert.Equal(reached, run.Summary["successes"]!.GetValue<int>());
        Assert.Equal(others.Length, run.Summary["counted"]!.GetValue<int>());
        Assert.StartsWith($"{reached} / {others.Length}", run.Row("pgd")[2], StringComparison.Ordinal);
        Assert.DoesNotContain(run.Page().Descendants("th"), cell => cell.Value.Contains("accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public void WarningsDoNotDependOnTheChunks()
    {
        // Logits a thousand times as large: the softmax is one and its gradient zero, in single precision exactly.
        using SafetensorsFile file = SafetensorsFile.Open(AttackFolder.Weights);
        Safetensors.Write(folder["sure.safetensors"], [.. file.Names.Select(name =>
            (name, name.StartsWith("fc3", StringComparison.Ordinal) ? file.Read(name) * 1000 : file.Read(name)))]);
        string[] command =
        [
            "attack", "pgd", "--weights", folder["sure.safetensors"], "--model", "lenet5", "--data", "digits", "--count", "9",
            "--steps", "4", "--epsilon", "0.1",
        ];
        foreach (string chunk in (string[])["2", "64"])
        {
            CliRun.Of([.. command, "--chunk-size", chunk, "--out", folder[chunk]]);
            AttackFolder run = new(folder[chunk]);
            string warning = Assert.Single(run.Summary["warnings"]!.AsArray())!.GetValue<string>();
            Assert.Equal("zero gradients: some examples met a gradient of exactly zero; the loss may be saturated.", warning);
            Assert.Contains(run.Page().Descendants("p"), p => p.Value == warning);
        }
    }

    private static string[] Titles(XElement page) => [.. page.Descendants("h2").Select(title => title.Value)];

    private static bool Increasing(IEnumerable<string> cells)
    {
        double[] values = [.. cells.Select(cell => double.Parse(cell.Split(' ')[0], null))];
        return values.SequenceEqual(values.Order());
    }

    private static void AssertIsOneDocument(XElement page)
    {
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(page.Descendants("img"),
            image => Assert.StartsWith("data:image/png;base64,", image.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.All(page.Descendants("figure"), figure => Assert.Single(figure.Elements("figcaption")));
    }

    private AttackFolder Run(string name, params string[] more)
    {
        Assert.Equal("",
            CliRun.Of(["attack", name, "--weights", AttackFolder.Weights, "--data", "digits", "--out", folder["run"], .. more]).Problem);
        return new(folder["run"]);
    }
}
