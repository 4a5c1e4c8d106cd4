using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class BootstrapIntervalTests
{
    [Fact]
    public void Scores_without_doubt_leave_no_width()
    {
        BootstrapInterval sure = BootstrapInterval.OfArea([1, 2, 3, 4], [false, false, true, true], new(1));
        Assert.Equal((1.0, 1.0), (sure.Low, sure.High));
        BootstrapInterval equal = BootstrapInterval.OfArea([5, 5, 5], [false, true, true], new(1));
        Assert.Equal((0.5, 0.5), (equal.Low, equal.High));
    }

    [Fact]
    public void Width_agrees_with_the_normal_approximation()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(100, 1, 5);
        BootstrapInterval interval = BootstrapInterval.OfArea(scores, flags, new(7));
        double area = Roc.Of(scores, flags).Area;
        Assert.InRange(area, interval.Low, interval.High);
        double expected = 2 * 1.96 * HanleyError(area, 100, 100);
        Assert.InRange(interval.High - interval.Low, 0.75 * expected, 1.25 * expected);
    }

    [Fact]
    public void A_lower_level_lies_inside()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(30, 0.5, 2);
        BootstrapInterval wide = BootstrapInterval.OfArea(scores, flags, new(7));
        BootstrapInterval narrow = BootstrapInterval.OfArea(scores, flags, new(7), level: 0.5);
        Assert.True(wide.Low < narrow.Low && narrow.Low < narrow.High && narrow.High < wide.High);
        Assert.Equal((0.95, 1000), (wide.Level, wide.Draws));
    }

    [Fact]
    public void The_seed_fixes_the_bits()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(30, 0.5, 2);
        Assert.Equal(BootstrapInterval.OfArea(scores, flags, new(7)), BootstrapInterval.OfArea(scores, flags, new(7)));
        Assert.NotEqual(BootstrapInterval.OfArea(scores, flags, new(7)), BootstrapInterval.OfArea(scores, flags, new(8)));
    }

    [Fact]
    public void Refuses_too_few_draws_and_impossible_levels()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BootstrapInterval.OfArea([1, 2], [true, false], new(1), draws: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BootstrapInterval.OfArea([1, 2], [true, false], new(1), level: 1));
        Assert.Throws<ArgumentException>(() => BootstrapInterval.OfArea([1, 2], [true, true], new(1)));
    }

    // Standard error of the area by Hanley and McNeil (1982), who assume exponential scores.
    private static double HanleyError(double area, int perturbed, int natural)
    {
        double two = area / (2 - area) - area * area;
        double one = 2 * area * area / (1 + area) - area * area;
        return Math.Sqrt((area * (1 - area) + (perturbed - 1) * two + (natural - 1) * one) / ((double)perturbed * natural));
    }
}
