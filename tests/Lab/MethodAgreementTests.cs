using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.Curvature;
using MiniGrad.Tests.Cli.Probing;
using MiniGrad.Tests.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Lab;

public class MethodAgreementTests
{
    [Fact]
    public void OnTheTanhNetworkSmallStepsAgreeAndLargeOnesDoNot()
    {
        CurvatureSubject tanh = StudySubjects.Smooth with { Classifier = CurvatureGoldenTests.TanhLeNet(), Set = CurvatureFolder.Digits };
        MethodAgreement agreement = MethodAgreement.Of(tanh, 1, default);
        Assert.Equal(9, agreement.Exact.Length);
        Assert.Equal(["central, h = 0.001", "central, h = 0.1", "forward, h = 0.1", "central, h = 0.5"],
            agreement.Differences.Select(d => d.Name));
        Assert.InRange(agreement.RelativeError(0), 1e-9, 1e-4);
        Assert.InRange(agreement.RelativeError(1), 1e-4, 0.2);
        // Half a step beside, and a step that crosses the image.
        Assert.True(agreement.RelativeError(2) > agreement.RelativeError(1));
        Assert.True(agreement.RelativeError(3) > agreement.RelativeError(1));
        Assert.Equal(1, agreement.SignAgreement(0));
    }

    [Fact]
    public void ErrorsAndSignsByHand()
    {
        MethodAgreement agreement = new([3, -4, 0, 0], [("a", [3, -4, 0, 0]), ("b", [-3, -4, 0, 8])]);
        Assert.Equal((0.0, 1.0), (agreement.RelativeError(0), agreement.SignAgreement(0)));
        Assert.Equal((2.0, 0.5), (agreement.RelativeError(1), agreement.SignAgreement(1)));
    }

    [Fact]
    public void TheSweepIsOfTheFirstImage()
    {
        SweepPoint[] sweep = MethodAgreement.Sweep(StudySubjects.Smooth, 0);
        CurvatureResult exact =
            new BoundaryCurvature { Full = new() }.Run(StudySubjects.Smooth.Classifier, StudySubjects.Smooth.Images([0]))[0];
        Assert.Equal(6, sweep.Length);
        Assert.Equal(1, sweep[0].Sum / exact.Pairs[0].Sum, 1e-3);
        Assert.Equal(1, sweep[0].LargestMagnitude / exact.Pairs[0].Principal!.Max(Math.Abs), 1e-3);
    }
}
