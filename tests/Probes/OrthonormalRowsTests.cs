using MiniGrad.Probes.NullSpaces;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The growing basis against a projector by normal equations.</summary>
public class OrthonormalRowsTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(5, 8)]
    [InlineData(8, 8)]
    [InlineData(20, 60)]
    public void TheNullPartIsThatOfTheNormalEquations(int rows, int dimension)
    {
        double[][] matrix = [.. Enumerable.Range(0, rows).Select(i => new Rng(rows).At(i).Normal(dimension))];
        double[] v = new Rng(99).Normal(dimension);
        OrthonormalRows basis = new(dimension);
        Assert.All(matrix, row => Assert.True(basis.Add(row)));
        Assert.Equal(rows, basis.Rank);
        double[] expected = Brute(matrix, v);
        double[] actual = basis.NullPart(v);
        for (int i = 0; i < dimension; i++) Assert.Equal(expected[i], actual[i], 1e-9);
        foreach (double[] row in matrix)
        {
            Assert.InRange(Math.Abs(ClosedForm.Dot(row, actual)), 0, 1e-12 * ClosedForm.Norm(row) * ClosedForm.Norm(v));
        }
    }

    [Fact]
    public void DependentRowsAddNothing()
    {
        double[][] matrix = [.. Enumerable.Range(0, 4).Select(i => new Rng(3).At(i).Normal(10))];
        OrthonormalRows basis = new(10);
        foreach (double[] row in matrix) basis.Add(row);
        double[] v = new Rng(5).Normal(10);
        double[] before = basis.NullPart(v);
        Assert.False(basis.Add(matrix[2]));
        Assert.False(basis.Add([.. matrix[0].Select(x => -1e9 * x)]));
        Assert.False(basis.Add([.. matrix[0].Zip(matrix[3], (a, b) => 2 * a - b)]));
        Assert.False(basis.Add(new double[10]));
        Assert.Equal(4, basis.Rank);
        Assert.Equal(before, basis.NullPart(v));
    }

    [Fact]
    public void NearlyParallelRowsStayOrthogonal()
    {
        double[] first = new Rng(1).Normal(30);
        double[] second = [.. first.Zip(new Rng(2).Normal(30), (a, b) => a + 1e-7 * b)];
        OrthonormalRows basis = new(30);
        Assert.True(basis.Add(first));
        Assert.True(basis.Add(second));
        double[] rest = basis.NullPart(new Rng(3).Normal(30));
        Assert.InRange(Math.Abs(ClosedForm.Dot(rest, first)), 0, 1e-13 * ClosedForm.Norm(rest) * ClosedForm.Norm(first));
        Assert.InRange(Math.Abs(ClosedForm.Dot(rest, second)), 0, 1e-13 * ClosedForm.Norm(rest) * ClosedForm.Norm(second));
    }

    [Fact]
    public void AFullBasisLeavesNothingAndTakesNoMore()
    {
        OrthonormalRows basis = new(6);
        for (int i = 0; i < 6; i++) Assert.True(basis.Add(new Rng(i).Normal(6)));
        Assert.False(basis.Add(new Rng(7).Normal(6)));
        Assert.All(basis.NullPart(new Rng(8).Normal(6)), x => Assert.Equal(0, x, 1e-13));
    }

    [Fact]
    public void ARowOfAnotherDimensionIsRefused() =>
        Assert.Contains("a row of 3 numbers in dimension 4",
            Assert.Throws<ArgumentException>(() => new OrthonormalRows(4).Add([1, 2, 3])).Message, StringComparison.Ordinal);

    /// <summary>v − Mᵀ (M Mᵀ)⁻¹ M v, by Gauss elimination with pivots.</summary>
    private static double[] Brute(double[][] m, double[] v)
    {
        int n = m.Length;
        double[][] system = [.. m.Select(row => (double[])[.. m.Select(other => ClosedForm.Dot(row, other)), ClosedForm.Dot(row, v)])];
        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(system[i][k]));
            (system[k], system[pivot]) = (system[pivot], system[k]);
            for (int i = 0; i < n; i++)
            {
                if (i == k) continue;
                double factor = system[i][k] / system[k][k];
                for (int j = k; j <= n; j++) system[i][j] -= factor * system[k][j];
            }
        }
        double[] result = [.. v];
        for (int k = 0; k < n; k++)
        {
            double x = system[k][n] / system[k][k];
            for (int j = 0; j < v.Length; j++) result[j] -= x * m[k][j];
        }
        return result;
    }
}
