using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class RejectionReportTests
{
    [Fact]
    public void Of_a_hand_example()
    {
        Verdict[] test = [Right(0.9), Right(0.4), Wrong(0.8), Wrong(0.3), Right(0.6), Wrong(0.5)];
        Verdict[] attacked = [Wrong(0.7), Wrong(0.3), Right(0.9), Wrong(0.55), Right(0.45)];
        RejectionReport expected = new(
            Threshold: 0.5, CleanCount: 6, CleanAccepted: 4, CleanError: 3 / 6.0, CleanErrorAccepted: 2 / 4.0, TruePositiveRate: 4 / 6.0,
            // Accepted in either version are all but image 1; wrong and accepted is 0 after the attack, 2 before it, 3 after it.
            Count: 5, Accepted: 4, RobustError: 4 / 5.0, RobustErrorAccepted: 3 / 4.0,
            // Only image 0 was right, is wrong and is accepted; 0 and 1 of 0, 1 and 4 are broken.
            FalsePositiveRate: 1 / 5.0, SuccessRate: 2 / 3.0,
            // 0.9, 0.8 of the clean ones are above 0.7; 0.9, 0.4, 0.8, 0.6 above 0.3 and one equals it.
            Area: 6.5 / 10);
        Assert.Equal(expected, RejectionReport.At(0.5, test, attacked));
    }

    [Fact]
    public void At_threshold_0_everything_is_accepted()
    {
        (Verdict[] test, Verdict[] attacked) = Random(200, 120, 3);
        RejectionReport all = RejectionReport.At(0, test, attacked);
        Assert.Equal(all.RobustError, all.RobustErrorAccepted);
        Assert.Equal(all.CleanError, all.CleanErrorAccepted);
        Assert.Equal((200, 120, 1.0), (all.CleanAccepted, all.Accepted, all.TruePositiveRate));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Is_what_the_formulas_give(double threshold)
    {
        (Verdict[] test, Verdict[] attacked) = Random(150, 100, 7);
        RejectionReport found = RejectionReport.At(threshold, test, attacked);
        (bool Err, double C, bool ErrA, double CA)[] pairs =
            [.. attacked.Select((a, i) => (test[i].IsWrong, test[i].Confidence, a.IsWrong, a.Confidence))];
        int One(bool condition) => condition ? 1 : 0;
        double above = pairs.Sum(p => Math.Max(One(p.Err && p.C >= threshold), One(p.ErrA && p.CA >= threshold)));
        double below = pairs.Sum(p => Math.Max(One(p.C >= threshold), One(p.CA >= threshold)));
        Assert.Equal(above / below, found.RobustErrorAccepted);
        Assert.Equal(pairs.Average(p => One(p.Err || p.ErrA)), found.RobustError, 1e-15);
        Assert.Equal(pairs.Count(p => p.ErrA && !p.Err && p.CA >= threshold) / 100.0, found.FalsePositiveRate);
        Assert.Equal((double)pairs.Count(p => p.ErrA && !p.Err) / pairs.Count(p => !p.Err), found.SuccessRate);
        Assert.Equal((double)test.Count(v => v.IsWrong && v.Confidence >= threshold) / test.Count(v => v.Confidence >= threshold),
            found.CleanErrorAccepted);
        double[] negatives = [.. pairs.Where(p => p.ErrA && !p.Err).Select(p => p.CA)];
        double halves = pairs.Sum(p => negatives.Sum(n => p.C > n ? 1 : p.C == n ? 0.5 : 0));
        Assert.Equal(halves / (100.0 * negatives.Length), found.Area, 1e-14);
        Assert.InRange(negatives.Length, 1, 99);
    }

    [Fact]
    public void Equal_confidences_have_area_one_half() =>
        Assert.Equal(0.5, RejectionReport.At(0, [Right(0.7), Right(0.7)], [Wrong(0.7), Wrong(0.7)]).Area);

    [Fact]
    public void Without_a_successful_attack_the_area_is_one()
    {
        Assert.Equal(1, RejectionReport.At(0, [Right(0.7), Wrong(0.6)], [Right(0.9), Wrong(0.9)]).Area);
        Assert.Equal(0, RejectionReport.At(0, [Right(0.7), Wrong(0.6)], [Right(0.9), Wrong(0.9)]).SuccessRate);
    }

    [Fact]
    public void Where_nothing_is_accepted_rates_are_0_and_that_is_said()
    {
        RejectionReport none = RejectionReport.At(0.95, [Wrong(0.9)], [Wrong(0.9)]);
        Assert.Equal((0.0, 0.0, 0.0), (none.CleanErrorAccepted, none.RobustErrorAccepted, none.FalsePositiveRate));
        Assert.Equal((true, true), (none.NoCleanAccepted, none.NoneAccepted));
        Assert.Equal(1, none.RobustError);
        Assert.True(double.IsNaN(none.SuccessRate));
        RejectionReport some = RejectionReport.At(0.95, [Wrong(0.9)], [Wrong(0.96)]);
        Assert.Equal((true, false), (some.NoCleanAccepted, some.NoneAccepted));
        Assert.Equal(1, some.RobustErrorAccepted);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => RejectionReport.At(double.NaN, [Right(0.9)], [Right(0.9)]));
        Assert.Throws<ArgumentException>(() => RejectionReport.At(0.5, [Right(0.9)], []));
        Assert.Throws<ArgumentException>(() => RejectionReport.At(0.5, [Right(0.9)], [Right(0.9), Right(0.9)]));
        Assert.Contains("image 1", Assert.Throws<ArgumentException>(
            () => RejectionReport.At(0.5, [Right(0.9), Verdict.Undefined], [Right(0.9)])).Message, StringComparison.Ordinal);
    }

    private static (Verdict[] Test, Verdict[] Attacked) Random(int test, int attacked, long seed)
    {
        // A few distinct confidences, so that ties are met.
        Verdict Draw(Rng rng, int wrongOfTen)
        {
            double confidence = (rng.At("confidence").Below(8) + 2) / 10.0;
            return rng.At("wrong").Below(10) < wrongOfTen ? Wrong(confidence) : Right(confidence);
        }
        Rng root = new(seed);
        return ([.. Enumerable.Range(0, test).Select(i => Draw(root.At("test").At(i), 2))],
            [.. Enumerable.Range(0, attacked).Select(i => Draw(root.At("attacked").At(i), 6))]);
    }

    private static Verdict Right(double confidence) => new(0, false, confidence, 1 - confidence);

    private static Verdict Wrong(double confidence) => new(1, true, confidence, confidence);
}
