using MiniGrad.Charts;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The sections of a report on one or more walk runs over the same pairs.</summary>
internal static class WalkReport
{
    public static ReportSection Summary(IReadOnlyList<WalkStudy> studies) => new("How far, how confident",
        "Each walk starts at a source image and moves towards a target image of another class, as far as the network's confidence in the source's class allows.",
        [WalkTables.Distances(studies), WalkTables.Statuses(studies), .. Warnings(studies)]);

    public static ReportSection Images(IReadOnlyList<WalkStudy> studies) => new("Images the network cannot tell apart",
        "What the walks ended with. To the network, each of these is still an image of its source's class.",
        [.. studies.Select(study => study.IsGrid ? (IReportPart)WalkFigures.Grid(study) : WalkFigures.Gallery(study))]);

    public static ReportSection? Course(WalkStudy study)
    {
        WalkPath? path = study.Result.Paths.FirstOrDefault(p => study.Result.Examples[p.Index].Counts);
        return path is null ? null : new("The course of a walk", "Drag the slider to follow one image from source to target.", [.. WalkFigures.Path(study, path)]);
    }

    public static ReportSection? Between(IReadOnlyList<WalkStudy> studies)
    {
        List<IReportPart> parts = [];
        foreach (WalkStudy study in studies)
        {
            if (WalkFigures.BySource(study).FirstOrDefault() is { } examples) parts.Add(WalkFigures.Lines(study, examples));
        }
        var hulls = studies.Select(study => (Study: study, Hulls: WalkFigures.Hulls(study))).Where(row => row.Hulls.Length > 0).ToArray();
        if (hulls.Length > 0) parts.Add(WalkTables.Hulls(hulls));
        if (studies.Select(WalkFigures.Triangles).FirstOrDefault(figure => figure is not null) is { } triangles) parts.Add(triangles);
        return parts.Count == 0 ? null : new("Between the images",
            "A level set that reaches other classes: does the confidence also hold on the straight lines back to the source, and on the triangles between two outputs?", parts);
    }

    private static IEnumerable<IReportPart> Warnings(IReadOnlyList<WalkStudy> studies)
    {
        string[] warnings = [.. studies.SelectMany(study => study.Result.Warnings.Select(w => $"{study.Name}: {w}"))];
        if (warnings.Length > 0) yield return new Prose(warnings);
    }
}
