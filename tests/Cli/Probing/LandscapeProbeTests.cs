using System.Text.Json.Nodes;
using System.Xml.Linq;
using MiniGrad.Charts.Planes;
using MiniGrad.Lab.Probing;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;
using MiniGrad.Tests.Charts;
using MiniGrad.Tests.Formats;
using MiniGrad.Tests.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

public sealed class LandscapeProbeTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARunHasNumbersTablesAndHeatMaps()
    {
        CliRun run = Of("--indices", "3,8", "--plane", "shifts", "--resolution", "5", "--paths", "2", "--steps", "3");
        Assert.Equal((0, ""), (run.Code, run.Problem));
        AttackFolder left = new(folder["run"]);
        Assert.Equal(
            ["landscape-3.csv", "landscape-8.csv", "manifest.json", "report.html", "results.jsonl", "summary.json"], left.Names);
        JsonObject[] lines = left.Lines;
        Assert.Equal(["schema", "index", "data_index", "label", "loss", "largest_loss", "grad_mean", "grad_std", "tv",
            "local_max", "rim_max", "frequency", "basin"], lines[0].Select(pair => pair.Key));
        foreach (JsonObject line in lines)
        {
            string[] table = File.ReadAllLines(left[$"landscape-{line["data_index"]}.csv"]);
            Assert.Equal(26, table.Length);
            double[] losses = [.. table[1..].Select(row => double.Parse(row.Split(',')[3]))];
            Assert.Equal(losses.Max(), line["largest_loss"]!.GetValue<double>());
            Assert.Equal(losses[12], line["loss"]!.GetValue<double>(), 1e-6);
            Assert.Contains(line["basin"]!.GetValue<double>(), (double[])[0, 0.5, 1]);
        }
        XElement page = left.Page();
        Assert.Equal(4, page.WithClass("heatmap").Count());
        // One a panel, and one in each of two legends.
        Assert.Equal(4 + 2, page.WithClass("trail").Count(line => line.Name.LocalName == "path"));
        Assert.Contains("Plane = Shifts", left.Summary["configuration"]!.GetValue<string>());
    }

    [Fact]
    public void WithoutPathsAndWithOneAngleThereIsNothingToDraw()
    {
        CliRun run = Of("--count", "1", "--degrees", "0", "--resolution", "3", "--paths", "0");
        Assert.Equal((0, ""), (run.Code, run.Problem));
        AttackFolder left = new(folder["run"]);
        Assert.Null(left.Lines[0]["basin"]);
        Assert.Equal(4, File.ReadAllLines(left["landscape-0.csv"]).Length);
        Assert.Empty(left.Page().WithClass("heatmap"));
    }

    [Fact]
    public void TheCoarsePlaneHas155Points()
    {
        CliRun run = Of("--count", "1", "--plane", "coarse", "--paths", "0");
        Assert.Equal((0, ""), (run.Code, run.Problem));
        Assert.Equal(31 * 5 + 1, File.ReadAllLines(new AttackFolder(folder["run"])["landscape-0.csv"]).Length);
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Of("--plane", "shift").AssertFails(2, "--plane: there is no \"shift\"", "shifts");
        Of("--resolution", "0").AssertFails(2, "a grid of 0 x 0 values");
        Of("--paths", "-1").AssertFails(2, "-1 paths");
        Of("--pixels", "-3").AssertFails(2, "-3 pixels must be finite and at least 0");
    }

    // A page's y axis points up: where the light is lower is below.
    [Fact]
    public void AShiftDownIsDrawnAsAShiftUp()
    {
        Landscape landscape =
            Landscape.Of(Planted.Of((_, rows) => rows), Planted.Dot(), 0, new Warp(30, 2), LandscapePlane.Shifts.At(3));
        WarpScore none = default;
        FirstOrderPath path = new([new(0, 1, 2), new(5, -1, -2)], [none, none], 0);
        HeatMapPanel panel = LandscapeFigures.Panel("p", landscape, landscape.Loss, path);
        Assert.Equal(("shift up", -2.0, 2.0), (panel.YAxis.Label, panel.YAxis.Minimum, panel.YAxis.Maximum));
        Assert.Equal(landscape.Loss[2], panel.Values[0]);
        Assert.True(panel.Values[0][0] > panel.Values[2][0]);
        Assert.Equal([(1, -2), (-1, 2)], panel.Paths[0].Points);
    }

    private CliRun Of(params string[] words) =>
        CliRun.Of(["probe", "landscape", "--weights", AttackFolder.Weights, "--data", "digits", .. words, "--out", folder["run"]]);
}
