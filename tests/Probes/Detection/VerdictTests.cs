using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class VerdictTests
{
    [Fact]
    public void Probabilities_are_those_of_the_softmax()
    {
        Tensor logits = Tensor.From([0.0, Math.Log(2), Math.Log(5), 800, 0, 0], [2, 3]);
        Verdict[] verdicts = Verdict.Of(logits, [1, 0]);
        Assert.Equal((2, true), (verdicts[0].Prediction, verdicts[0].IsWrong));
        Assert.Equal(5 / 8.0, verdicts[0].Confidence, 1e-15);
        Assert.Equal(5 / 8.0, verdicts[0].WrongConfidence, 1e-15);
        Assert.Equal(new Verdict(0, false, 1, 0), verdicts[1]);
    }

    [Fact]
    public void Of_equal_logits_the_first_wins()
    {
        Verdict[] verdicts = Verdict.Of(Tensor.From([0.0, 0, 0, 0], [2, 2]), [0, 1]);
        Assert.Equal(new Verdict(0, false, 0.5, 0.5), verdicts[0]);
        Assert.Equal(new Verdict(0, true, 0.5, 0.5), verdicts[1]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Logits_that_are_no_numbers_say_nothing(double odd)
    {
        Verdict verdict = Verdict.Of(Tensor.From([0.0, odd], [1, 2]), [0])[0];
        Assert.False(verdict.IsFinite);
        Assert.True(new Verdict(0, true, 0.5, 0.5).IsFinite);
    }

    [Fact]
    public void The_worst_is_the_surest_mistake()
    {
        Verdict right = new(0, false, 0.7, 0.3);
        Verdict doubtful = new(1, true, 0.4, 0.4);
        Verdict sure = new(2, true, 0.9, 0.9);
        Assert.Equal(2, Verdict.Worst([right, doubtful, sure, sure]));
        Assert.Equal(0, Verdict.Worst([doubtful, right]));
        // The surer of the wrong class is right all the same, by a hair: an attack that failed.
        Assert.Equal(1, Verdict.Worst([new(0, false, 0.49, 0.48), doubtful]));
        Assert.Equal(1, Verdict.Worst([right, new(0, false, 0.6, 0.4)]));
        Assert.Equal(1, Verdict.Worst([Verdict.Undefined, right]));
        Assert.Null(Verdict.Worst([Verdict.Undefined]));
        Assert.Null(Verdict.Worst([]));
    }
}
