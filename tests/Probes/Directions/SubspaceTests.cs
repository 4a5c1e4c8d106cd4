using MiniGrad.Probes.Directions;
using Xunit;

namespace MiniGrad.Tests.Probes.Directions;

/// <summary>Projections on subspaces, and what a flat boundary gives within random ones.</summary>
public class SubspaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    public void ARandomProjectionIsOne(int dimension)
    {
        const int d = 12;
        Subspace subspace = Subspace.Random(d, dimension, new Rng(7));
        double[][] matrix = Matrix(subspace);
        double trace = 0;
        for (int i = 0; i < d; i++)
        {
            trace += matrix[i][i];
            double[] twice = [.. matrix[i]];
            subspace.Project(twice);
            for (int j = 0; j < d; j++)
            {
                Assert.Equal(matrix[i][j], matrix[j][i], 1e-13);
                Assert.Equal(matrix[i][j], twice[j], 1e-13);
                if (dimension == d) Assert.Equal(i == j ? 1 : 0, matrix[i][j], 1e-13);
            }
        }
        Assert.Equal(dimension, trace, 1e-12);
        double[] drawn = subspace.Draw(new Rng(3));
        Assert.Equal(1, ClosedForm.Norm(drawn), 1e-13);
        double[] kept = [.. drawn];
        subspace.Project(kept);
        for (int j = 0; j < d; j++) Assert.Equal(drawn[j], kept[j], 1e-13);
    }

    [Fact]
    public void ASpanKeepsItsRowsAndItsComplementNothingOfThem()
    {
        double[][] rows = [.. Enumerable.Range(0, 3).Select(k => new Rng(5).At(k).Normal(9))];
        Subspace span = Subspace.SpanOf(9, [.. rows, new double[9], ClosedForm.Minus(rows[0], rows[1])]);
        Assert.Equal(3, span.Dimension);
        Subspace rest = span.Complement();
        Assert.Equal(6, rest.Dimension);
        foreach (double[] row in rows)
        {
            (double[] kept, double[] lost) = ([.. row], [.. row]);
            span.Project(kept);
            rest.Project(lost);
            for (int j = 0; j < 9; j++) Assert.Equal((row[j], 0.0), (Math.Round(kept[j] - row[j], 12) + row[j], Math.Round(lost[j], 12)));
        }
    }

    [Fact]
    public void RandomSubspacesFollowTheLaw()
    {
        const int d = 40, m = 6, draws = 4000;
        double[] w = new Rng(2).Normal(d);
        double[] beta = [.. Enumerable.Range(0, draws).Select(k =>
        {
            double[] part = [.. w];
            Subspace.Random(d, m, new Rng(9).At(k)).Project(part);
            return Math.Sqrt((double)m / d) * ClosedForm.Norm(w) / ClosedForm.Norm(part);
        })];
        (double mean, double deviation) = LinearLaw.Beta(d, m);
        Assert.Equal(mean, beta.Average(), 4 * deviation / Math.Sqrt(draws));
        Assert.Equal(deviation, Statistics.Spread(beta).Deviation, 0.1 * deviation);
        // Every direction is as likely: the mean projection is (m/d) I.
        double first = Enumerable.Range(0, draws).Average(k => Matrix(Subspace.Random(5, 2, new Rng(4).At(k)))[0][0]);
        Assert.Equal(0.4, first, 4 * 0.29 / Math.Sqrt(draws));
    }

    // The last row of the published table of a linear boundary, d = 784.
    [Theory]
    [InlineData(784, 1, 0)]
    [InlineData(196, 1.00, 0.04)]
    [InlineData(49, 1.02, 0.10)]
    public void TheLawIsThatOfTheTable(int m, double mean, double deviation)
    {
        (double lawMean, double lawDeviation) = LinearLaw.Beta(784, m);
        Assert.Equal(mean, lawMean, 0.006);
        Assert.Equal(deviation, lawDeviation, 0.006);
    }

    [Fact]
    public void TheLawOfLinesIsThatOfTheNormalDistribution()
    {
        (double lower, double median, double upper) = LinearLaw.Lines(784);
        Assert.Equal(41.5, median, 0.05);
        Assert.True(lower < median && median < upper);
        double[] gaussian = new Rng(1).Normal(20000);
        Assert.Equal(1.18 * Math.Sqrt(20000), LinearLaw.Signs(gaussian), 1.0);
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity), LinearLaw.Beta(10, 1));
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        void Refused(string words, Action act) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refused("dimension 13 is outside 1 to 12", () => Subspace.Random(12, 13, new Rng(0)));
        Refused("dimension 0 is outside 1 to 12", () => Subspace.Random(12, 0, new Rng(0)));
        Refused("no rows but zeros", () => Subspace.SpanOf(3, [new double[3]]));
        Refused("nothing is orthogonal", () => Subspace.Random(4, 4, new Rng(0)).Complement());
        Refused("a vector of 3 numbers in dimension 4", () => Subspace.Random(4, 2, new Rng(0)).Project(new double[3]));
        Refused("the normal is zero", () => LinearLaw.Signs(new double[3]));
    }

    [Fact]
    public void InfiniteNumbersHaveAMedianAndNoMean()
    {
        double inf = double.PositiveInfinity;
        Assert.Equal(new MedianSpread(4, 2, 1, 1.75, inf, inf), MedianSpread.Of([1, double.NaN, inf, 2, inf]));
        Assert.Equal(new MedianSpread(3, 1, 0, 1.5, 2, inf), MedianSpread.Of([2, inf, 1]));
        Assert.True(double.IsNaN(MedianSpread.Of([]).Median));
        Assert.Equal(0.5, MedianSpread.Of([1, inf]).InfiniteShare);
    }

    private static double[][] Matrix(Subspace subspace) => [.. Enumerable.Range(0, subspace.Ambient).Select(i =>
    {
        double[] column = new double[subspace.Ambient];
        column[i] = 1;
        subspace.Project(column);
        return column;
    })];
}
