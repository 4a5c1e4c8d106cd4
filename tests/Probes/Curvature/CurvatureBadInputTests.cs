using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

/// <summary>Inputs without a meaningful geometry: each is named, none is guessed.</summary>
public class CurvatureBadInputTests
{
    private static readonly Classifier Net = Bodies.Smooth(5, 3);

    [Fact]
    public void NotFiniteNumbersAreErrorsWithTheirStage()
    {
        double[] x = new double[10];
        x[7] = double.NaN;
        Assert.Equal("curvature: the image of image 1 is NaN. Check the image and the weights.",
            Error<NumericalException>(Net, Tensor.From(x, [2, 1, 1, 5])));
        Classifier logits = new(v => Net.Logits(v) * double.PositiveInfinity, Net.InputShape, 3, -10, 10);
        Assert.StartsWith("curvature: a logit of image 0 is",
            Error<NumericalException>(logits, Bodies.Points(1, 5)), StringComparison.Ordinal);
        // √x at 0 is finite, its slope is not; x^1.5 has a finite slope and no second derivative.
        Assert.StartsWith("curvature: a gradient of image 0 is",
            Error<NumericalException>(Bodies.Of(5, v => v.Square().Sum(1, keepDims: true).Sqrt().Sqrt()), Bodies.Point(0, 0, 0, 0, 0)),
            StringComparison.Ordinal);
        Classifier second = Bodies.Of(5, v => v.Take(1, new AxisRange(0, 1)).Pow(1.5) + v.Sum(1, keepDims: true));
        Assert.StartsWith("curvature: a second derivative of image 0 is",
            Error<NumericalException>(second, Bodies.Point(0, 1, 1, 1, 1), new BoundaryCurvature { Full = new() }),
            StringComparison.Ordinal);
        foreach (AverageMethod average in (AverageMethod[])[new ExactTrace(), new Hutchinson(), new HutchPlusPlus(), new RandomTangents()])
        {
            Assert.StartsWith("curvature: a second derivative of image 0 is",
                Error<NumericalException>(second, Bodies.Point(0, 1, 1, 1, 1), new BoundaryCurvature { Average = average }),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhereTheGradientVanishesThePairIsSingular()
    {
        // Logits (0, ‖x‖² − 1, x₁): at 0 the first pair has no level set.
        Classifier net = new(x => Ops.Concat([x.Flatten().Sum(1, keepDims: true) * 0, x.Flatten().Square().Sum(1, keepDims: true) - 1,
            x.Flatten().Take(1, new AxisRange(0, 1)) - 1],
            1),
            [1, 1, 4], 3, -10, 10);
        foreach (BoundaryCurvature probe in (BoundaryCurvature[])[
            new() { Full = new(), Extremes = new(2) }, new() { Full = new(MatrixDirections.Tangents) },
            new() { Average = new ExactTrace() }, new(), new() { Average = new HutchPlusPlus() }, new() { Average = new RandomTangents() }])
        {
            CurvatureResult result = probe.Run(net, Bodies.Point(0, 0, 0, 0))[0];
            Assert.Equal([true, false], result.Pairs.Select(p => p.IsSingular));
            Assert.Equal((double.NaN, 0.0), (result.Pairs[0].Average, Math.Round(result.Pairs[1].Average, 12)));
            // Left out of the mean.
            Assert.Equal(0, result.Score, 1e-12);
        }
    }

    [Fact]
    public void ClassesThatMakeNoPairAreRefused()
    {
        int own = Logits.Prediction(Net.Logits(Bodies.Points(1, 5)))[0];
        Assert.Equal($"curvature: competitor {own} is the class of image 0 itself. Name another one.",
            Error<ArgumentException>(Net, Bodies.Points(1, 5), new() { Frames = new([own]) }));
        Assert.Equal("curvature: competitor 1 is named twice. Name each once.",
            Error<ArgumentException>(Net, Bodies.Points(1, 5), new() { Frames = new([1, 0, 1]) }));
        Assert.Equal("curvature: competitor 3 is outside 0 to 2.",
            Error<ArgumentOutOfRangeException>(Net, Bodies.Points(1, 5), new() { Frames = new([3]) }));
        Assert.Equal($"curvature: image 0 was given class {(own + 1) % 3}, the network says {own}. "
            + "Leave the class out, or allow foreign labels.",
            Assert.Throws<ArgumentException>(() => new BoundaryCurvature().Run(Net, Bodies.Points(1, 5), [(own + 1) % 3])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Classifier(x => x, [1, 1, 5], 1));
    }

    [Fact]
    public void ATieGoesToTheLowestClassAndIsFlagged()
    {
        Classifier net = new(x => Ops.Concat(
            [x.Flatten().Sum(1, keepDims: true), x.Flatten().Sum(1, keepDims: true), x.Flatten().Square().Sum(1, keepDims: true) - 100], 1),
            [1, 1, 3], 3, -10, 10);
        CurvatureResult result = new BoundaryCurvature().Run(net, Bodies.Point(1, 1, 1))[0];
        Assert.Equal((0, true), (result.Current, result.IsTied));
        Assert.False(new BoundaryCurvature().Run(Net, Bodies.Points(1, 5))[0].IsTied);
    }

    [Fact]
    public void SettingsWithoutMeaningAreRefusedBeforeAnythingIsComputed()
    {
        Classifier never = new(_ => throw new InvalidOperationException("it was computed"), [1, 1, 5], 3, -10, 10);
        Assert.Contains("step 0",
            Error<ArgumentOutOfRangeException>(never, Bodies.Points(1, 5), new() { Hessian = HessianMethod.Central(0) }),
            StringComparison.Ordinal);
        Assert.Equal("hutchinson: 1 probes; at least 2 are needed.",
            Error<ArgumentOutOfRangeException>(never, Bodies.Points(1, 5), new() { Average = new Hutchinson(1) }));
        Assert.Equal("random tangents: 1; at least 2 are needed.",
            Error<ArgumentOutOfRangeException>(never, Bodies.Points(1, 5), new() { Average = new RandomTangents(1) }));
        Assert.Equal("hutch++: 5 products; at least 6 are needed, two for each third.",
            Error<ArgumentOutOfRangeException>(never, Bodies.Points(1, 5), new() { Average = new HutchPlusPlus(5) }));
        Assert.Equal("lanczos: 5 eigenvalues of each end; there are 4 in all.",
            Error<ArgumentOutOfRangeException>(never, Bodies.Points(1, 5), new() { Extremes = new(5) }));
        Assert.Contains("3 steps find at most 3",
            Error<ArgumentOutOfRangeException>(never, Bodies.Points(1, 5), new() { Extremes = new(4, 3) }), StringComparison.Ordinal);
    }

    [Fact]
    public void ANetworkThatDoesNotInferIsRefused()
    {
        int calls = 0;
        Classifier noisy = new(x => Net.Logits(x) + 1e-9 * calls++, Net.InputShape, 3, -10, 10);
        Assert.StartsWith("curvature: the same images got different logits in another call and another batch.",
            Error<ArgumentException>(noisy, Bodies.Points(2, 5)), StringComparison.Ordinal);
    }

    [Fact]
    public void BatchStatisticsAreNoInference()
    {
        // Normalised by the batch, as in training: the same batch twice gives the same logits.
        Classifier training = new(x => Net.Logits(x - x.Mean(0, keepDims: true)), Net.InputShape, 3, -10, 10);
        Assert.Contains("no batch statistics", Error<ArgumentException>(training, Bodies.Points(3, 5)), StringComparison.Ordinal);
    }

    [Fact]
    public void FewSamplesOfASmoothedHessianHaveNoSpectrum()
    {
        foreach (BoundaryCurvature probe in (BoundaryCurvature[])[new() { Hessian = new SmoothedHessian(0.1, 4), Full = new() },
            new() { Hessian = new SmoothedHessian(0.1, 4), Extremes = new(1) }])
        {
            Assert.Equal("curvature: 4 samples of a smoothed Hessian on 5 pixels say nothing of single principal curvatures. "
                + "Take averages, or at least 50 samples.",
                Error<ArgumentException>(Net, Bodies.Points(1, 5), probe));
        }
    }

    [Fact]
    public void EmptyAndRepeatedCompetitorsAreRefused()
    {
        Assert.Equal("curvature: the list of competitors is empty. Name at least one, or none for all.",
            Error<ArgumentException>(Net, Bodies.Points(1, 5), new() { Frames = new([]) }));
        Assert.Equal("curvature: competitor 1 is named twice. Name each once.",
            Error<ArgumentException>(Net, Bodies.Points(1, 5), new() { Frames = new([1, 1]) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrincipalCurvatures(ChunkSize: 0).Check(5, 1));
    }

    [Fact]
    public void TheImageOfABatchIsNamed()
    {
        Classifier second = Bodies.Of(5, v => v.Take(1, new AxisRange(0, 1)).Pow(1.5) + v.Sum(1, keepDims: true));
        Tensor batch = Ops.Concat([Bodies.Point(1, 1, 1, 1, 1), Bodies.Point(0, 1, 1, 1, 1)], 0);
        foreach (BoundaryCurvature probe in (BoundaryCurvature[])[new() { Average = new ExactTrace() }, new(),
            new() { Full = new() }, new() { Extremes = new(1) }, new() { Average = new HutchPlusPlus() }])
        {
            Assert.StartsWith("curvature: a second derivative of image 1 is",
                Error<NumericalException>(second, batch, probe), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ProbabilitiesAreRefusedUnlessAllowed()
    {
        Classifier softmax = new(x => Net.Logits(x).Softmax(1), Net.InputShape, 3, -10, 10);
        Assert.Contains("softmax outputs", Error<ArgumentException>(softmax, Bodies.Points(2, 5)), StringComparison.Ordinal);
        Assert.Equal(2, new BoundaryCurvature { Frames = new(AllowProbabilities: true) }.Run(softmax, Bodies.Points(2, 5)).Length);
    }

    [Fact]
    public void AMatrixThatIsTooLargeIsRefusedWithItsSize()
    {
        Classifier never = new(_ => throw new InvalidOperationException("it was computed"), [3, 224, 224], 1000);
        string error = Error<ArgumentException>(never, Tensor.From(new double[3 * 224 * 224], [1, 3, 224, 224]), new() { Full = new() });
        Assert.Equal("curvature: the full matrices of 150528 pixels and 999 competitors take 181088.2 GB, the limit is 4.3 GB. "
            + "Ask for the extreme curvatures (Lanczos) or the average only, or for fewer competitors.",
            error);
        Assert.Equal(9L * 784 * 784 * 8, PrincipalCurvatures.Memory(784, 9));
    }

    [Fact]
    public void AMatrixAcrossKinksIsFarFromSymmetric()
    {
        Classifier relu = ClosedForm.TwoLayer([1, 3, 3], 3);
        double worst = new BoundaryCurvature { Hessian = HessianMethod.Forward(0.3), Full = new() }
            .Run(relu, ClosedForm.Images(1, [1, 3, 3], type: DType.F64))[0].Pairs.Max(p => p.Asymmetry!.Value);
        Assert.True(worst > PairCurvature.AsymmetryLimit, $"asymmetry {worst}");
    }

    [Fact]
    public void OtherShapesAndEmptyBatchesAreRefused()
    {
        Assert.Contains("expected [N, 1, 1, 5]", Error<ArgumentException>(Net, Bodies.Points(1, 4)), StringComparison.Ordinal);
        Assert.Contains("the batch is empty",
            Error<ArgumentException>(Net, Tensor.From(Array.Empty<double>(), [0, 1, 1, 5])), StringComparison.Ordinal);
        Assert.Equal("curvature: images of 1 pixel have no tangents. Give images of at least 2.",
            Error<ArgumentException>(Bodies.Sphere(1, 2), Bodies.Point(1)));
    }

    private static string Error<T>(Classifier classifier, Tensor images, BoundaryCurvature? probe = null) where T : Exception =>
        Assert.Throws<T>(() => (probe ?? new BoundaryCurvature { Average = new ExactTrace() }).Run(classifier, images)).Message;
}
