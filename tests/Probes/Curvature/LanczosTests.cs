using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

public class LanczosTests
{
    [Fact]
    public void ItsEndsAreThoseOfTheDenseMatrix()
    {
        (double[,] a, double[] all) = Matrix(60, 3);
        ExtremeEigenvalues ends = new Lanczos(5, Steps: 60).Run(60, v => Times(a, v), new Rng(1));
        Assert.True(ends.IsConverged);
        for (int k = 0; k < 5; k++)
        {
            Assert.Equal(all[^(k + 1)], ends.Largest[k], 1e-8);
            Assert.Equal(all[k], ends.Smallest[k], 1e-8);
        }
    }

    [Fact]
    public void AResidualBoundsTheError()
    {
        (double[,] a, double[] all) = Matrix(80, 9);
        ExtremeEigenvalues ends = new Lanczos(3, Steps: 14).Run(80, v => Times(a, v), new Rng(1));
        Assert.False(ends.IsConverged);
        foreach ((double value, double residual) in ends.Largest.Zip(ends.LargestResiduals)
            .Concat(ends.Smallest.Zip(ends.SmallestResiduals)))
        {
            Assert.True(residual > 1e-6);
            Assert.True(all.Min(e => Math.Abs(e - value)) <= residual * (1 + 1e-9),
                $"{value} is further than {residual} from any eigenvalue");
        }
    }

    [Fact]
    public void ARepeatedEigenvalueIsFoundAsOftenAsItOccurs()
    {
        double[] values = [.. Enumerable.Repeat(2.0, 4), .. Enumerable.Repeat(-1.0, 26)];
        ExtremeEigenvalues ends = new Lanczos(5, Steps: 30).Run(30, v => [.. v.Zip(values, (x, y) => x * y)], new Rng(3));
        Assert.Equal([2, 2, 2, 2, -1], ends.Largest.Select(v => Math.Round(v, 10)));
    }

    [Fact]
    public void TheNormalIsNoCurvature()
    {
        // The largest eigenvalue is along the normal, and must not be found.
        double[] values = [100, 5, 4, 3, 2, 1, -1];
        ExtremeEigenvalues ends =
            new Lanczos(6, Steps: 6).Run(7, v => [.. v.Zip(values, (x, y) => x * y)], new Rng(3), new TangentSpace([1, 0, 0, 0, 0, 0, 0]));
        Assert.Equal([5, 4, 3, 2, 1, -1], ends.Largest.Select(v => Math.Round(v, 10)));
    }

    [Fact]
    public void OnANetworkItAgreesWithTheFullSpectrum()
    {
        BoundaryCurvature probe = new() { Full = new(), Extremes = new(5, Steps: 39) };
        foreach (PairCurvature pair in probe.Run(Bodies.Smooth(40, 3), Bodies.Points(1, 40))[0].Pairs)
        {
            for (int k = 0; k < 5; k++)
            {
                Assert.Equal(pair.Principal![^(k + 1)], pair.Extremes!.Largest[k], 1e-8);
                Assert.Equal(pair.Principal![k], pair.Extremes!.Smallest[k], 1e-8);
            }
            Assert.True(pair.Extremes!.IsConverged);
        }
    }

    [Fact]
    public void EveryMethodOfSecondDerivativesServes()
    {
        (MiniGrad.Probes.Classifier net, Tensor x) = (Bodies.Smooth(6, 3), Bodies.Points(1, 6));
        PairCurvature exact = new BoundaryCurvature { Extremes = new(2, Steps: 5) }.Run(net, x)[0].Pairs[0];
        foreach (HessianMethod method in (HessianMethod[])[new ExactHessian(SecondWalk.Backward),
            HessianMethod.Central(1e-4), HessianMethod.Forward(1e-5), new SmoothedHessian(1e-3, 8_000)])
        {
            PairCurvature pair = new BoundaryCurvature { Hessian = method, Extremes = new(2, Steps: 5) }.Run(net, x)[0].Pairs[0];
            double tolerance =
                method switch { ExactHessian => 1e-10, SmoothedHessian => 0.05, _ => 1e-3 } * Math.Abs(exact.Extremes!.Largest[0]);
            for (int k = 0; k < 2; k++) Assert.Equal(exact.Extremes!.Largest[k], pair.Extremes!.Largest[k], tolerance);
        }
        BoundaryFrame frame = new BoundaryFrames().Of(net, x)[0];
        Assert.All(new StepSweep(DifferenceSides.Ahead) { Steps = [1e-3, 1e-2] }.Of(net, x, frame, 0, new Rng(1)),
            point => Assert.Equal(exact.Extremes!.Largest[0], point.LargestMagnitude, 0.2));
    }

    [Fact]
    public void ZeroHasZeros()
    {
        ExtremeEigenvalues ends = new Lanczos(2).Run(9, v => new double[9], new Rng(1));
        Assert.Equal([0, 0, 0, 0], ends.Largest.Concat(ends.Smallest));
        Assert.True(ends.IsConverged);
    }

    [Theory]
    [InlineData(0, null, "lanczos: 0 eigenvalues of each end; there are 9 in all.")]
    [InlineData(10, null, "lanczos: 10 eigenvalues of each end; there are 9 in all.")]
    [InlineData(5, 4, "lanczos: 4 steps find at most 4 eigenvalues, 5 are wanted. Take more steps.")]
    public void WrongNumbersAreRefused(int count, int? steps, string message)
    {
        ArgumentOutOfRangeException error =
            Assert.Throws<ArgumentOutOfRangeException>(() => new Lanczos(count, steps).Run(9, v => v, new Rng(1)));
        Assert.Equal(message, error.Message);
    }

    private static (double[,] Matrix, double[] Eigenvalues) Matrix(int n, long seed)
    {
        double[,] a = Bodies.Random(n, seed);
        return (a, SymmetricEigenvalues.Of([.. a.Cast<double>()], n));
    }

    private static double[] Times(double[,] a, double[] v) =>
        [.. Enumerable.Range(0, v.Length).Select(i => Enumerable.Range(0, v.Length).Sum(j => a[i, j] * v[j]))];
}
