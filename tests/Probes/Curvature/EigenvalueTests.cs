using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

public class EigenvalueTests
{
    /// <summary>Sizes around the lanes of a register, and one that is large for a test.</summary>
    public static TheoryData<int> Sizes => [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 257];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TheyAreThoseOfMathNet(int n)
    {
        foreach (double[,] a in (double[][,])[
            Bodies.Random(n, n), LowRank(n), Bodies.Diagonal([.. Enumerable.Range(0, n).Select(i => (double)(i % 3))]),
            Times(Bodies.Random(n, 5), 1e150), Times(Bodies.Random(n, 6), 1e-150)])
        {
            double[] expected =
                [.. Matrix<double>.Build.DenseOfArray(a).Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real).Order()];
            double[] actual = SymmetricEigenvalues.Of(Flat(a), n);
            double scale = expected.Max(Math.Abs);
            for (int i = 0; i < n; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-14 * n * scale + 1e-300,
                    $"{n}: eigenvalue {i} is {actual[i]:R}, MathNet's {expected[i]:R}");
            }
        }
    }

    [Fact]
    public void OnlyTheLowerTriangleIsRead()
    {
        double[] whole = Flat(Bodies.Random(20, 2));
        double[] lower = [.. whole.Select((v, k) => k % 20 > k / 20 ? double.NaN : v)];
        Assert.Equal(SymmetricEigenvalues.Of(whole, 20), SymmetricEigenvalues.Of(lower, 20));
    }

    [Fact]
    public void AKnownSpectrum()
    {
        // The second difference on n points: 2 − 2 cos(kπ/(n + 1)).
        const int N = 50;
        double[,] a = new double[N, N];
        for (int i = 0; i < N; i++)
        {
            a[i, i] = 2;
            if (i > 0) a[i, i - 1] = a[i - 1, i] = -1;
        }
        double[] actual = SymmetricEigenvalues.Of(Flat(a), N);
        for (int k = 0; k < N; k++) Assert.Equal(2 - 2 * Math.Cos((k + 1) * Math.PI / (N + 1)), actual[k], 1e-14);
    }

    [Fact]
    public void NaNIsRefusedNotLoopedOver()
    {
        double[] a = Flat(Bodies.Random(6, 2));
        a[20] = double.NaN;
        Assert.Throws<NumericalException>(() => SymmetricEigenvalues.Of(a, 6));
    }

    [Fact]
    public void AnotherShapeIsRefused() => Assert.Throws<ArgumentException>(() => SymmetricEigenvalues.Of(new double[7], 3));

    private static double[,] LowRank(int n)
    {
        double[] u = new Rng(n).Normal(n);
        double[,] a = new double[n, n];
        for (int k = 0; k < n * n; k++) a[k / n, k % n] = u[k / n] * u[k % n];
        return a;
    }

    private static double[,] Times(double[,] a, double factor)
    {
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++) a[i, j] *= factor;
        }
        return a;
    }

    private static double[] Flat(double[,] a) => [.. a.Cast<double>()];
}
