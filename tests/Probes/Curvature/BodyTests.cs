using MiniGrad.Probes;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

/// <summary>Bodies whose principal curvatures are known, through the same calls that networks are measured with.</summary>
public class BodyTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void OnASphereAllAreOneOverTheRadius(int d)
    {
        double[] x = new Rng(d).Normal(d);
        double radius = ClosedForm.Norm(x);
        foreach (HessianMethod method in (HessianMethod[])[
            HessianMethod.Exact, new ExactHessian(SecondWalk.Backward), HessianMethod.Central(0.01), HessianMethod.Forward(0.01)])
        {
            PairCurvature pair = Measure(Bodies.Sphere(d, 4), x, method);
            Assert.Equal(d - 1, pair.Principal!.Length);
            Assert.All(pair.Principal!, k => Assert.Equal(1 / radius, k, 1e-9));
            Assert.Equal((d - 1) / radius, pair.Sum, 1e-9);
            Assert.Equal(1 / radius, pair.Average, 1e-9);
            Assert.Equal(radius * radius / 16 - 1, pair.Margin, 1e-12);
        }
    }

    [Fact]
    public void ACylinderIsStraightAlongItsAxis() =>
        Near([0, 1 / 2.5], Measure(Bodies.Ellipsoid(3, 3, 0), [1.5, 2, 7]).Principal!);

    [Fact]
    public void APlaneIsFlat() =>
        Near([0, 0, 0], Measure(Bodies.Quadric(Bodies.Diagonal(0, 0, 0, 0), [1, -2, 3, 0.5], -9), [1, 1, 1, 1]).Principal!);

    [Fact]
    public void ASaddleBendsBothWays() =>
        Near([-0.7, 0.7], Measure(Bodies.Quadric(Bodies.Diagonal(0.7, -0.7, 0), [0, 0, 1], 0), [0, 0, -1]).Principal!);

    [Fact]
    public void AnEllipsoidAtItsPoles()
    {
        // At (0, 0, c): c/a² and c/b².
        Near([2 / 25.0, 2 / 9.0], Measure(Bodies.Ellipsoid(3, 5, 2), [0, 0, -2]).Principal!);
        Near([5 / 9.0, 5 / 4.0], Measure(Bodies.Ellipsoid(3, 5, 2), [0, 5, 0]).Principal!);
    }

    [Fact]
    public void EveryAverageAgreesOnAnEllipsoid()
    {
        (Classifier body, double[] x) = (Bodies.Ellipsoid(3, 5, 2, 4), [0.4, 1, 0.9, -1.2]);
        PairCurvature full = Measure(body, x);
        foreach (AverageMethod average in (AverageMethod[])[
            new ExactTrace(), new Hutchinson(400), new HutchPlusPlus(30), new RandomTangents(2000)])
        {
            PairCurvature pair = One(body, x, new BoundaryCurvature { Average = average });
            double allowed = average is ExactTrace ? 1e-9 : 4 * pair.StandardError + 1e-9;
            Assert.True(Math.Abs(pair.Average - full.Average) <= allowed,
                $"{average}: {pair.Average} ± {pair.StandardError}, the matrix gives {full.Average}");
            Assert.Null(pair.Principal);
        }
    }

    [Fact]
    public void ItDoesNotDependOnTheScaleOfTheLogits()
    {
        (double[,] a, double[] b, double[] x) = (Bodies.Random(5, 3), [1, 2, -1, 0.5, -3], [0.3, -0.2, 0.5, 0.1, 0.2]);
        PairCurvature once = Measure(Bodies.Quadric(a, b, -20), x);
        PairCurvature thrice = Measure(Bodies.Quadric(Times(a, 3), [.. b.Select(v => 3 * v)], -60), x);
        Near(once.Principal!, thrice.Principal!);
        Assert.Equal(3 * once.GradientNorm, thrice.GradientNorm, 1e-9);
    }

    [Fact]
    public void ItTurnsWithTheOrientation()
    {
        (double[,] a, double[] b, double[] x) = (Bodies.Random(5, 3), [1, 2, -1, 0.5, -3], [0.3, -0.2, 0.5, 0.1, 0.2]);
        PairCurvature from = Measure(Bodies.Quadric(a, b, -20), x);
        // Seen from class 1 the same surface bends the other way.
        PairCurvature back = One(Bodies.Quadric(a, b, -20), x,
            new BoundaryCurvature { Full = new(), Frames = new(AllowForeignLabel: true) }, current: 1);
        Assert.Equal((0, 1), (back.Competitor, from.Competitor));
        Near([.. from.Principal!.Select(k => -k).Reverse()], back.Principal!);
        Assert.Equal(-from.Sum, back.Sum, 1e-9);
    }

    [Fact]
    public void ItShrinksAsTheBodyGrows()
    {
        (double[,] a, double[] b, double[] x) = (Bodies.Random(4, 8), [1, 2, -1, 0.5], [0.3, -0.2, 0.5, 0.1]);
        PairCurvature small = Measure(Bodies.Quadric(a, b, -20), x);
        PairCurvature large = Measure(Bodies.Quadric(Times(a, 1 / 6.25), [.. b.Select(v => v / 2.5)], -20), [.. x.Select(v => 2.5 * v)]);
        Near([.. small.Principal!.Select(k => k / 2.5)], large.Principal!);
    }

    [Fact]
    public void GoldmansFormOfTheOtherOrientationIsHalfTheSum()
    {
        (double[,] a, double[] b, double[] x) = (Bodies.Random(5, 3), [1, 2, -1, 0.5, -3], [0.3, -0.2, 0.5, 0.1, 0.2]);
        PairCurvature g = Measure(Bodies.Quadric(a, b, -20), x);
        // F = −G: its gradient and Hessian by hand.
        double[] f = [.. Enumerable.Range(0, 5).Select(i => -b[i] - Enumerable.Range(0, 5).Sum(j => a[i, j] * x[j]))];
        double trace = -Enumerable.Range(0, 5).Sum(i => a[i, i]);
        double quadratic = -Enumerable.Range(0, 25).Sum(k => f[k / 5] * a[k / 5, k % 5] * f[k % 5]);
        Assert.Equal(g.Sum / 2, CurvatureFormulas.Goldman(ClosedForm.Norm(f), trace, quadratic), 1e-10);
        Assert.Equal(-g.Sum, CurvatureFormulas.Sum(ClosedForm.Norm(f), trace, quadratic), 1e-10);
    }

    [Fact]
    public void LogitsAndLogProbabilitiesBendAlikeAndProbabilitiesOnTheBoundaryOnly()
    {
        Classifier logits = Bodies.Smooth(6, 4);
        Classifier logarithms = new(x => logits.Logits(x) - logits.Logits(x).LogSumExp(1, keepDims: true), [1, 1, 6], 4, -10, 10);
        Classifier probabilities = new(x => logits.Logits(x).Softmax(1), [1, 1, 6], 4, -10, 10);
        Tensor x = Bodies.Points(1, 6);
        CurvatureResult reference = Probe().Run(logits, x)[0];
        CurvatureResult same = Probe().Run(logarithms, x)[0];
        CurvatureResult other = Probe().Run(probabilities, x)[0];
        for (int p = 0; p < 3; p++)
        {
            Near(reference.Pairs[p].Principal!, same.Pairs[p].Principal!);
            Assert.True(Math.Abs(reference.Pairs[p].Sum - other.Pairs[p].Sum) > 1e-3 * Math.Abs(reference.Pairs[p].Sum));
        }
        Tensor far = Bodies.Points(40, 6, seed: 5);
        int[] classes = Logits.Prediction(logits.Logits(far));
        Tensor y = far.TakeIndices(0, [Array.FindIndex(classes, c => c != reference.Current)]);
        BoundaryPoint z = new BoundarySearch(Tolerance: 1e-14, Polish: 3).Decision(logits, x, y)!;
        Near(Probe(z).Run(logits, z.Point, [z.Current])[0].Pairs[0].Principal!,
            Probe(z).Run(probabilities, z.Point, [z.Current])[0].Pairs[0].Principal!, 1e-7);

        static BoundaryCurvature Probe(BoundaryPoint? z = null) => new()
        {
            Full = new(),
            Frames = new(z is null ? null : [z.Competitor], AllowForeignLabel: true, AllowProbabilities: true),
        };
    }

    private static PairCurvature Measure(Classifier body, double[] x, HessianMethod? method = null) =>
        One(body, x, new() { Hessian = method, Full = new() });

    private static PairCurvature One(Classifier body, double[] x, BoundaryCurvature probe, int? current = null) =>
        Assert.Single(probe.Run(body, Bodies.Point(x), current is { } c ? [c] : null)[0].Pairs);

    private static double[,] Times(double[,] a, double factor)
    {
        double[,] scaled = (double[,])a.Clone();
        for (int k = 0; k < a.Length; k++) scaled[k / a.GetLength(1), k % a.GetLength(1)] *= factor;
        return scaled;
    }

    private static void Near(double[] expected, double[] actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
