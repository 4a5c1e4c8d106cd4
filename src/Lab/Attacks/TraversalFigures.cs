using MiniGrad.Charts;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Attacks;

/// <summary>The figures of one run of traversals.</summary>
internal static class TraversalFigures
{
    /// <summary>Target pairs whose triangles are drawn: 1-based numbers of the outputs of one source.</summary>
    private static readonly (int First, int Second)[] Panels = [(1, 2), (2, 3), (3, 4), (1, 3), (1, 4), (2, 4)];

    /// <summary>Rows are targets, columns sources, the diagonal the originals, the numbers the column class's confidence.</summary>
    public static ImageGridFigure Grid(TraversalOutcome outcome)
    {
        int classes = outcome.Input.ClassNames.Count;
        GridCell?[][] rows = [.. Enumerable.Range(0, classes).Select(_ => new GridCell?[classes])];
        for (int i = 0; i < outcome.Input.Count; i++)
        {
            ExampleResult example = outcome.Result.Examples[i];
            (int source, int target) = (outcome.Input.Labels[i], outcome.Input.TargetLabels[i]);
            rows[source][source] ??= new(Pictures.Of(outcome.Source(i)), example.SourceConfidence);
            if (example.Counts) rows[target][source] = new(Pictures.Of(outcome.Output(i)), example.Confidence);
        }
        return new($"{outcome.Title}: every source (column) walked towards every target (row). The network still sees the column's class.",
            outcome.Input.ClassNames, rows);
    }

    /// <summary>A few pairs side by side, where the run is no grid.</summary>
    public static ImageRowsFigure Gallery(TraversalOutcome outcome, int count = 8)
    {
        int[] shown = [.. Enumerable.Range(0, outcome.Input.Count).Where(i => outcome.Result.Examples[i].Counts).Take(count)];
        return new($"{outcome.Title}: what the walks ended with.", ["source", "target", "output"], [.. shown.Select(i =>
        {
            ExampleResult e = outcome.Result.Examples[i];
            string source = outcome.Input.ClassNames[outcome.Input.Labels[i]];
            return new ImageRow($"{source} \u2192 {outcome.Input.ClassNames[outcome.Input.TargetLabels[i]]}",
            [
                (Pictures.Of(outcome.Source(i)), $"{source} {ReportNumber.Fixed(e.SourceConfidence, 4)}"),
                (Pictures.Of(outcome.Target(i)), outcome.Input.ClassNames[outcome.Input.TargetLabels[i]]),
                (Pictures.Of(outcome.Output(i)), $"{source} {ReportNumber.Fixed(e.Confidence, 4)}, RMSE {ReportNumber.Fixed(e.Rmse, 3)}"),
            ]);
        })], "Below each image: the confidence of the source's class.");
    }

    /// <summary>The images of one walk with a slider, and both confidences over its iterations.</summary>
    public static IEnumerable<IReportPart> Path(TraversalOutcome outcome, WalkPath path)
    {
        int example = path.Index;
        string source = outcome.Input.ClassNames[outcome.Input.Labels[example]];
        string target = outcome.Input.ClassNames[outcome.Input.TargetLabels[example]];
        PathFrame[] frames = [.. path.ImageIterations.Select((iteration, k) =>
            new PathFrame(iteration, Pictures.Of(path.Images[k], outcome.Classifier.InputShape),
            path.SourceConfidence[iteration], path.SourceConfidence[iteration] >= path.TargetConfidence[iteration] ? source : target))];
        yield return new ImagePathFigure($"{outcome.Title}: the walk from {source} towards {target}.", source, target, frames);
        double[] x = [.. Enumerable.Range(0, path.SourceConfidence.Length).Select(i => (double)i)];
        double start = path.SourceConfidence[0];
        double lowest = outcome.Result.Examples[example].SourceConfidence - outcome.Attack.ConfidenceDrop;
        yield return new LineChart($"{outcome.Title}: confidence along that walk.",
            new("iteration"), new("confidence", Minimum: 0, Maximum: 1),
            [new($"source class {source}", x, path.SourceConfidence), new($"target class {target}", x, path.TargetConfidence)],
            [new("lowest allowed", lowest)], $"The walk starts at {ReportNumber.Fixed(start, 4)}.");
    }

