using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Topology;

/// <summary>The images on a path, and the margin along it and along the straight line.</summary>
internal static class ClassPathFigures
{
    /// <summary>Anchors that are shown of a path.</summary>
    private const int Shown = 6;

    /// <summary>Intervals of the lines of margins.</summary>
    private const int Intervals = 200;

    public static IEnumerable<IReportPart> Of(Classifier classifier, DType type, ClassPath path, string title, string className)
    {
        int count = path.Points.Shape[0];
        int[] anchors = [.. Enumerable.Range(1, path.Anchors)];
        if (anchors.Length > Shown) anchors = [.. Enumerable.Range(0, Shown).Select(k => 1 + k * (path.Anchors - 1) / (Shown - 1))];
        Tensor[] points = [.. Enumerable.Range(0, count).Select(k => path.Points.TakeIndices(0, [k]))];
        (string Name, Tensor Point)[] shown =
        [
            ("start", points[0]),
            .. anchors.Select(k => (string.Create(CultureInfo.InvariantCulture, $"anchor {k} of {path.Anchors}"), points[k])),
            ("end", points[^1]),
        ];
        if (path.IsStraight) shown = [shown[0], ("middle", (points[0] + points[^1]) * 0.5), shown[1]];
        yield return new ImageRowsFigure($"{title}: the images on the path.", [.. shown.Select(s => s.Name)],
            [new(className, [.. shown.Select(s => (Pictures.Of(s.Point), $"margin {ReportNumber.Short(
                Margins(classifier, s.Point.Cast(type), path.Class)[0])}"))])],
            "Margin: the class's logit minus the largest other one. Pixels beyond the box are cut off in the pictures.");
        double[] t = [.. Enumerable.Range(0, Intervals + 1).Select(k => (double)k / Intervals)];
        List<LineSeries> lines = [new("straight line", t, Along([points[0], points[^1]], t))];
        if (path.Anchors > 0) lines.Add(new("path", t, Along(points, t)));
        yield return new LineChart($"{title}: the margin on the way.", new("share of the way"), new("margin"), lines,
            [new("boundary", 0)]);

        double[] Along(Tensor[] way, double[] shares) =>
            Margins(classifier, Ops.Concat([.. shares.Select(s => At(way, s))], 0).Cast(type), path.Class);
    }

    /// <summary>The point at a share of the length of a way.</summary>
    private static Tensor At(Tensor[] way, double share)
    {
        double[] lengths = [.. way.Skip(1).Zip(way, (next, now) => Rows.L2(next - now).ToArray()[0])];
        double left = share * lengths.Sum();
        int piece = 0;
        while (piece < lengths.Length - 1 && left > lengths[piece]) left -= lengths[piece++];
        double t = lengths[piece] > 0 ? Math.Min(left / lengths[piece], 1) : 0;
        return way[piece] * (1 - t) + way[piece + 1] * t;
    }

    private static double[] Margins(Classifier classifier, Tensor images, int label)
    {
        double[] logits = classifier.Logits(images).Cast(DType.F64).ToArray<double>();
        return [.. logits.Chunk(logits.Length / images.Shape[0]).Select(z => z[label] - z.Where((_, k) => k != label).Max())];
    }
}
