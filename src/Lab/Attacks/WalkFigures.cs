using MiniGrad.Charts;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Attacks;

/// <summary>The figures of one walk run.</summary>
internal static class WalkFigures
{
    /// <summary>Target pairs whose triangles are drawn: 1-based numbers of the outputs of one source.</summary>
    private static readonly (int First, int Second)[] Panels = [(1, 2), (2, 3), (3, 4), (1, 3), (1, 4), (2, 4)];

    /// <summary>Rows are targets, columns sources, the diagonal the originals, the numbers the column class's confidence.</summary>
    public static ImageGridFigure Grid(WalkStudy study)
    {
        int classes = study.ClassNames.Count;
        GridCell?[][] rows = [.. Enumerable.Range(0, classes).Select(_ => new GridCell?[classes])];
        for (int i = 0; i < study.Pairs.Length; i++)
        {
            ExampleResult example = study.Result.Examples[i];
            (int source, int target) = (study.Labels[i], study.TargetLabels[i]);
            rows[source][source] ??= new(Pictures.Of(study.Source(i)), example.SourceConfidence);
            if (example.Counts) rows[target][source] = new(Pictures.Of(study.Output(i)), example.Confidence);
        }
        return new($"{study.Name}: every source (column) walked towards every target (row). The network still sees the column's class.", study.ClassNames, rows);
    }

    /// <summary>A few pairs side by side, where the run is no grid.</summary>
    public static ImageRowsFigure Gallery(WalkStudy study, int count = 8)
    {
        int[] shown = [.. Enumerable.Range(0, study.Pairs.Length).Where(i => study.Result.Examples[i].Counts).Take(count)];
        return new($"{study.Name}: what the walks ended with.", ["source", "target", "output"], [.. shown.Select(i =>
        {
            ExampleResult e = study.Result.Examples[i];
            string source = study.ClassNames[study.Labels[i]];
            return new ImageRow($"{source} \u2192 {study.ClassNames[study.TargetLabels[i]]}",
            [
                (Pictures.Of(study.Source(i)), $"{source} {ReportNumber.Fixed(e.SourceConfidence, 4)}"),
                (Pictures.Of(study.Target(i)), study.ClassNames[study.TargetLabels[i]]),
                (Pictures.Of(study.Output(i)), $"{source} {ReportNumber.Fixed(e.Confidence, 4)}, RMSE {ReportNumber.Fixed(e.Rmse, 3)}"),
            ]);
        })], "Below each image: the confidence of the source's class.");
    }

    /// <summary>The images of one walk with a slider, and both confidences over its iterations.</summary>
    public static IEnumerable<IReportPart> Path(WalkStudy study, WalkPath path)
    {
        int example = path.Index;
        string source = study.ClassNames[study.Labels[example]];
        string target = study.ClassNames[study.TargetLabels[example]];
        PathFrame[] frames = [.. path.ImageIterations.Select((iteration, k) => new PathFrame(iteration, Pictures.Of(path.Images[k], study.Classifier.InputShape),
            path.SourceConfidence[iteration], path.SourceConfidence[iteration] >= path.TargetConfidence[iteration] ? source : target))];
        yield return new ImagePathFigure($"{study.Name}: the walk from {source} towards {target}.", source, target, frames);
        double[] x = [.. Enumerable.Range(0, path.SourceConfidence.Length).Select(i => (double)i)];
        double start = path.SourceConfidence[0];
        double lowest = study.Result.Examples[example].SourceConfidence - study.Attack.ConfidenceDrop;
        yield return new LineChart($"{study.Name}: confidence along that walk.", new("iteration"), new("confidence", Minimum: 0, Maximum: 1),
            [new($"source class {source}", x, path.SourceConfidence), new($"target class {target}", x, path.TargetConfidence)],
            [new("lowest allowed", lowest)], $"The walk starts at {ReportNumber.Fixed(start, 4)}.");
    }

    /// <summary>Confidence on the straight lines from one source to its outputs.</summary>
    public static LineChart Lines(WalkStudy study, IReadOnlyList<int> examples)
    {
        const int intervals = 50;
        double[] t = [.. Enumerable.Range(0, intervals + 1).Select(k => (double)k / intervals)];
        LinearPath[] paths = [.. examples.Select(i => LinearPath.Measure(study.Classifier, study.Source(i), study.Output(i), study.Labels[i], intervals))];
        double[] mean = [.. t.Select((_, k) => paths.Average(p => p.Confidence[k]))];
        return new($"{study.Name}: confidence of the source's class on the straight lines from the source to {paths.Length} outputs.",
            new("position on the line (0 = source, 1 = output)"), new("confidence", Minimum: 0, Maximum: 1),
            [.. paths.Select((p, k) => new LineSeries(study.ClassNames[study.TargetLabels[examples[k]]], t, p.Confidence, IsFaint: true)), new("mean", t, mean)],
            Note: $"Mean over all points {ReportNumber.Fixed(paths.Average(p => p.Mean), 4)}; lowest difference to the source {ReportNumber.Fixed(paths.Min(p => p.LowestDifference), 4)}.");
    }

    /// <summary>All triangles of a source with two of its outputs, source by source; triangles without area are left out.</summary>
    public static TriangleHull[][] Hulls(WalkStudy study) =>
        [.. BySource(study).Where(outputs => outputs.Length > 1)
            .Select(outputs => outputs.SelectMany((a, k) => outputs.Skip(k + 1).Where(b => !Shape(study, a, b).IsDegenerate).Select(b => Hull(study, a, b))).ToArray())
            .Where(hulls => hulls.Length > 0)];

    /// <summary>The contours over the triangles of the first source that has four outputs.</summary>
    public static TriangleHullFigure? Triangles(WalkStudy study)
    {
        if (BySource(study).FirstOrDefault(outputs => outputs.Length >= 4) is not { } examples) return null;
        HullVertex Vertex(int example) => new(study.ClassNames[study.TargetLabels[example]], Pictures.Of(study.Output(example)));
        return new($"{study.Name}: confidence of the source's class over triangles of the source and two outputs.", [.. Panels.Select(panel =>
        {
            (int a, int b) = (examples[panel.First - 1], examples[panel.Second - 1]);
            return new HullPanel($"towards {study.ClassNames[study.TargetLabels[a]]} and {study.ClassNames[study.TargetLabels[b]]}",
                new(study.ClassNames[study.Labels[a]], Pictures.Of(study.Source(a))), Vertex(a), Vertex(b), Shape(study, a, b), Hull(study, a, b).Values);
        })]);
    }

    /// <summary>The counted examples of each source, in the order of their making.</summary>
    public static IEnumerable<int[]> BySource(WalkStudy study) =>
        Enumerable.Range(0, study.Pairs.Length).Where(i => study.Result.Examples[i].Counts)
            .GroupBy(i => study.Pairs[i].Source).Select(group => group.ToArray());

    private static TriangleShape Shape(WalkStudy study, int first, int second) =>
        TriangleShape.Between(Pictures.Floats(study.Source(first)), Pictures.Floats(study.Output(first)), Pictures.Floats(study.Output(second)));

    private static TriangleHull Hull(WalkStudy study, int first, int second) =>
        TriangleHull.Measure(study.Classifier, study.Source(first), study.Output(first), study.Output(second), study.Labels[first]);
}
