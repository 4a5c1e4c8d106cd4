using MiniGrad.Charts;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Tests.Charts;

/// <summary>A page with every kind of part, made of plain arithmetic.</summary>
internal static class SamplePage
{
    public const string Hostile = "<script>alert('x')</script> & \"goose\"\0]]>";

    public static ReportPage Create(string name = Hostile)
    {
        double[] x = [0, 10, 20, 30];
        return new(
            name, name,
            [
                new(name, name, [new Prose(name), new KeyFigures(new KeyFigure(name, name, name)), Table(name)]),
                new(name, "", [Path(name, 7), Grid(name), Chart(name, x, [0.9, 0.8, double.NaN, 0.7])]),
                new(name, "", [Hulls(name), TwoLayer(name), Reproduce(name)]),
                new(name, "", [Bars(name), Boxes(name), Scatter(name), Sections(name)]),
            ],
            name);
    }

    public static PixelImage Image(int seed, int size = 8, int channels = 3)
    {
        byte[] pixels = new byte[size * size * channels];
        for (int k = 0; k < pixels.Length; k++) pixels[k] = (byte)(31 * k + 57 * seed);
        return new(size, size, channels, pixels);
    }

    public static SummaryTable Table(string name) => new(
        name, [new(name), new(name, true, name), new(name)],
        [[TableCell.Words(name), TableCell.Share(37, 40), TableCell.Badge(name, BadgeKind.Good)]], name);

    public static ImagePathFigure Path(string name, int frames)
    {
        PathFrame[] list = new PathFrame[frames];
        for (int k = 0; k < frames; k++) list[k] = new(10 * k, Image(k), 1 - 0.01 * k, name);
        return new(name, name, name, list);
    }

    public static ImageGridFigure Grid(string name) => new(
        name, [name, "b"], [[new(Image(1), 0.99994), null], [new(Image(2), 0.5), new(Image(3, channels: 1), 0.25)]]);

    public static LineChart Chart(string name, double[] x, double[] y, bool logarithmic = false) => new(
        name, new(name), new(name, name, IsLogarithmic: logarithmic),
        [new(name, x, y), new("thin", x, y, true), new("thin", x, y, true)], [new(name, 0.75), new(name, 0.6, 0.8)]);

    public static BarChart Bars(string name) => new(
        name, name, [name, "b", "c"], new(name, name), [new(name, [1, 0.5, double.NaN]), new("s", [0, -0.25, 2])],
        [new(name, 0.3), new("band", 0.4, 0.6)]);

    public static BoxPlot Boxes(string name) => new(
        name, name, new(name), [new(name, [1, 2, 3, 4, 20]), new("none", []), new("one", [double.NaN, -1])], [new(name, 2)]);

    public static ScatterChart Scatter(string name) => new(
        name, new(name), new(name), [new(name, [0, 1, 2], [0, 2, double.NaN]), new("s", [1], [1])], name,
        [new(name, 0.5, 1)], [new(name, 1)]);

    public static SectionMap Sections(string name) => new(name, [Section(name)]);

    /// <summary>The unit circle on [-2, 2]²: negative inside.</summary>
    public static SectionPanel Section(string name, int points = 41)
    {
        double[][] values = new double[points][];
        for (int row = 0; row < points; row++)
        {
            values[row] = new double[points];
            for (int column = 0; column < points; column++)
            {
                (double x, double y) = (4.0 * column / (points - 1) - 2, 4.0 * row / (points - 1) - 2);
                values[row][column] = x * x + y * y - 1;
            }
        }
        ChartAxis axis = new(name, "pixels", -2, 2);
        return new(name, axis, axis, values, [new("x", 0, 0), new("z", 1, 0), new(name, 1.5, 0)], new(name, 1, 0, 1.5, 0));
    }

    public static HeatMapFigure HeatMaps(string name) => new(name, name, [HeatMap(name)]);

    /// <summary>A wave over 30 degrees and 3 pixels, with a path from the middle to a corner.</summary>
    public static HeatMapPanel HeatMap(string name, int points = 61)
    {
        double[][] values = [.. Enumerable.Range(0, points).Select(row => Enumerable.Range(0, points)
            .Select(column => 2 + Math.Sin(0.3 * column) + row / (points - 1.0)).ToArray())];
        return new(name, new(name, "pixels", -3, 3), new(name, "degrees", -30, 30), values, [new(name, [(0, 0), (1.5, 10), (3, 30)])]);
    }

    /// <summary>A star whose lines lose more confidence the later they come.</summary>
    public static StarFigure Star(string name, int limbs) => new(name, [
        new(name, name, Image(0), [.. Enumerable.Range(0, limbs).Select(k => new StarFigureLimb(
            name, Image(k), [.. Enumerable.Range(0, 51).Select(t => 1 - (double)k / limbs * Math.Pow(t / 50.0, 2))]))], 0.8),
    ]);

    public static TriangleHullFigure Hulls(string name) => new(name, [Panel(name, new(1.1, 1), 10)]);

    public static HullPanel Panel(string name, TriangleShape shape, int intervals)
    {
        double[][] values = new double[intervals + 1][];
        for (int i = 0; i <= intervals; i++)
        {
            values[i] = new double[intervals + 1 - i];
            for (int j = 0; j < values[i].Length; j++) values[i][j] = 1 - (double)(i + j) / intervals;
        }
        HullVertex vertex = new(name, Image(1));
        return new(name, vertex, vertex, vertex, shape, values);
    }

    public static TwoLayerFigure TwoLayer(string name) => new(
        name, name, name, Image(1, 2, 1), Image(2, 2, 1), [-0.5f, 0, 0.25f, 0.5f], [-0.5f, 0.5f, 1, 1.5f],
        new(0.9, 0.1), new(0.1, 0.9), new(0.9, 0.1), new(0.7, 0.3), 12, 22, 0.75);

    public static ReproduceSection Reproduce(string name) =>
        new("minigrad report --seed 3", 3, name, [(name, "0.1.0")], [("weights", name)]);
}
