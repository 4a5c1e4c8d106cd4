using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class AxisTicksTests
{
    [Theory]
    [InlineData(0, 1, 5, 0.2)]
    [InlineData(0, 0.6, 3, 0.2)]
    [InlineData(0, 300, 5, 100)]
    [InlineData(0, 250, 5, 50)]
    [InlineData(-3, 7, 5, 2)]
    [InlineData(0.9312, 0.9994, 5, 0.02)]
    [InlineData(0, 1e-9, 5, 2e-10)]
    public void Step_is_one_two_or_five_times_a_power_of_ten(double low, double high, int count, double expected) =>
        Assert.Equal(expected, AxisTicks.Step(low, high, count), expected * 1e-12);

    [Fact]
    public void Linear_marks_are_exact_multiples_inside_the_range()
    {
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1.0], AxisTicks.Linear(0, 1, 5));
        Assert.Equal([-2, 0, 2, 4, 6], AxisTicks.Linear(-3, 7, 5));
        Assert.Equal([0.94, 0.96, 0.98], AxisTicks.Linear(0.9312, 0.9994, 5));
    }

    [Fact]
    public void Logarithmic_marks_are_thinned_powers_of_ten()
    {
        Assert.Equal([0.01, 0.1, 1], AxisTicks.Logarithmic(0.004, 3, 5), IsSame);
        Assert.Equal([1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1], AxisTicks.Logarithmic(1e-10, 1, 5), IsSame);
    }

    [Theory]
    [InlineData(0.2, 0.2, "0.2")]
    [InlineData(100, 50, "100")]
    [InlineData(-0.05, 0.05, "\u22120.05")]
    [InlineData(0, 0.05, "0.00")]
    [InlineData(2e7, 1e7, "2e7")]
    public void Labels_show_just_the_decimals_of_the_step(double value, double step, string expected) =>
        Assert.Equal(expected, AxisTicks.Label(value, step));

    [Theory]
    [InlineData(0.01, "0.01")]
    [InlineData(1000, "1000")]
    [InlineData(1e-4, "10\u207B\u2074")]
    [InlineData(1e12, "10\u00B9\u00B2")]
    public void Power_labels_switch_to_exponents(double value, string expected) =>
        Assert.Equal(expected, AxisTicks.PowerLabel(value));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(double.NaN, 1)]
    public void Refuses_ranges_without_extent(double low, double high)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => AxisTicks.Linear(low, high, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => AxisTicks.Logarithmic(low, high, 5));
    }

    private static bool IsSame(double a, double b) => Math.Abs(a / b - 1) < 1e-12;
}
