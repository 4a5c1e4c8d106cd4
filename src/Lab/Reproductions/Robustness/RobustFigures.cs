using MiniGrad.Charts;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Directions;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The figures of the report.</summary>
internal static class RobustFigures
{
    /// <summary>Distances of all networks as boxes.</summary>
    public static BoxPlot Distances(RobustResult result) => new(
        "Distance of the nearest boundary in L2 over the length of the image.", "network",
        new("‖r‖₂ / ‖x‖₂", IsLogarithmic: true),
        [.. result.Networks.Select(n => new BoxGroup(n.Subject.Weights, [.. n.L2.Relative.Where(double.IsFinite)]))]);

    /// <summary>β over the share of dimensions.</summary>
    public static LineChart Betas(RobustResult result)
    {
        double[] shares = [.. RobustSetting.Divisors.Select(divisor => 1.0 / divisor)];
        return new("β(f; m), the mean over images: 1 where the boundary is flat.", new("m/d", IsLogarithmic: true), new("β", "", 0),
            [
                .. result.Wholes.Select(n => new LineSeries(n.Subject.Weights, [1, .. shares],
                    [1, .. n.Whole!.Subspaces.Summaries(result.Setting.Seed).Select(s => s.Beta.Beta)])),
                new LineSeries("flat boundary", [1, .. shares], [1, .. RobustSetting.Divisors.Select(divisor =>
                    LinearLaw.Beta(result.Setting.Size, Math.Max(1, result.Setting.Size / divisor)).Mean)]),
            ]);
    }

    /// <summary>The share of mixtures over their size.</summary>
    public static LineChart Mixed(RobustResult result) => new(
        "Mixtures that are seen as the class of their images, random weights.", new("images in a mixture", IsLogarithmic: true),
        new("share", "", 0, 1),
        [
            .. result.Wholes.Select(n => Series(n.Subject.Weights, n.Whole!.Mixtures)), Series("linear control", result.Control),
        ]);

    /// <summary>The perturbations within the largest radius, and what they make of the first image.</summary>
    public static ImageRowsFigure Universal(RobustResult result)
    {
        ImageDataSet data = result.Setting.Data;
        Shape shape = [data.Channels, data.Height, data.Width];
        float[] image = data.Images([0]).ToArray<float>();
        return new("Universal perturbations, grey where they change nothing, and what they make of the first image.",
            ["perturbation", "image", "both"],
            [.. result.Networks.Select(n =>
            {
                UniversalAt ball = n.Universal.Balls[^1];
                float[] both = [.. image.Zip(ball.Perturbation, (x, v) => Math.Clamp(x + v, 0, 1))];
                return new ImageRow(n.Subject.Weights,
                [
                    (Pictures.Of([.. ball.Perturbation.Select(v => (float)(0.5 + 0.5 * v / ball.Radius))], shape),
                        $"within {ReportNumber.Fixed(ball.Radius, 3)}"),
                    (Pictures.Of(image, shape), Seen(n, data, image, shape)),
                    (Pictures.Of(both, shape), Seen(n, data, both, shape)),
                ]);
            })],
            "Below each image the class that the network sees.");
    }

    /// <summary>The points of the path with the most anchors, of each network.</summary>
    public static IEnumerable<IReportPart> Paths(RobustResult result)
    {
        ImageDataSet data = result.Setting.Data;
        Shape shape = [data.Channels, data.Height, data.Width];
        foreach (RobustOutcome n in result.Wholes)
        {
            if (n.Whole!.Paths.Drawn is not { } drawn) continue;
            (PixelImage, string)[] points = [.. drawn.Points.Select((point, k) => (Pictures.Of(point, shape),
                k == 0 ? "start" : k == drawn.Points.Length - 1 ? "end" : ReportNumber.Integer(k)))];
            yield return new ImageRowsFigure(
                $"{n.Subject.Weights}: points of the path with the most anchors, inside the region of {data.ClassNames[drawn.Class]}.",
                [.. points.Select(point => point.Item2)],
                [new(RegionClaims.TitleOf(drawn.Kind), [.. points.Select(point => (point.Item1, data.ClassNames[drawn.Class]))])],
                "Paths run in all of R^d: points are clipped to be shown.");
        }
    }

    private static LineSeries Series(string name, Mixtures mixtures)
    {
        ConvexityRow[] totals = [.. mixtures.Totals.Where(row => row.Draws > 0)];
        return new(name, [.. totals.Select(row => (double)row.Size)], [.. totals.Select(row => row.Share)]);
    }

    private static string Seen(RobustOutcome n, ImageDataSet data, float[] image, Shape shape) =>
        data.ClassNames[Logits.Prediction(n.Subject.Classifier.Logits(Tensor.From(image, [1, .. shape.ToArray()])))[0]];
}
