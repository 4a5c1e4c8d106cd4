using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class WarpVoteTests
{
    private static readonly Shape Shape = [2, 6, 7];
    private static readonly Classifier Voter = ClosedForm.TwoLayer(Shape, 4);
    private static readonly Tensor Images = ClosedForm.Images(5, Shape);

    [Fact]
    public void OneDrawIsTheImageAsItIs() => Assert.Equal(
        Voter.Logits(Images).LogSoftmax(1).ToArray<float>(),
        WarpVote.Of(Voter, new Warp(30, 3), new(1), 1).Logits(Images).ToArray<float>());

    [Fact]
    public void AWarpOfNothingChangesNothing() => Assert.Equal(ClosedForm.Doubles(Voter.Logits(Images).LogSoftmax(1)),
        ClosedForm.Doubles(WarpVote.Of(Voter, new Warp(0, 0), new(1)).Logits(Images)), (a, b) => Math.Abs(a - b) < 1e-5);

    [Fact]
    public void LogitsAreTheMeanOverDifferentDraws()
    {
        List<float[]> seen = [];
        Classifier spy = new(images =>
        {
            seen.Add(images.ToArray<float>());
            return Voter.Logits(images);
        }, Shape, 4);
        double[] found = ClosedForm.Doubles(WarpVote.Of(spy, new Warp(30, 2), new(1), 6).Logits(Images));
        Assert.Equal(6, seen.Count);
        Assert.Equal(Images.ToArray<float>(), seen[0]);
        Assert.Equal(6, seen.Select(images => images[17]).Distinct().Count());
        double[][] each = [.. seen.Select(images => ClosedForm.Doubles(Voter.Logits(Tensor.From(images, Images.Shape)).LogSoftmax(1)))];
        for (int i = 0; i < found.Length; i++) Assert.Equal(each.Average(logits => logits[i]), found[i], 1e-5);
    }

    [Fact]
    public void AVoteDoesNotDependOnTheBatch()
    {
        Classifier vote = WarpVote.Of(Voter, new Warp(30, 2), new(1));
        float[] whole = vote.Logits(Images).ToArray<float>();
        for (int i = 0; i < 5; i++) Assert.Equal(whole[(4 * i)..(4 * i + 4)], vote.Logits(Images.TakeIndices(0, [i])).ToArray<float>());
        Assert.Equal(whole, WarpVote.Of(Voter, new Warp(30, 2), new(1)).Logits(Images).ToArray<float>());
        Assert.NotEqual(whole, WarpVote.Of(Voter, new Warp(30, 2), new(2)).Logits(Images).ToArray<float>());
    }

    [Fact]
    public void AVoteIsDifferentiable()
    {
        Classifier vote = WarpVote.Of(Voter, new Warp(30, 2), new(1), 3);
        Tensor image = ClosedForm.Images(1, Shape, type: DType.F64);
        GradCheck.Assert(x => vote.Logits(x).CrossEntropy([2]), image, order: 1);
    }

    // Moved to the right the light is of class 1, by ever so little; so far to the left it is of class 0.
    [Fact]
    public void TheMajorityOfTheDrawsWins()
    {
        Classifier classifier = Planted.Of((columns, _) => columns + 0.9);
        Tensor dot = Planted.Dot();
        Assert.Equal([1], Logits.Prediction(classifier.Logits(dot)));
        Rng rng = new(5);
        Tensor logits = WarpVote.Of(classifier, new Warp(0, 3), rng, 10).Logits(dot);
        double[] rights = [.. Enumerable.Range(0, 10).Select(draw => draw == 0 ? 0.9 : 0.9 + 3 * (2 * rng.At(draw).At(1).Uniform() - 1))];
        double[] expected = [rights.Average(s => -Math.Log(1 + Math.Exp(s))), rights.Average(s => s - Math.Log(1 + Math.Exp(s)))];
        Assert.Equal(expected, ClosedForm.Doubles(logits), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void RefusesNoDraws() =>
        Assert.Contains("0 draws", Assert.Throws<ArgumentOutOfRangeException>(() => WarpVote.Of(Voter, new Warp(1, 1), new(1), 0)).Message);
}
