using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Topology;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Regions;

/// <summary>The numbers, the words and the page of a run of star shapes.</summary>
/// <param name="Settings">What was measured.</param>
/// <param name="Input">The images.</param>
/// <param name="Rows">What was found from each source.</param>
internal sealed record StarPage(StarSettings Settings, ProbeImages Input, IReadOnlyList<StarRow> Rows)
{
    /// <summary>The share of lines that a region needs for the word star-like; below it is partly so.</summary>
    private const double StarLike = 0.9;

    private static readonly string[] DropNames =
        [.. StarTriangles.Drops.Select(d => d.ToString(CultureInfo.InvariantCulture))];

    private (string Key, string Name, Func<StarRow, StarLines> Of)[] Lines =>
    [
        ("walked", "to the ends of walks", row => row.Walked), ("random", "in random directions", row => row.Random),
        ("targets", "to the targets", row => row.Targets),
    ];

    private (string Key, string Name, Func<StarRow, StarSimplex> Of)[] Simplices =>
        [("walked", "of the ends of walks", row => row.Simplex), ("random", "of random directions", row => row.RandomSimplex)];

    private StarRow[] WithTriangles => [.. Rows.Where(row => row.Triangles.Count > 0)];

    private string Drop => Settings.Drop.ToString(CultureInfo.InvariantCulture);

