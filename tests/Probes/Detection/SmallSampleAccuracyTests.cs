using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class SmallSampleAccuracyTests
{
    [Fact]
    public void Noise_looks_like_a_detector()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(500, 0, 11);
        Assert.InRange(Roc.Of(scores, flags).Area, 0.45, 0.55);
        SmallSampleAccuracy study = SmallSampleAccuracy.Of(scores, flags, new(1));
        // The largest gap between two empirical curves of 25 examples of one distribution: about 0.23, half of it gain.
        Assert.InRange(study.Mean, 0.56, 0.66);
        Assert.True(study.Low > 0.5 && study.Low < study.Mean && study.Mean < study.High);
        SmallSampleAccuracy larger = SmallSampleAccuracy.Of(scores, flags, new(1), perClass: 250, repeats: 100);
        Assert.True(larger.Mean < study.Mean - 0.02, $"{larger.Mean} against {study.Mean}");
    }

    [Fact]
    public void All_examples_at_once_leave_nothing_to_chance()
    {
        SmallSampleAccuracy study = SmallSampleAccuracy.Of([1, 2, 3, 4], [false, true, false, true], new(1), perClass: 2, repeats: 7);
        Assert.Equal(new SmallSampleAccuracy(2, 7, 0.75, 0.75, 0.75), study);
    }

    [Fact]
    public void A_draw_takes_one_version_of_an_image()
    {
        // Images 0 and 1, natural scores 0 and 10, perturbed 5 and 15: crossed pairs only, (0, 15) right, (10, 5) wrong.
        double[] scores = [0, 10, 5, 15];
        bool[] flags = [false, false, true, true];
        SmallSampleAccuracy apart = SmallSampleAccuracy.Of(scores, flags, new(1), perClass: 1, repeats: 400, images: [0, 1, 0, 1]);
        Assert.InRange(apart.Mean, 0.70, 0.80);
        SmallSampleAccuracy free = SmallSampleAccuracy.Of(scores, flags, new(1), perClass: 1, repeats: 400);
        Assert.InRange(free.Mean, 0.83, 0.92);
        string message = Assert.Throws<ArgumentException>(
            () => SmallSampleAccuracy.Of(scores, flags, new(1), perClass: 2, images: [0, 1, 0, 1])).Message;
        Assert.Contains("only 0 of 2", message);
    }

    [Fact]
    public void The_seed_fixes_the_bits()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(60, 0.5, 2);
        Assert.Equal(SmallSampleAccuracy.Of(scores, flags, new(3), repeats: 50),
            SmallSampleAccuracy.Of(scores, flags, new(3), repeats: 50));
        Assert.NotEqual(SmallSampleAccuracy.Of(scores, flags, new(3), repeats: 50),
            SmallSampleAccuracy.Of(scores, flags, new(4), repeats: 50));
    }

    [Fact]
    public void Refuses_empty_draws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SmallSampleAccuracy.Of([1, 2], [true, false], new(1), perClass: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmallSampleAccuracy.Of([1, 2], [true, false], new(1), 1, repeats: 0));
        Assert.Throws<ArgumentException>(() => SmallSampleAccuracy.Of([1, 2], [true, false], new(1)));
    }
}
