using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Projections into balls of few or sparse changes, against searches of all that is allowed.</summary>
public sealed class ProjectionTests
{
    /// <summary>No point of a fine grid on the ball's surface is nearer in L2; the row that is inside stays, bit for bit.</summary>
    [Theory]
    [InlineData(0.9, -0.4, 0.3)]
    [InlineData(2, 0.1, -0.05)]
    [InlineData(0.7, 0.7, 0.7)]
    [InlineData(-0.6, 0, 0.6)]
    public void TheL1ProjectionIsTheNearestPoint(double x, double y, double z)
    {
        double[] outside = [x, y, z];
        double[] inside = [0.3, -0.3, 0.2];
        double[] found = Project(Threat.L1(1), [.. outside, .. inside], 3);
        Assert.Equal(inside, found[3..]);
        Assert.Equal(1, found[..3].Sum(Math.Abs), 1e-12);
        double distance = ClosedForm.Norm(ClosedForm.Minus(found[..3], outside));
        const int grid = 200;
        for (int i = 0; i <= grid; i++)
        {
            for (int j = 0; j <= grid - i; j++)
            {
                double[] sizes = [i / (double)grid, j / (double)grid, (grid - i - j) / (double)grid];
                double[] point = [.. sizes.Zip(outside, Math.CopySign)];
                double length = ClosedForm.Norm(ClosedForm.Minus(point, outside));
                Assert.True(length >= distance - 1e-12, $"{string.Join(", ", point)} is nearer.");
            }
        }
    }

    /// <summary>Rows of one to three hundred numbers, some of them equal or 0, against the formula over sorted sizes.</summary>
    [Fact]
    public void TheL1ProjectionIsThatOfSortedSizes()
    {
        foreach (int size in (int[])[1, 2, 7, 64, 300])
        {
            foreach (double radius in (double[])[0, 0.01, 0.5, 3, 40])
            {
                double[] deltas = [.. Enumerable.Range(0, 6).SelectMany(row => Row(new Rng(7).At(size).At(row), size))];
                double[] found = Project(Threat.L1(radius), deltas, size);
                for (int row = 0; row < 6; row++)
                {
                    double[] delta = deltas[(row * size)..(row * size + size)];
                    Assert.Equal(Sorted(delta, radius), found[(row * size)..(row * size + size)], (a, b) => Math.Abs(a - b) <= 1e-12);
                }
            }
        }
    }

    [Fact]
    public void OfTheL0BallTheLargestChangesAreKept()
    {
        double[] deltas = [0.1, -0.9, 0.5, 0, 0.2, 0.2, -0.2, 0.1, 0, 0, 0, 0.7];
        Assert.Equal([0, -0.9, 0.5, 0, 0.2, 0.2, 0, 0, 0, 0, 0, 0.7], Project(Threat.L0(2), deltas, 4));
        Assert.Equal(new double[12], Project(Threat.L0(0), deltas, 4));
        Assert.Equal(deltas, Project(Threat.L0(9), deltas, 4));
        Tensor point = Tensor.From(deltas, [3, 1, 1, 4]);
        Assert.Equal([3, 4, 1], Threat.L0(2).Distance(Ops.Zeros(point.Shape, DType.F64), point));
    }

    /// <summary>What is kept has the bits of the point, what is not those of the clean image.</summary>
    [Fact]
    public void UnchangedNumbersOfTheL0BallKeepTheirBits()
    {
        Tensor clean = ClosedForm.Images(3, [1, 4, 4]);
        Tensor point = ClosedForm.Images(3, [1, 4, 4], seed: 8);
        Tensor kept = Threat.L0(5).Project(clean, point);
        Assert.Equal([5, 5, 5], Threat.L0(5).Distance(clean, kept));
        Assert.Equal([11, 11, 11], Threat.L0(5).Distance(point, kept));
    }

    [Fact]
    public void AnL0StepMovesAsManyNumbersAsMayChange()
    {
        Tensor gradient = Tensor.From([0.1, -3.0, 1.0, 0.0, 0.0, 0.0], [2, 1, 1, 3]);
        Assert.Equal([0, -0.75, 0.25, 0, 0, 0], Threat.L0(2).Steepest(gradient).ToArray<double>());
        Assert.Equal([0, -0.75, 0.25, 0, 0, 0], Threat.L0(2).Steepest(gradient * 1e-300).ToArray<double>());
    }

    [Fact]
    public void ARandomStartOfTheL0BallIsInIt()
    {
        Tensor clean = ClosedForm.Images(40, [1, 5, 5], type: DType.F64);
        Rng[] rngs = [.. Enumerable.Range(0, 40).Select(i => new Rng(5).At(i))];
        Tensor start = Threat.L0(3).RandomStart(clean, rngs);
        Assert.All(Threat.L0(3).Distance(clean, start), changed => Assert.Equal(3, changed));
        double[] deltas = ClosedForm.Doubles(start - clean);
        Assert.Equal(25, Enumerable.Range(0, deltas.Length).Where(i => deltas[i] != 0).Select(i => i % 25).Distinct().Count());
    }

    [Fact]
    public void APartOfANumberCannotDiffer() =>
        Assert.Contains("2.5", Assert.ThrowsAny<ArgumentException>(() => ThreatCatalog.Parse("l0:2.5")).Message, StringComparison.Ordinal);

    [Fact]
    public void AShareOfAnL0BallIsOfWholeNumbers()
    {
        Assert.Equal(Threat.L0(5), Threat.L0(10).Scaled(0.45));
        Assert.Equal(Threat.L0(1), Threat.L0(10).Scaled(0.01));
    }

    private static double[] Project(Threat ball, double[] deltas, int size)
    {
        Tensor point = Tensor.From(deltas, [deltas.Length / size, 1, 1, size]);
        return ball.Project(Ops.Zeros(point.Shape, DType.F64), point).ToArray<double>();
    }

    private static double[] Row(Rng rng, int size) =>
        [.. rng.Normal(size).Select((v, i) => (i % 5) switch { 0 => 0, 1 => 0.5, _ => v })];

    private static double[] Sorted(double[] delta, double radius)
    {
        double[] sizes = [.. delta.Select(Math.Abs).OrderDescending()];
        if (radius == 0) return new double[delta.Length];
        if (sizes.Sum() <= radius) return delta;
        (double sum, double excess) = (0, 0);
        for (int j = 1; j <= sizes.Length; j++)
        {
            sum += sizes[j - 1];
            if (sizes[j - 1] > (sum - radius) / j) excess = (sum - radius) / j;
        }
        return [.. delta.Select(v => Math.CopySign(Math.Max(Math.Abs(v) - excess, 0), v))];
    }
}
