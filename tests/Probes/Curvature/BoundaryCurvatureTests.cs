using MiniGrad.Probes;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

[Collection(SerialCollection.Name)]
public class BoundaryCurvatureTests
{
    [Fact]
    public void TheSpectrumSumsToTheTraceFormula()
    {
        Classifier net = Bodies.Smooth(30, 4);
        Tensor x = Bodies.Points(3, 30);
        CurvatureResult[] full = new BoundaryCurvature { Full = new() }.Run(net, x);
        CurvatureResult[] trace = new BoundaryCurvature { Average = new ExactTrace() }.Run(net, x);
        foreach ((PairCurvature a, PairCurvature b) in full.SelectMany(r => r.Pairs).Zip(trace.SelectMany(r => r.Pairs)))
        {
            Assert.Equal(a.Principal!.Sum(), b.Sum, 1e-8);
            Assert.Equal((a.Competitor, a.Margin, a.GradientNorm, 0.0), (b.Competitor, b.Margin, b.GradientNorm, b.StandardError));
            Assert.InRange(a.Asymmetry!.Value, 0, 1e-12);
        }
    }

    [Fact]
    public void BothKindsOfDirectionsGiveOneSpectrum()
    {
        Classifier net = Bodies.Smooth(12, 3);
        Tensor x = Bodies.Points(1, 12);
        foreach (HessianMethod method in (HessianMethod[])[HessianMethod.Exact, HessianMethod.Central(1e-4)])
        {
            PairCurvature[] pixels = new BoundaryCurvature { Hessian = method, Full = new() }.Run(net, x)[0].Pairs;
            PairCurvature[] tangents =
                new BoundaryCurvature { Hessian = method, Full = new(MatrixDirections.Tangents, ChunkSize: 5) }.Run(net, x)[0].Pairs;
            for (int p = 0; p < 2; p++)
            {
                for (int k = 0; k < 11; k++)
                {
                    Assert.Equal(pixels[p].Principal![k], tangents[p].Principal![k], method is ExactHessian ? 1e-10 : 1e-5);
                }
            }
        }
    }

    [Fact]
    public void TheMeanAndTheVarianceOverTangentsAreThoseOfTheSpectrum()
    {
        const int Count = 100_000;
        Classifier net = Bodies.Smooth(9, 2);
        Tensor x = Bodies.Points(1, 9);
        PairCurvature full = new BoundaryCurvature { Full = new() }.Run(net, x)[0].Pairs[0];
        PairCurvature sampled = new BoundaryCurvature { Average = new RandomTangents(Count) }.Run(net, x)[0].Pairs[0];
        Assert.True(Math.Abs(sampled.Average - full.Average) <= 4 * sampled.StandardError,
            $"{sampled.Average} ± {sampled.StandardError}, the spectrum's mean is {full.Average}");
        double variance = CurvatureFormulas.TangentVariance(full.Principal!.Sum(k => k * k), full.Sum, 8);
        Assert.Equal(1, sampled.StandardError * sampled.StandardError * Count / variance, 0.03);
    }

    [Fact]
    public void EstimatesAreUnbiasedAndTheirErrorsHonest()
    {
        Classifier net = Bodies.Smooth(30, 4);
        Tensor x = Bodies.Points(1, 30);
        PairCurvature[] exact = new BoundaryCurvature { Average = new ExactTrace() }.Run(net, x)[0].Pairs;
        foreach (AverageMethod method in (AverageMethod[])[new Hutchinson(50), new HutchPlusPlus(24), new RandomTangents(50)])
        {
            const int Runs = 60;
            for (int p = 0; p < 3; p++)
            {
                PairCurvature[] runs = [.. Enumerable.Range(0, Runs)
                    .Select(seed => new BoundaryCurvature { Average = method, Frames = new([exact[p].Competitor]) }
                        .Run(net, x, run: new() { Seed = seed })[0].Pairs[0])];
                double mean = runs.Average(r => r.Average);
                double spread = Math.Sqrt(runs.Sum(r => (r.Average - mean) * (r.Average - mean)) / (Runs - 1));
                Assert.True(Math.Abs(mean - exact[p].Average) <= 4 * spread / Math.Sqrt(Runs),
                    $"{method}: {mean} ± {spread / Math.Sqrt(Runs)}, exact {exact[p].Average}");
                Assert.InRange(runs.Average(r => r.StandardError) / spread, 0.5, 1.6);
            }
        }
    }

    [Fact]
    public void HutchPlusPlusIsExactWhereTheMatrixIsSmallerThanItsSketch()
    {
        // Two directions bend, a third of 30 products finds both.
        Classifier body = Bodies.Quadric(Bodies.Diagonal(3, -2, 0, 0, 0, 0, 0, 0, 0, 0), [0, 0, 1, 0, 0, 0, 0, 0, 0, 0.5], -20);
        PairCurvature pair =
            new BoundaryCurvature { Average = new HutchPlusPlus(30) }.Run(body, Bodies.Point(0, 0, 1, 0, 0, 0, 0, 0, 0, 1))[0].Pairs[0];
        Assert.Equal(1 / Math.Sqrt(1.25), pair.Sum, 1e-10);
        Assert.InRange(pair.StandardError, 0, 1e-10);
    }

