using MiniGrad.Charts;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Formats.Images;
using MiniGrad.Lab.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The figures of the report.</summary>
internal sealed class LevelSetFigures(LevelSetResult result)
{
    /// <summary>The figures of one network: in full, or its grid and its star.</summary>
    public IEnumerable<IReportPart> Of(LevelSetOutcome n, bool isFull)
    {
        yield return Grid(n);
        if (isFull)
        {
            foreach (DrawnCourse path in n.Drawn.Paths.Take(1))
            {
                yield return Path(n, path);
                yield return Confidence(n, path);
            }
        }
        if (Star(n) is { } star) yield return star;
        if (!isFull) yield break;
        if (n.Drawn.Triangles.Length > 0) yield return Triangles(n);
        if (Surface(n) is { } surface) yield return surface;
    }

    /// <summary>The mean confidence over the triangles of each network, robust ones beside normal ones.</summary>
    public BarChart Shares() => new("The share of triangles within 0.2 of the source's confidence, and of straight lines that stay there.",
        "network", [.. result.Networks.Select(n => Short(n.Subject.Weights))], new("share", Minimum: 0, Maximum: 1),
        [
            new("points of triangles", [.. result.Networks.Select(n => n.Hulls.Shares[2].Mean)]),
            new("lines to ends of walks", [.. result.Networks.Select(n => n.Stars.Walked[2].Rate)]),
            new("random lines", [.. result.Networks.Select(n => n.Stars.Random[2].Rate)]),
        ]);

    /// <summary>A name without the data set, which all share, so that it fits below a bar.</summary>
    private string Short(string weights)
    {
        string[] shared = result.Setting.DataSet == "cifar-10" ? ["-cifar", "cifar_"] : [$"-{result.Setting.DataSet}"];
        return shared.Aggregate(weights, (name, word) => name.Replace(word, "", StringComparison.Ordinal));
    }

    /// <summary>Figure F2: rows are targets, columns sources, the diagonal the originals.</summary>
    private ImageGridFigure Grid(LevelSetOutcome n)
    {
        int side = Math.Min(DrawnWalks.Grid, n.Drawn.Images.Length);
        GridCell? Cell(int target, int source) => source == target ? new(Original(n, source), n.Drawn.Confidence[source])
            : n.Drawn.Find(source, target) is { Image.Length: > 0 } walk ? new(Picture(walk.Image), walk.Confidence) : null;
        return new($"{n.Subject.Title}: every image (column) walked towards every other (row).",
            [.. Enumerable.Range(0, side).Select(k => NameOf(n, k))],
            [.. Enumerable.Range(0, side).Select(target => (IReadOnlyList<GridCell?>)
                [.. Enumerable.Range(0, side).Select(source => Cell(target, source))])]);
    }

    /// <summary>Figure F1: the images of a walk.</summary>
    private ImagePathFigure Path(LevelSetOutcome n, DrawnCourse path)
    {
        (string source, string target) = (NameOf(n, path.Source), NameOf(n, path.Target));
        return new($"{n.Subject.Title}: the walk from {source} towards {target}.", source, target,
            [.. path.Iterations.Select((iteration, k) => new PathFrame(iteration, Picture(path.Frames[k]), path.SourceConfidence[iteration],
                path.SourceConfidence[iteration] >= path.TargetConfidence[iteration] ? source : target))]);
    }

    /// <summary>Figure F5: both confidences over that walk.</summary>
    private LineChart Confidence(LevelSetOutcome n, DrawnCourse path)
    {
        double[] x = [.. Enumerable.Range(0, path.SourceConfidence.Length).Select(i => (double)i)];
        return new($"{n.Subject.Title}: confidence over that walk.", new("iteration"), new("confidence", Minimum: 0, Maximum: 1),
            [
                new($"source class {NameOf(n, path.Source)}", x, path.SourceConfidence),
                new($"target class {NameOf(n, path.Target)}", x, path.TargetConfidence),
            ],
            [new("lowest allowed", n.Drawn.Confidence[path.Source] - SourceRegion.Drop)]);
    }

    /// <summary>Figure F3: straight lines from the first image to where its walks ended.</summary>
    private StarFigure? Star(LevelSetOutcome n)
    {
        DrawnWalk[] limbs = [.. n.Drawn.Walks.Where(walk => walk.Limb.Length > 0).OrderBy(walk => walk.Target)];
        if (limbs.Length == 0) return null;
        return new($"{n.Subject.Title}: confidence in {NameOf(n, 0)} on straight lines from an image to where its walks ended.",
            [
                new($"{limbs.Length} targets", NameOf(n, 0), Original(n, 0),
                    [.. limbs.Select(walk => new StarFigureLimb(NameOf(n, walk.Target), Picture(walk.Image), walk.Limb))],
                    n.Drawn.Confidence[0] - SourceRegion.Drop),
            ]);
    }

    /// <summary>Figure F4: confidence over triangles of the first image and two ends.</summary>
    private TriangleHullFigure Triangles(LevelSetOutcome n)
    {
        HullVertex Vertex(int target) => new(NameOf(n, target), Picture(n.Drawn.Find(0, target)!.Image));
        return new($"{n.Subject.Title}: confidence in {NameOf(n, 0)} over triangles of an image and the ends of two walks.",
            [.. n.Drawn.Triangles.Select(t => new HullPanel($"towards {NameOf(n, t.First)} and {NameOf(n, t.Second)}",
                new(NameOf(n, 0), Original(n, 0)), Vertex(t.First), Vertex(t.Second), new(t.Rho, t.Angle), t.Values))]);
    }

    /// <summary>Figure F6: the confidence on spheres around walks.</summary>
    private SurfaceFigure? Surface(LevelSetOutcome n)
    {
        SurfacePanel[] panels = [.. n.Drawn.Paths.Select(path => Panel(n, path)).OfType<SurfacePanel>()];
        return panels.Length == 0 ? null : new(
            $"{n.Subject.Title}: the confidence that 95 % of the points on spheres around a walk exceed, in the tangent space of the "
                + "level set.", panels);
    }

    private SurfacePanel? Panel(LevelSetOutcome n, DrawnCourse path)
    {
        double[] radii = [.. path.Width.Select(row => row.Radius).Distinct().Order()];
        int[] iterations = [.. path.Width.Select(row => row.Iteration).Distinct().Order()];
        // A walk that never moved has one image only.
        if (iterations.Length < 2) return null;
        Dictionary<(double, int), double> low = path.Width.ToDictionary(row => (row.Radius, row.Iteration), row => row.Low);
        return new($"{NameOf(n, path.Source)} towards {NameOf(n, path.Target)}", iterations, radii,
            [.. radii.Select(radius => (IReadOnlyList<double>)[.. iterations.Select(iteration => low[(radius, iteration)])])]);
    }

    /// <summary>What the class of a drawn image is called; images are of different classes.</summary>
    private string NameOf(LevelSetOutcome n, int image) =>
        result.Setting.Data.ClassNames[result.Setting.Data.Labels[n.Drawn.Images[image]]];

    private PixelImage Original(LevelSetOutcome n, int image) => Pictures.Of(result.Setting.Data.Images([n.Drawn.Images[image]]));

    private PixelImage Picture(byte[] bytes) => Pictures.Of(Walks.Pixels(bytes),
        [result.Setting.Data.Channels, result.Setting.Data.Height, result.Setting.Data.Width]);
}