    /// <summary>Confidence on the straight lines from one source to its outputs.</summary>
    public static LineChart Lines(TraversalOutcome outcome, IReadOnlyList<int> examples)
    {
        const int intervals = 50;
        double[] t = [.. Enumerable.Range(0, intervals + 1).Select(k => (double)k / intervals)];
        LinearPath[] paths = [.. examples.Select(i => LinearPath.Measure(outcome.Classifier,
            outcome.Source(i), outcome.Output(i), outcome.Input.Labels[i], intervals))];
        double[] mean = [.. t.Select((_, k) => paths.Average(p => p.Confidence[k]))];
        return new($"{outcome.Title}: confidence of the source's class on the straight lines from the source to {paths.Length} outputs.",
            new("position on the line (0 = source, 1 = output)"), new("confidence", Minimum: 0, Maximum: 1),
            [.. paths.Select((p, k) => new LineSeries(outcome.Input.ClassNames[outcome.Input.TargetLabels[examples[k]]], t, p.Confidence,
                IsFaint: true)),
                new("mean", t, mean)],
            Note: $"Mean over all points {ReportNumber.Fixed(paths.Average(p => p.Mean), 4)}; "
                + $"lowest difference to the source {ReportNumber.Fixed(paths.Min(p => p.LowestDifference), 4)}.");
    }

    /// <summary>All triangles of a source with two of its outputs, source by source; triangles without area are left out.</summary>
    public static TriangleHull[][] Hulls(TraversalOutcome outcome) =>
        [.. BySource(outcome).Where(outputs => outputs.Length > 1)
            .Select(outputs => outputs.SelectMany((a, k) =>
                outputs.Skip(k + 1).Where(b => !Shape(outcome, a, b).IsDegenerate).Select(b => Hull(outcome, a, b))).ToArray())
            .Where(hulls => hulls.Length > 0)];

    /// <summary>The contours over the triangles of the first source that has four outputs.</summary>
    public static TriangleHullFigure? Triangles(TraversalOutcome outcome)
    {
        if (BySource(outcome).FirstOrDefault(outputs => outputs.Length >= 4) is not { } examples) return null;
        HullVertex Vertex(int example) =>
            new(outcome.Input.ClassNames[outcome.Input.TargetLabels[example]], Pictures.Of(outcome.Output(example)));
        return new($"{outcome.Title}: confidence of the source's class over triangles of the source and two outputs.",
            [.. Panels.Select(panel =>
            {
                (int a, int b) = (examples[panel.First - 1], examples[panel.Second - 1]);
                return new HullPanel($"towards {outcome.Input.ClassNames[outcome.Input.TargetLabels[a]]} "
                    + $"and {outcome.Input.ClassNames[outcome.Input.TargetLabels[b]]}",
                    new(outcome.Input.ClassNames[outcome.Input.Labels[a]], Pictures.Of(outcome.Source(a))),
                    Vertex(a), Vertex(b), Shape(outcome, a, b), Hull(outcome, a, b).Values);
            })]);
    }

    /// <summary>The counted examples of each source, in the order of their making.</summary>
    public static IEnumerable<int[]> BySource(TraversalOutcome outcome) =>
        Enumerable.Range(0, outcome.Input.Count).Where(i => outcome.Result.Examples[i].Counts)
            .GroupBy(i => outcome.Input.Pairs[i].Source).Select(group => group.ToArray());

    private static TriangleShape Shape(TraversalOutcome outcome, int first, int second) =>
        TriangleShape.Between(Pictures.Floats(outcome.Source(first)),
            Pictures.Floats(outcome.Output(first)), Pictures.Floats(outcome.Output(second)));

    private static TriangleHull Hull(TraversalOutcome outcome, int first, int second) =>
        TriangleHull.Measure(outcome.Classifier, outcome.Source(first),
            outcome.Output(first), outcome.Output(second), outcome.Input.Labels[first]);
}
