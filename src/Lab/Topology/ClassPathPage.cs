using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Curvature;
using MiniGrad.Probes.Detection;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Topology;

/// <summary>The words, the tables and the page of a run of paths.</summary>
/// <param name="Settings">How paths were searched.</param>
/// <param name="Input">The images.</param>
/// <param name="Kinds">The kinds of pairs with their numbers and the classes that have none.</param>
internal sealed record ClassPathPage(
    ClassPaths Settings, ProbeImages Input, IReadOnlyList<(PairKind Kind, ClassPathSummary Summary, IReadOnlyList<int> Skipped)> Kinds)
{
    /// <summary>The result for a terminal: a table with a line for each kind.</summary>
    public string Text()
    {
        TextTable table = new("pairs", "found", "95 %", "straight", "inconclusive", "length", "longest", "anchors", "chord purity");
        foreach ((PairKind kind, ClassPathSummary s, _) in Kinds)
        {
            table.Add(ClassPathRow.Word(kind), $"{s.Found} of {s.Pairs}", Interval(s.SuccessInterval), $"{s.Straight}",
                $"{s.Inconclusive}", Short(s.RelativeLength.Median), Short(s.LongestRelativeLength), $"{s.MostAnchors}",
                Short(s.ChordPurity.Median));
        }
        return $"{table}\nLength, as a multiple of the straight line's, and purity are medians; anchors are the most of a path.\n"
            + string.Concat(Warnings().Select(warning => $"{warning}\n")) + Evidence;
    }

    /// <summary>What a reader must know before believing the numbers.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach ((PairKind kind, ClassPathSummary s, IReadOnlyList<int> skipped) in Kinds)
        {
            string word = ClassPathRow.Word(kind);
            if (skipped.Count > 0) yield return $"skipped: too few images are seen as {Names(skipped)} for pairs of kind {word}.";
            if (s.NoEnd > 0) yield return $"no end: {s.NoEnd} of {s.Pairs + s.NoEnd} ends of kind {word} could not be moved into the region; in no count.";
            if (s.Inconclusive > 0)
            {
                yield return $"inconclusive: {s.Inconclusive} of {s.Pairs} searches of kind {word} failed ({s.Projection} projection, {s.Depth} depth, "
                    + $"{s.Recheck} recheck), which does not show that the region is in several pieces.";
            }
        }
    }

    /// <summary>The page.</summary>
    public string Html(IReadOnlyList<IReportPart> figures, ReproduceSection reproduce)
    {
        Prose asked = new(
            string.Create(CultureInfo.InvariantCulture, $"Whether two points that the network sees as one class are joined by a path "
                + $"on which it sees nothing else (Fawzi et al., CVPR 2018), at {Input.Count} images of {Input.Description}."),
            "Natural: two images that are seen as the class. Other class: such an image, and an image that is seen as another class, "
                + "moved into the region. Noise: such an image, and uniform noise moved into the region.",
            $"Configuration: {Settings}.");
        return new ReportPage($"Paths inside class regions of {Input.Description}", "Are regions in one piece, as far as samples show?",
            [
                new("What was asked", "", [asked]),
                new("What was found", "", [Ends(), Shapes(), new Prose([Evidence, .. Warnings()])]),
                new("Paths", "Of each kind the path with the most anchors.", figures),
                new("How to reproduce this", "", [reproduce]),
            ]).ToHtml();
    }

    private string Evidence => string.Create(CultureInfo.InvariantCulture,
        $"A path is evidence at the density of its samples, {ClassPaths.Recheck * Settings.Samples} inside each piece, not a proof.");

    private SummaryTable Ends() => new("How the searches ended. The interval is Wilson's, 95 %.",
        [
            new("pairs"), new("found", true), new("interval", true), new("straight", true), new("interval", true),
            new("projection", true), new("depth", true), new("recheck", true), new("no end", true),
        ],
        [.. Kinds.Select(k => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(ClassPathRow.Word(k.Kind)), TableCell.Share(k.Summary.Found, k.Summary.Pairs),
            TableCell.Words(Interval(k.Summary.SuccessInterval)), TableCell.Share(k.Summary.Straight, k.Summary.Pairs),
            TableCell.Words(Interval(k.Summary.StraightInterval)), TableCell.Integer(k.Summary.Projection),
            TableCell.Integer(k.Summary.Depth), TableCell.Integer(k.Summary.Recheck), TableCell.Integer(k.Summary.NoEnd),
        ])], "Searches that ended at projection, depth or recheck are inconclusive.");

    private SummaryTable Shapes() => new("Median and quartiles of paths that were found; purity and passes of all pairs.",
        [
            new("pairs"), new("relative length", true), new("longest", true), new("deviation", true), new("turning", true, "degrees"),
            new("anchors", true), new("straight line's purity", true), new("lowest margin", true), new("passes", true),
        ],
        [.. Kinds.Select(k => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(ClassPathRow.Word(k.Kind)), Cell(k.Summary.RelativeLength),
            TableCell.Words(Short(k.Summary.LongestRelativeLength)), Cell(k.Summary.Deviation), Cell(k.Summary.TurningDegrees),
            Cell(k.Summary.Anchors), Cell(k.Summary.ChordPurity), Cell(k.Summary.LowestMargin), Cell(k.Summary.Forwards),
        ])]);

    /// <summary>The ends of an interval in words.</summary>
    public static string Interval(WilsonInterval interval) =>
        $"[{ReportNumber.Fixed(interval.Low, 3)}, {ReportNumber.Fixed(interval.High, 3)}]";

    private static string Short(double value) => ReportNumber.Short(value);

    private static TableCell Cell(Quartiles q) => TableCell.Words($"{Short(q.Median)} ({Short(q.Lower)} to {Short(q.Upper)})");

    private string Names(IReadOnlyList<int> classes) => string.Join(", ", classes.Select(c => Input.ClassName(c)));
}
