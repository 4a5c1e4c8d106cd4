using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class CalibrationTests
{
    [Theory]
    [InlineData(4, 4)]
    [InlineData(25, 25)]
    [InlineData(7, 12)]
    public void Halves_share_both_classes_and_leave_nothing_out(int natural, int perturbed)
    {
        bool[] flags = [.. Enumerable.Range(0, natural + perturbed).Select(i => i >= natural)];
        HalfSplit split = HalfSplit.Of(flags, new(4));
        Assert.Equal(Enumerable.Range(0, flags.Length), split.Calibration.Concat(split.Test).Order());
        Assert.InRange(split.Calibration.Length - split.Test.Length, 0, 1);
        foreach (bool kind in new[] { false, true })
            Assert.InRange(split.Calibration.Count(i => flags[i] == kind) - split.Test.Count(i => flags[i] == kind), -1, 1);
    }

    [Fact]
    public void Versions_of_an_image_stay_together()
    {
        // 40 images: all natural, 30 of them perturbed once, 10 of those twice; listed in mixed order.
        int[] images = [.. Enumerable.Range(0, 40), .. Enumerable.Range(0, 30), .. Enumerable.Range(0, 10)];
        bool[] flags = [.. Enumerable.Range(0, 80).Select(i => i >= 40)];
        int[] order = new Rng(1).Permutation(80);
        int[] mixedImages = [.. order.Select(i => images[i])];
        bool[] mixedFlags = [.. order.Select(i => flags[i])];
        HalfSplit split = HalfSplit.Of(mixedFlags, new(2), mixedImages);
        HashSet<int> calibration = [.. split.Calibration.Select(i => mixedImages[i])];
        Assert.DoesNotContain(split.Test, i => calibration.Contains(mixedImages[i]));
        Assert.Equal(20, calibration.Count);
        Assert.Equal(20, split.Test.Count(i => mixedFlags[i]));
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        bool[] flags = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0)];
        Assert.Equal(HalfSplit.Of(flags, new(1)).Test, HalfSplit.Of(flags, new(1)).Test);
        Assert.NotEqual(HalfSplit.Of(flags, new(1)).Test, HalfSplit.Of(flags, new(2)).Test);
    }

    [Fact]
    public void Separated_scores_are_told_apart_on_both_halves()
    {
        Calibration result = Calibration.Of([0, 0, 1, 1], [false, false, true, true], new(3));
        Assert.Equal(0.5, result.Threshold);
        Assert.Equal(new DetectionCounts(0.5, 1, 0, 1, 0), result.Calibrated);
        Assert.Equal(result.Calibrated, result.Test);
        Assert.Equal(1, result.Test.Accuracy);
    }

    [Fact]
    public void Threshold_comes_from_one_half_and_the_figures_from_the_other()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(50, 1, 8);
        Calibration result = Calibration.Of(scores, flags, new(9));
        HalfSplit split = HalfSplit.Of(flags, new(9));
        Assert.Equal(DetectionCounts.Best(Pick(scores, split.Calibration), Pick(flags, split.Calibration)), result.Calibrated);
        Assert.Equal(DetectionCounts.At(result.Threshold, Pick(scores, split.Test), Pick(flags, split.Test)), result.Test);
    }

    [Fact]
    public void Hindsight_flatters()
    {
        double gain = 0;
        for (int seed = 0; seed < 50; seed++)
        {
            (double[] scores, bool[] flags) = DetectionSample.Normal(25, 0, seed);
            Calibration result = Calibration.Of(scores, flags, new(seed));
            Assert.True(result.Hindsight.BalancedAccuracy >= result.Test.BalancedAccuracy);
            gain += result.Hindsight.BalancedAccuracy - result.Test.BalancedAccuracy;
        }
        Assert.True(gain / 50 > 0.05, $"mean gain {gain / 50}");
    }

    [Fact]
    public void Refuses_what_cannot_be_halved()
    {
        Assert.Contains("half without", Message([1, 2], [true, false], []));
        Assert.Contains("half without", Message([1, 2, 3, 4], [true, false, true, false], [5, 5, 5, 5]));
        Assert.Contains("3 image numbers for 2 examples", Message([1, 2], [true, false], [1, 2, 3]));
        Assert.Contains("is NaN", Message([1, double.NaN], [true, false], []));
    }

    private static string Message(double[] scores, bool[] flags, int[] images) =>
        Assert.Throws<ArgumentException>(() => Calibration.Of(scores, flags, new(1), images)).Message;

    private static T[] Pick<T>(T[] values, int[] chosen) => [.. chosen.Select(i => values[i])];
}
