using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class BasinTests
{
    private static readonly Warp Shifts = new(0, 3);

    [Fact]
    public void OneHillIsFoundFromEverywhere()
    {
        Basin basin = Basin.Of(Planted.Of((columns, _) => columns), Planted.Dot(), 0, Shifts, new(1), 20, new(30));
        Assert.Equal((20, 20, 1.0), (basin.Starts, basin.Reached, basin.Share));
        Assert.Equal(Math.Log(1 + Math.Exp(3)), basin.GridMaximum, 1e-5);
        Assert.Equal(basin.GridMaximum, basin.PathMaximum, 1e-5);
        Assert.Equal(0, basin.StallShare);
    }

    // Higher on the right than on the left, with a valley between: only starts on the right find the top.
    [Fact]
    public void OfTwoHillsTheHigherIsFoundFromItsOwnSide()
    {
        Classifier classifier = Planted.Of((columns, _) => columns.Relu() + (-columns).Relu() * 0.5);
        Basin basin = Basin.Of(classifier, Planted.Dot(), 0, Shifts, new(2), 50, new(30));
        int right = FirstOrderPaths.RandomStarts(50, new(2)).ToArray<double>().Where((share, i) => i % 3 == 1 && share > 0).Count();
        Assert.InRange(right, 10, 40);
        Assert.Equal(right, basin.Reached);
    }

    [Fact]
    public void NinetyNinePercentAreEnough()
    {
        // Without a step a start reaches its own loss: log(1 + e^(3 share)), of at least 99 % of log(1 + e^3).
        Basin basin = Basin.Of(Planted.Of((columns, _) => columns), Planted.Dot(DType.F64), 0, Shifts, new(3), 300, new(0));
        double bound = Math.Log(Math.Exp(0.99 * Math.Log(1 + Math.Exp(3))) - 1) / 3;
        int near = FirstOrderPaths.RandomStarts(300, new(3)).ToArray<double>().Where((share, i) => i % 3 == 1 && share >= bound).Count();
        Assert.InRange(near, 1, 20);
        Assert.Equal(near, basin.Reached);
        Assert.Equal(double.NaN, basin.StallShare);
    }

    [Fact]
    public void AFlatSurfaceIsAllTopAndStalls()
    {
        Basin basin = Basin.Of(ClosedForm.Constant([1, 2], Planted.Shape), Planted.Dot(), 0, new Warp(30, 3), new(1), 3, new(4));
        Assert.Equal((1.0, 1.0), (basin.Share, basin.StallShare));
    }

    [Fact]
    public void RefusesNoStarts() => Assert.Contains("0 starts", Assert.Throws<ArgumentOutOfRangeException>(
        () => Basin.Of(Planted.Of((columns, _) => columns), Planted.Dot(), 0, Shifts, new(1), 0)).Message);
}