    [Fact]
    public void AnImageIsMeasuredAloneWhateverItsBatchAndThreads()
    {
        Classifier net = Bodies.Smooth(20, 4);
        Tensor x = Bodies.Points(5, 20);
        BoundaryCurvature probe = new() { Full = new(), Extremes = new(3) };
        CurvatureResult[] batch = probe.Run(net, x);
        CurvatureResult[] chunked = probe.Run(net, x, run: new() { ChunkSize = 2 });
        int threads = Computing.Default.Threads;
        try
        {
            Computing.Default = Computing.Default with { Threads = 1 };
            for (int i = 0; i < 5; i++)
            {
                CurvatureResult alone = probe.Run(net, x.Take(0, new AxisRange(i, 1)).Contiguous(), run: new() { FirstIndex = i })[0];
                foreach ((PairCurvature a, PairCurvature b, PairCurvature c) in batch[i].Pairs.Zip(chunked[i].Pairs, alone.Pairs))
                {
                    Assert.Equal(a.Principal!, b.Principal!);
                    Assert.Equal(a.Principal!, c.Principal!);
                    Assert.Equal(a.Extremes!.Largest, c.Extremes!.Largest);
                    Assert.Equal((a.Margin, a.GradientNorm, a.Sum), (c.Margin, c.GradientNorm, c.Sum));
                }
                Assert.Equal((i, batch[i].Current), (alone.Index, alone.Current));
            }
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = threads };
        }
    }

    [Fact]
    public void TheScoreIsTheMeanOverCompetitors()
    {
        CurvatureResult result = new BoundaryCurvature { Full = new() }.Run(Bodies.Smooth(8, 4), Bodies.Points(1, 8))[0];
        Assert.Equal(result.Pairs.Sum(p => p.Average) / 3, result.Score, 1e-15);
        Assert.Equal(3, result.Pairs.Length);
        Assert.Equal(3 * result.Score, result.ScoreSum, 1e-14);
    }

    [Fact]
    public void AcrossKinksTheAverageIsThatOfThePixels()
    {
        Classifier relu = ClosedForm.TwoLayer([1, 3, 3], 3);
        Classifier kinked = new(relu.Logits, relu.InputShape, 3) { IsPiecewiseLinear = true };
        Assert.IsType<ExactTrace>(new BoundaryCurvature().AverageOf(kinked));
        Assert.IsType<Hutchinson>(new BoundaryCurvature { Hessian = HessianMethod.Exact }.AverageOf(kinked));
        Assert.IsType<Hutchinson>(new BoundaryCurvature().AverageOf(Bodies.Smooth(9, 3)));
        Tensor x = ClosedForm.Images(1, [1, 3, 3], type: DType.F64);
        PairCurvature usual = new BoundaryCurvature().Run(kinked, x)[0].Pairs[0];
        Assert.Equal(new BoundaryCurvature { Average = new ExactTrace() }.Run(kinked, x)[0].Pairs[0].Average, usual.Average);
        Assert.Equal(0, usual.StandardError);
    }

    [Fact]
    public void ChunksOfDirectionsDoNotMatter()
    {
        Classifier net = Bodies.Smooth(20, 3);
        double[] whole = new BoundaryCurvature { Full = new() }.Run(net, Bodies.Points(1, 20))[0].Pairs[0].Principal!;
        foreach (int size in (int[])[1, 7, 20])
        {
            Assert.Equal(whole,
                new BoundaryCurvature { Full = new(ChunkSize: size) }.Run(net, Bodies.Points(1, 20))[0].Pairs[0].Principal!);
        }
    }

    [Fact]
    public void TheSweepSettlesOnASmoothNetwork()
    {
        Classifier net = Bodies.Smooth(8, 3);
        Tensor x = Bodies.Points(1, 8);
        BoundaryFrame frame = new BoundaryFrames().Of(net, x)[0];
        PairCurvature full = new BoundaryCurvature { Full = new() }.Run(net, x)[0].Pairs[0];
        SweepPoint[] sweep = new StepSweep().Of(net, x, frame, 0, new Rng(1));
        Assert.Equal([1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1], sweep.Select(p => p.Step));
        Assert.Equal(full.Sum, sweep[0].Sum, 1e-5);
        Assert.Equal(full.Principal!.Max(Math.Abs), sweep[0].LargestMagnitude, 1e-5);
        Assert.True(Math.Abs(sweep[^1].Sum - full.Sum) > 1e-3);
    }

    [Fact]
    public void AProfileByHand()
    {
        CurvatureProfile profile = CurvatureProfile.Of([-4, -0.03, 0, 0.02, 0.01, 2]);
        Assert.Equal((-4.0, 2.0), (profile.Smallest, profile.Largest));
        Assert.Equal(4.0 / 6, profile.NearZeroShare, 1e-15);
        Assert.Equal(2.0 / 6, profile.NegativeShare, 1e-15);
        Assert.Equal(Math.Sqrt(20 + 0.0009 + 0.0004 + 0.0001), profile.FrobeniusNorm, 1e-15);
        Assert.True(profile.Skewness < 0);
        Assert.Equal(0, CurvatureProfile.Of([-1, 0, 1]).Skewness, 1e-15);
        Assert.Equal(1, CurvatureProfile.Of([0, 0]).NearZeroShare);
    }

    [DataFact("mnist")]
    public void OnATrainedNetworkMostPrincipalCurvaturesAreNearZero()
    {
        Classifier classifier = CurvatureGoldenTests.TanhLeNet();
        Tensor x = MiniGrad.Data.DataSets.Open("mnist", MiniGrad.Data.Split.Test).Images(0, 1).Cast(DType.F64);
        foreach (PairCurvature pair in new BoundaryCurvature { Full = new() }.Run(classifier, x)[0].Pairs)
        {
            CurvatureProfile profile = CurvatureProfile.Of(pair.Principal!);
            Assert.Equal(783, pair.Principal!.Length);
            Assert.InRange(profile.NearZeroShare, 0.5, 1);
        }
    }
}
