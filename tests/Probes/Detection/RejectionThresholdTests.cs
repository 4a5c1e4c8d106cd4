using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class RejectionThresholdTests
{
    private static readonly Verdict[] Hundredths = [.. Enumerable.Range(0, 100).Select(i => Right(i / 100.0))];

    [Theory]
    [InlineData(0.99, 0.01)]
    [InlineData(0.999, 0.00)]
    [InlineData(0.9, 0.10)]
    [InlineData(0.5, 0.50)]
    [InlineData(0.001, 0.99)]
    public void Of_hundredths(double rate, double threshold)
    {
        Assert.Equal(threshold, RejectionThreshold.At(rate, Hundredths));
        Verdict[] reversed = [.. Hundredths.Reverse()];
        Assert.Equal(threshold, RejectionThreshold.At(rate, reversed));
    }

    [Fact]
    public void Rounding_does_not_lower_the_rank()
    {
        // 10 · (1 − 0.9) is a little less than 1 in floating point.
        Assert.True(10 * (1 - 0.9) < 1);
        Assert.Equal(0.01, RejectionThreshold.At(0.9, Hundredths.AsSpan(0, 10)));
    }

    [Fact]
    public void Keeps_at_least_the_rate()
    {
        double[] scores = new Rng(5).Normal(237);
        Verdict[] verdicts = [.. scores.Select(Right)];
        foreach (double rate in (double[])[0.01, 0.3, 0.77, 0.95, 0.99])
        {
            double threshold = RejectionThreshold.At(rate, verdicts);
            int kept = scores.Count(score => score >= threshold);
            Assert.InRange(kept / 237.0, rate, rate + 1 / 237.0);
        }
    }

    [Fact]
    public void Mistakes_do_not_count() =>
        Assert.Equal(0.2, RejectionThreshold.At(0.99, [new(1, true, 0.1, 0.1), Right(0.3), Right(0.2), new(1, true, 0.9, 0.9)]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Rates_outside_are_refused(double rate) => Assert.Contains("outside (0, 1)",
        Assert.Throws<ArgumentOutOfRangeException>(() => RejectionThreshold.At(rate, Hundredths)).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_correct_image_there_is_none()
    {
        Assert.Contains("none of 0", Assert.Throws<InvalidOperationException>(() => RejectionThreshold.At(0.99, [])).Message,
            StringComparison.Ordinal);
        Assert.Contains("none of 1", Assert.Throws<InvalidOperationException>(
            () => RejectionThreshold.At(0.99, [new(1, true, 0.9, 0.9)])).Message, StringComparison.Ordinal);
        Assert.Contains("image 1", Assert.Throws<ArgumentException>(
            () => RejectionThreshold.At(0.99, [Right(0.4), Verdict.Undefined])).Message, StringComparison.Ordinal);
    }

    private static Verdict Right(double confidence) => new(0, false, confidence, 0);
}
