using MiniGrad.Charts;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The sections of a report on one or more runs of traversals over the same pairs.</summary>
internal static class TraversalReport
{
    /// <summary>All of them, for one run.</summary>
    public static IEnumerable<ReportSection> Sections(TraversalOutcome outcome)
    {
        yield return Summary([outcome]);
        yield return Images([outcome]);
        if (Course(outcome) is { } course) yield return course;
        if (Between([outcome]) is { } between) yield return between;
    }

    public static ReportSection Summary(IReadOnlyList<TraversalOutcome> outcomes) => new("How far, how confident",
        "Each walk starts at a source image and moves towards a target image of another class, "
        + "as far as the network's confidence in the source's class allows.",
        [TraversalTables.Distances(outcomes), TraversalTables.Statuses(outcomes), .. Warnings(outcomes)]);

    public static ReportSection Images(IReadOnlyList<TraversalOutcome> outcomes) => new("Images the network cannot tell apart",
        "What the walks ended with. To the network, each of these is still an image of its source's class.",
        [.. outcomes.Select(outcome => outcome.IsGrid ? (IReportPart)TraversalFigures.Grid(outcome) : TraversalFigures.Gallery(outcome))]);

    public static ReportSection? Course(TraversalOutcome outcome)
    {
        WalkPath? path = outcome.Result.Paths.FirstOrDefault(p => outcome.Result.Examples[p.Index].Counts);
        return path is null ? null : new("The course of a walk",
            "Drag the slider to follow one image from source to target.", [.. TraversalFigures.Path(outcome, path)]);
    }

    public static ReportSection? Between(IReadOnlyList<TraversalOutcome> outcomes)
    {
        List<IReportPart> parts = [];
        foreach (TraversalOutcome outcome in outcomes)
        {
            if (TraversalFigures.BySource(outcome).FirstOrDefault() is { } examples) parts.Add(TraversalFigures.Lines(outcome, examples));
        }
        var hulls = outcomes.Select(outcome => (Outcome: outcome, Hulls: TraversalFigures.Hulls(outcome)))
            .Where(row => row.Hulls.Length > 0).ToArray();
        if (hulls.Length > 0) parts.Add(TraversalTables.Hulls(hulls));
        if (outcomes.Select(TraversalFigures.Triangles).FirstOrDefault(figure => figure is not null) is { } triangles) parts.Add(triangles);
        return parts.Count == 0 ? null : new("Between the images",
            "A level set that reaches other classes: does the confidence also hold on the straight lines back to the source, "
            + "and on the triangles between two outputs?", parts);
    }

    private static IEnumerable<IReportPart> Warnings(IReadOnlyList<TraversalOutcome> outcomes)
    {
        string[] warnings = [.. outcomes.SelectMany(outcome => outcome.Result.Warnings.Select(w => $"{outcome.Title}: {w}"))];
        if (warnings.Length > 0) yield return new Prose(warnings);
    }
}