    /// <summary>The totals of the lines, the simplices and the triangles.</summary>
    public JsonObject ToJson() => new()
    {
        ["count"] = Rows.Count,
        ["lines"] = new JsonObject(Lines.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)Json(Share(kind.Of), Reach(kind.Of))))),
        ["simplices"] = new JsonObject(Simplices.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)new JsonObject
        {
            ["points"] = Rows.Sum(row => kind.Of(row).Points),
            ["inside"] = Rows.Sum(row => kind.Of(row).Inside),
            ["share"] = JsonText.Number(PointShare(kind.Of)),
            ["log_volume"] = JsonText.Number(Mean(row => kind.Of(row).LogVolume)),
        }))),
        ["triangles"] = new JsonObject
        {
            ["count"] = Rows.Sum(row => row.Triangles.Count),
            ["degenerate"] = Rows.Sum(row => row.Triangles.Degenerate),
            ["mean"] = Json(t => t.Mean),
            ["above"] = new JsonObject(DropNames.Select((name, k) => KeyValuePair.Create(name, (JsonNode?)Json(t => t.Above[k])))),
            ["edge_mean"] = Json(t => t.EdgeMean),
            ["edge_lowest"] = JsonText.Number(EdgeLowest),
            ["area"] = Json(t => t.Area),
            ["area_above"] = Json(t => t.AreaAbove),
        },
        ["verdict"] = Verdict,
        ["warnings"] = JsonText.Array(Warnings()),
    };

    /// <summary>The result for a terminal.</summary>
    public string Text()
    {
        TextTable lines = new("straight lines", "stay", "95 %", "mean reach");
        foreach ((_, string name, Func<StarRow, StarLines> of) in Lines)
        {
            SuccessShare share = Share(of);
            lines.Add(name, $"{share.Successes} of {share.Count}", ClassPathPage.Interval(share.Interval), Short(Reach(of)));
        }
        TextTable simplices = new("simplex", "points inside", "log10 volume");
        foreach ((_, string name, Func<StarRow, StarSimplex> of) in Simplices)
        {
            simplices.Add(name, Short(PointShare(of)), Short(Mean(row => of(row).LogVolume)));
        }
        TextTable triangles = new(["triangles", "mean", .. DropNames.Select(d => $"above p - {d}"), "edge mean", "edge low"]);
        string Of(Func<StarTriangles, double> value) => Short(Triangle(value).Mean);
        triangles.Add([$"{Rows.Sum(row => row.Triangles.Count)}", Of(t => t.Mean), .. DropNames.Select((_, k) => Of(t => t.Above[k])),
            Of(t => t.EdgeMean), Short(EdgeLowest)]);
        return $"{lines}\nStay: every point is above the source's confidence p - {Drop}.\n\n{simplices}\n\n{triangles}\n\n"
            + string.Concat(Warnings().Select(warning => $"{warning}\n")) + Verdict;
    }

    /// <summary>What a reader must know before believing the numbers.</summary>
    public IEnumerable<string> Warnings()
    {
        int excluded = Rows.Sum(row => row.Statuses.Length - row.Walked.Count - row.Skipped);
        if (excluded > 0) yield return $"excluded: {excluded} walks, which met logits that are not finite.";
        int still = Rows.Sum(row => row.Skipped);
        if (still > 0) yield return $"skipped: {still} walks ended where they began; there is no line to their ends.";
        int flat = Rows.Sum(row => row.Triangles.Degenerate);
        if (flat > 0) yield return $"degenerate: {flat} triangles have no area and are in no mean.";
    }

    /// <summary>Whether the region is star-shaped, as far as the walks show, beside random directions.</summary>
    public string Verdict
    {
        get
        {
            (SuccessShare walked, SuccessShare random) = (Share(row => row.Walked), Share(row => row.Random));
            if (walked.Count == 0) return "No walk went anywhere, so nothing is known.";
            if (!(walked.Interval.Low > random.Interval.High))
            {
                return "Not shown to be star-like: lines in random directions stay as often as those to the ends of walks.";
            }
            return walked.Rate >= StarLike
                ? "Star-like as far as these walks show: their lines stay, and more often than random ones of the same lengths."
                : "Partly star-like: lines to the ends of walks stay more often than random ones, but many leave the region.";
        }
    }

    /// <summary>The page.</summary>
    public string Html(IReadOnlyList<IReportPart> figures, ReproduceSection reproduce)
    {
        Prose asked = new(
            string.Create(CultureInfo.InvariantCulture, $"Whether the straight lines from an image to where walks at high confidence ended "
                + $"stay at high confidence (Balasubramanian et al., arXiv:2310.19889), from {Rows.Count} images of {Input.Description}."),
            "Beside each line one of the same length in a random direction inside the pixel box, and one to the image that was walked to. "
                + $"A line stays if every one of its {Settings.Intervals + 1} points is above the source's confidence less {Drop}.",
            $"Walks: {Settings.Walk}.");
        return new ReportPage($"Star shapes of {Input.Description}", "Is the region of high confidence a star around its images?",
            [
                new("What was asked", "", [asked]),
                new("What was found", Verdict, [LineTable(), SimplexTable(), TriangleTable(), new Prose([.. Warnings()])]),
                new("A star", "The first source whose walks went somewhere.", figures),
                new("How to reproduce this", "", [reproduce]),
            ]).ToHtml();
    }

    private SummaryTable LineTable() => new("Straight lines from the sources. The interval is Wilson's, 95 %.",
        [new("lines"), new("stay", true), new("interval", true), new("mean reach", true)],
        [.. Lines.Select(kind => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(kind.Name), TableCell.Share(Share(kind.Of).Successes, Share(kind.Of).Count),
            TableCell.Words(ClassPathPage.Interval(Share(kind.Of).Interval)), TableCell.Number(Reach(kind.Of), 3),
        ])], "Reach: the share of a line before it leaves the region. Lines from one source count as independent.");

    private SummaryTable SimplexTable() => new("Simplices of a source and the ends of its lines, at uniform random points.",
        [new("simplex"), new("points inside", true), new("log10 of the volume", true)],
        [.. Simplices.Select(kind => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(kind.Name), TableCell.Number(PointShare(kind.Of), 3), TableCell.Number(Mean(row => kind.Of(row).LogVolume), 2),
        ])], "Means over sources; the volume is that of as many dimensions as a source has ends, in pixel values.");

    private SummaryTable TriangleTable() => new("Confidence of the source's class over triangles of a source and two ends.",
        [
            new("triangles", true), new("mean", true), .. DropNames.Select(d => new TableColumn($"above p \u2212 {d}", true)),
            new("edge mean", true), new("edge low", true),
        ],
        [[
            TableCell.Integer(Rows.Sum(row => row.Triangles.Count)), Cell(t => t.Mean),
            .. DropNames.Select((_, k) => Cell(t => t.Above[k])), Cell(t => t.EdgeMean), TableCell.Number(EdgeLowest, 3),
        ]], "66 points each; means over a source's triangles, then mean and deviation over sources.");

    private double EdgeLowest => WithTriangles is { Length: > 0 } rows ? rows.Min(row => row.Triangles.EdgeLowest) : double.NaN;

    private SuccessShare Share(Func<StarRow, StarLines> of) =>
        Rows.Aggregate(default(SuccessShare), (sum, row) => sum + new SuccessShare(of(row).Inside, of(row).Count));

    private double Reach(Func<StarRow, StarLines> of) =>
        Rows.SelectMany(row => of(row).Reach).DefaultIfEmpty(double.NaN).Average();

    private double PointShare(Func<StarRow, StarSimplex> of) => Mean(row => (double)of(row).Inside / of(row).Points);

    /// <summary>Over the sources that have such a number.</summary>
    private double Mean(Func<StarRow, double> of) => Rows.Select(of).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private (double Mean, double Deviation) Triangle(Func<StarTriangles, double> of) =>
        Statistics.Spread(WithTriangles.Select(row => of(row.Triangles)), population: true);

    private TableCell Cell(Func<StarTriangles, double> of) => TableCell.Spread(Triangle(of).Mean, Triangle(of).Deviation, 2);

    private JsonObject Json(Func<StarTriangles, double> of) =>
        new() { ["mean"] = JsonText.Number(Triangle(of).Mean), ["deviation"] = JsonText.Number(Triangle(of).Deviation) };

    private static JsonObject Json(SuccessShare share, double reach) => new()
    {
        ["count"] = share.Count,
        ["inside"] = share.Successes,
        ["share"] = JsonText.Number(share.Rate),
        ["interval"] = new JsonObject { ["low"] = share.Interval.Low, ["high"] = share.Interval.High },
        ["mean_reach"] = JsonText.Number(reach),
    };

    private static string Short(double value) => ReportNumber.Short(value);
}
