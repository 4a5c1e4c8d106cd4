using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class SmoothnessTests
{
    [Theory]
    [InlineData(5, 9)]
    [InlineData(2, 3)]
    [InlineData(1, 6)]
    [InlineData(1, 1)]
    public void AConstantIsSmooth(int rows, int columns) =>
        Assert.Equal(new Smoothness(0, 0, 0, 0, 0, double.NaN), Smoothness.Of(Grid(rows, columns, (_, _) => 0.1), 0.1));

    [Theory]
    [InlineData(5, 9)]
    [InlineData(61, 61)]
    [InlineData(2, 2)]
    public void APlaneHasItsSlopeAtAnyResolution(int rows, int columns)
    {
        Smoothness plane = Smoothness.Of(Grid(rows, columns, (y, x) => 3 * x - 4 * y + 7), 0.1);
        Assert.Equal(5, plane.GradientMean, 1e-12);
        Assert.Equal(0, plane.GradientDeviation, 1e-12);
        // Neighbours are 2/(n − 1) apart, and there are (rows − 1)·columns differences down and rows·(columns − 1) across.
        double sum = 4 * 2.0 * columns + 3 * 2.0 * rows;
        Assert.Equal(sum / ((rows - 1) * columns + rows * (columns - 1)), plane.TotalVariation, 1e-12);
        // The highest corner is above its neighbours.
        Assert.Equal((0, 1), (plane.LocalMaxima, plane.RimMaxima));
    }

    [Fact]
    public void AHillHasOneMaximumAndItsDerivatives()
    {
        const int n = 21;
        Smoothness hill = Smoothness.Of(Grid(n, n, (y, x) => 5 - x * x - y * y), double.NaN);
        Assert.Equal((1, 0), (hill.LocalMaxima, hill.RimMaxima));
        // Central differences of −x² are −2x; one-sided ones at ±1 are off by the spacing.
        double Slope(int i) => i == 0 ? 2 - 2.0 / (n - 1) : i == n - 1 ? -2 + 2.0 / (n - 1) : -2 * (2.0 * i / (n - 1) - 1);
        double[] slopes = [.. Enumerable.Range(0, n * n).Select(i => double.Hypot(Slope(i / n), Slope(i % n)))];
        Assert.Equal(slopes.Average(), hill.GradientMean, 1e-12);
        Assert.Equal(Math.Sqrt(slopes.Average(s => s * s) - slopes.Average() * slopes.Average()), hill.GradientDeviation, 1e-9);
        Assert.Equal(double.NaN, hill.Frequency);
        // Every row and column goes up by 1 and down by 1.
        Assert.Equal(2.0 * n * 2 / (2 * n * (n - 1)), hill.TotalVariation, 1e-12);
    }

    [Fact]
    public void MaximaAreStrictAndThoseOfTheRimCountApart()
    {
        Smoothness Of(Func<int, int, double> f) => Smoothness.Of(Cells(5, 5, f), 1);
        Smoothness board = Of((i, j) => (i + j) % 2);
        // Fields of one colour touch at their corners, so none is above all of its neighbours.
        Assert.Equal((0, 0, 1.0), (board.LocalMaxima, board.RimMaxima, board.TotalVariation));
        Smoothness inside = Of((i, j) => i % 2 == 1 && j % 2 == 1 ? 1 : 0);
        Assert.Equal((4, 0), (inside.LocalMaxima, inside.RimMaxima));
        Smoothness across = Of((i, j) => i % 2 == 0 && j % 2 == 0 ? 1 : 0);
        Assert.Equal((1, 8), (across.LocalMaxima, across.RimMaxima));
        Smoothness flat = Of((i, j) => i == 2 && j is 1 or 2 ? 1 : 0);
        Assert.Equal(0, flat.LocalMaxima);
    }

    [Theory]
    [InlineData(12, 1, 0.5)]
    [InlineData(12, 6, 0.25)]
    [InlineData(61, 3, 0.1)]
    [InlineData(13, 6, 2)]
    public void AWaveHasItsFrequency(int columns, int waves, double pixels)
    {
        // The phase differs from row to row, which a mean over rows before the transform would not survive.
        Smoothness wave = Smoothness.Of(Cells(4, columns, (i, j) => 100 + Math.Cos(2 * Math.PI * waves * j / columns + i)), pixels);
        Assert.Equal(waves / (columns * pixels), wave.Frequency, 1e-12);
    }

    [Fact]
    public void TheStrongestOfTwoWavesCounts()
    {
        double Wave(int waves, int j) => Math.Sin(2 * Math.PI * waves * j / 32);
        double Two(int j, double slow, double fast) => slow * Wave(2, j) + fast * Wave(9, j);
        Assert.Equal(2 / 32.0, Smoothness.Of(Cells(3, 32, (_, j) => Two(j, 1, 0.9)), 1).Frequency, 1e-12);
        Assert.Equal(9 / 32.0, Smoothness.Of(Cells(3, 32, (_, j) => Two(j, 0.9, 1)), 1).Frequency, 1e-12);
    }

    // A network that looks at every second pixel repeats itself every two pixels.
    [Fact]
    public void SubsamplingByTwoShowsAtHalfACycleAPixel()
    {
        Tensor even = Tensor.From([.. Enumerable.Range(0, 24).Select(x => x % 2 == 0 ? 1.0 : 0)], [1, 1, 1, 24]);
        Classifier classifier = new(images =>
        {
            Tensor s = (images.Slice(3, 6, 18) * even.Slice(3, 6, 18).Cast(images.Type)).Flatten().Sum(1, keepDims: true);
            return Ops.Concat([s * 0, s], 1);
        }, [1, 1, 24], 2);
        Landscape landscape = Landscape.Of(classifier, even, 0, new Warp(0, 4), LandscapePlane.AngleRight.At(65));
        // 65 columns of 1/8 pixel: the frequencies are multiples of 8/65.
        Assert.Equal(4 * 8 / 65.0, Smoothness.Of(landscape).Frequency, 1e-12);
        Assert.Equal(5, Smoothness.Of(landscape).RimMaxima);
    }

    [Fact]
    public void AnglesHaveNoFrequency()
    {
        Classifier classifier = Planted.Of((columns, _) => columns);
        Landscape landscape =
            Landscape.Of(classifier, Planted.SpotAtRight(), 0, new Warp(30, 3), new(WarpAxis.Right, WarpAxis.Angle, 5, 5));
        Assert.Equal(double.NaN, Smoothness.Of(landscape).Frequency);
        Assert.True(Smoothness.Of(landscape).GradientMean > 0.1);
    }

    [Fact]
    public void RefusesWhatIsNoGridOfNumbers()
    {
        string Refusal(double[][] values) => Assert.Throws<ArgumentException>(() => Smoothness.Of(values, 1)).Message;
        Assert.Contains("no values", Refusal([]));
        Assert.Contains("no values", Refusal([[]]));
        Assert.Contains("row 1 has 1 values, the first has 2", Refusal([[1, 2], [3]]));
        Assert.Contains("row 1, column 0 is NaN", Refusal([[1, 2], [double.NaN, 3]]));
    }

    private static double[][] Cells(int rows, int columns, Func<int, int, double> f) =>
        [.. Enumerable.Range(0, rows).Select(i => (double[])[.. Enumerable.Range(0, columns).Select(j => f(i, j))])];

    private static double[][] Grid(int rows, int columns, Func<double, double, double> f)
    {
        double At(int i, int count) => count == 1 ? 0 : 2.0 * i / (count - 1) - 1;
        return Cells(rows, columns, (i, j) => f(At(i, rows), At(j, columns)));
    }
}
