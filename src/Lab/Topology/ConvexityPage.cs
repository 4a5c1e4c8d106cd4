using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Curvature;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Topology;

/// <summary>The numbers, the words and the page of a run of convexity.</summary>
/// <param name="Probe">What was measured.</param>
/// <param name="Input">The images.</param>
/// <param name="Network">What was found of the network.</param>
/// <param name="Control">What was found of the linear control.</param>
/// <param name="ControlAccuracy">The share of the images that the control gets right.</param>
internal sealed record ConvexityPage(
    RegionConvexity Probe, ProbeImages Input, ConvexityResult Network, ConvexityResult Control, double ControlAccuracy)
{
    private (ConvexityRow Network, ConvexityRow Control)[] Totals =>
        [.. Network.Totals.Zip(Control.Totals)];

    /// <summary>The totals, the classes that were skipped, and the control.</summary>
    public JsonObject ToJson() => new()
    {
        ["sizes"] = new JsonArray([.. Totals.Select(pair => new JsonObject
        {
            ["size"] = pair.Network.Size,
            ["classes"] = Network.Rows.Count(row => row.Size == pair.Network.Size && !row.IsSkipped),
            ["network"] = Json(pair.Network),
            ["control"] = Json(pair.Control),
        })]),
        ["skipped"] = new JsonArray([.. Network.Skipped.Select(row =>
            new JsonObject { ["class"] = row.Class, ["size"] = row.Size, ["images"] = row.Images })]),
        ["control_accuracy"] = ControlAccuracy,
        ["warnings"] = JsonText.Array(Warnings()),
    };

    /// <summary>The result for a terminal: a table with a line for each size.</summary>
    public string Text()
    {
        TextTable table = new("images", "random weights", "95 %", "equal weights", "95 %", "linear control");
        foreach ((ConvexityRow net, ConvexityRow control) in Totals)
        {
            table.Add(net.Size.ToString(CultureInfo.InvariantCulture), Share(net.Share), ClassPathPage.Interval(net.Interval),
                Share(net.EqualShare), ClassPathPage.Interval(net.EqualInterval), Share(control.Share));
        }
        return $"Convex combinations seen as the class of their images:\n{table}"
            + string.Concat(Warnings().Select(warning => $"\n{warning}"));
    }

    /// <summary>What a reader must know before believing the numbers.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (IGrouping<int, ConvexityRow> group in Network.Skipped.GroupBy(row => row.Size))
        {
            yield return $"skipped: fewer than {group.Key} images are seen as "
                + $"{string.Join(", ", group.Select(row => $"{Input.ClassName(row.Class)} ({row.Images})"))}.";
        }
        if (Control.Rows.Any(row => row.Hits + row.EqualHits < 2 * row.Draws))
        {
            yield return "control: the linear classifier, whose regions are convex, does not give 1. Do not trust these numbers.";
        }
    }

    /// <summary>The page.</summary>
    public string Html(ReproduceSection reproduce)
    {
        Prose asked = new(string.Create(CultureInfo.InvariantCulture, $"How often a convex combination of images that the network sees as "
            + $"one class is seen as that class too (Fawzi et al., CVPR 2018), at {Input.Count} images of {Input.Description}."),
            "Random weights follow the Dirichlet distribution (1, …, 1); equal weights give the mean of the same images. The control is "
                + $"the linear classifier of the nearest class mean, right at {ReportNumber.Fixed(100 * ControlAccuracy, 1)} % of the "
                + "images: its regions are convex, so that it must give 1.",
            $"Configuration: {Probe}.");
        double[] sizes = [.. Totals.Select(pair => (double)pair.Network.Size)];
        LineChart chart = new("The share of combinations seen as their class, all classes together.",
            new("images in a combination", IsLogarithmic: true), new("share", Minimum: 0, Maximum: 1),
            [
                new("random weights", sizes, [.. Totals.Select(pair => pair.Network.Share)]),
                new("equal weights", sizes, [.. Totals.Select(pair => pair.Network.EqualShare)]),
                new("linear control", sizes, [.. Totals.Select(pair => pair.Control.Share)]),
            ]);
        return new ReportPage($"Convexity of class regions of {Input.Description}", "How often mixtures of images of one class stay in it",
            [
                new("What was asked", "", [asked]),
                new("What was found", "", [AllClasses(), chart, EachClass(), new Prose([.. Warnings(),
                    "Intervals are Wilson's, 95 %, over the draws: the images themselves are taken as given."])]),
                new("How to reproduce this", "", [reproduce]),
            ]).ToHtml();
    }

    private SummaryTable AllClasses() => new("Combinations seen as the class of their images.",
        [
            new("images", true), new("random weights", true), new("interval", true), new("equal weights", true), new("interval", true),
            new("linear control", true),
        ],
        [.. Totals.Select(pair => (IReadOnlyList<TableCell>)
        [
            TableCell.Integer(pair.Network.Size), TableCell.Share(pair.Network.Hits, pair.Network.Draws),
            TableCell.Words(ClassPathPage.Interval(pair.Network.Interval)), TableCell.Share(pair.Network.EqualHits, pair.Network.Draws),
            TableCell.Words(ClassPathPage.Interval(pair.Network.EqualInterval)), TableCell.Share(pair.Control.Hits, pair.Control.Draws),
        ])]);

    private SummaryTable EachClass() => new("The share with random weights, class by class.",
        [new("class"), new("images", true), .. Probe.Sizes.Select(size => new TableColumn($"{size}", true))],
        [.. Network.Rows.GroupBy(row => row.Class).Select(group => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(Input.ClassName(group.Key)), TableCell.Integer(group.First().Images),
            .. group.Select(row => TableCell.Number(row.Share, 3)),
        ])], "A dash: too few images.");

    private static string Share(double share) => ReportNumber.Fixed(share, 3);

    private static JsonObject Json(ConvexityRow row) => new()
    {
        ["draws"] = row.Draws,
        ["hits"] = row.Hits,
        ["share"] = JsonText.Number(row.Share),
        ["low"] = row.Interval.Low,
        ["high"] = row.Interval.High,
        ["equal_hits"] = row.EqualHits,
        ["equal_share"] = JsonText.Number(row.EqualShare),
        ["equal_low"] = row.EqualInterval.Low,
        ["equal_high"] = row.EqualInterval.High,
    };
}
