using MiniGrad.Data;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Lab.Spatial;

/// <summary>Images that are wrong under attacks: counts, unions, and that stronger attacks leave no more than weaker ones.</summary>
public sealed class MeasureOutcomeTests
{
    private static readonly ImageDataSet Digits = DataSets.Open("digits", Split.Test);

    [Fact]
    public void TheFirstImagesAreAnOutcomeToo()
    {
        MeasureOutcome all = Outcome(10, 1, 4, 9);
        Assert.Equal((7, 0.7), (all.Right, all.Accuracy));
        Assert.Equal([1, 4], all.First(5).Wrong);
        Assert.Equal((3, 0.6), (all.First(5).Right, all.First(5).Accuracy));
        Assert.Same(all, all.First(10));
        Assert.Equal([1, 0, 1, 1, 0], all.First(5).AreRight());
        (double low, double high) = all.Interval();
        // Wilson's interval of 7 of 10.
        Assert.Equal((0.3968, 0.8922), (Math.Round(low, 4), Math.Round(high, 4)));
    }

    [Fact]
    public void AUnionIsOfImagesThatAllLookedAt()
    {
        MeasureOutcome union = MeasureOutcome.Union([Outcome(10, 1, 7), Outcome(5, 1, 3), Outcome(8, 0, 6)]);
        Assert.Equal(5, union.Count);
        Assert.Equal([0, 1, 3], union.Wrong);
    }

    [Fact]
    public void PairsAreOfTheSameImages()
    {
        SameImages both = SameImages.Of(Outcome(10, 0, 8), Outcome(6, 0, 1, 2, 3, 4));
        Assert.Equal((6, 4, 0), (both.Count, both.OnlyFirst, both.OnlySecond));
        Assert.Equal(4.0 / 6, both.Gap, 12);
        Assert.Equal(0, both.Sign);
        Assert.Equal(-1, SameImages.Of(Outcome(10, 0, 1, 2, 3, 4, 5), Outcome(10)).Sign);
    }

    [Fact]
    public void DropsAreOfImagesThatAreRight()
    {
        MadeUpSpatial made = new(SpatialRole.Standard)
        {
            Natural = 198,
            Broken = ([0, 1, 199], [1, 2], [0, 1, 2, 3, 198]),
        };
        Additivity a = made.Outcome().Additivity;
        Assert.Equal((200, 198, 2, 2, 4), (a.Count, a.Natural, a.Spatial, a.Pixels, a.Both));
        Assert.Equal([0, -1, 0, 1, 0], a.Excess[..5]);
        Assert.Equal([0, 0], a.Excess[198..]);
        Assert.True(a.CanAdd);
    }

    [Fact]
    public void AStrongerAttackThatLeavesMoreRightIsAnError()
    {
        MadeUpSpatial made = new(SpatialRole.Standard);
        made.Outcome().Check();
        InvalidOperationException grid = Assert.Throws<InvalidOperationException>(() => (made with { Natural = 50 }).Outcome().Check());
        Assert.Contains("of 200 images 60 are right under Grid, 50 under Natural", grid.Message, StringComparison.Ordinal);
        Dictionary<SpatialMeasure, MeasureOutcome> measures = new(made.Outcome().Measures)
        {
            [SpatialMeasure.Shift] = Outcome(200, [7, .. Enumerable.Range(195, 5)]),
        };
        InvalidOperationException shift = Assert.Throws<InvalidOperationException>(
            () => (made.Outcome() with { Measures = measures }).Check());
        Assert.Contains("194 under Shift, which it includes; image 7", shift.Message, StringComparison.Ordinal);
    }

    /// <summary>The wrong images, moves and passes of an attack are those of the attack alone, in one run.</summary>
    [Fact]
    public void AnAttackGivesWhatItGivesAlone()
    {
        Classifier classifier = new(ShippedWeights.Load("test", "lenet5-digits").Network);
        SpatialGrid attack = new(new Warp(6, 1), Angles: 5, Shifts: 3);
        const int count = 300;
        RunContext run = new() { Seed = 3 };
        MeasureOutcome outcome = MeasureOutcome.Of("net", attack, classifier, Digits, count, 1, (_, _) => { }, run);
        AttackResult alone = attack.Run(classifier, new(Digits.Images(0, count), Digits.Labels[..count]), run with { ChunkSize = 7 });
        Assert.Equal(alone.Examples.Where(e => e.Success).Select(e => e.Index), outcome.Wrong);
        Assert.InRange(outcome.Wrong.Length, 1, count - 1);
        Assert.Equal(alone.Examples.Average(e => e.Forwards), outcome.Forwards, 9);
        Assert.Equal(45, outcome.MostForwards);
        ExampleResult moved = alone.Examples.First(e => e is { Success: true, Move: not null });
        WarpPoint move = moved.Move!.Value;
        Assert.Equal(new ImageMove(moved.Index, moved.Prediction, move.Degrees, move.Right, move.Down), outcome.Moves[0]);
        MeasureOutcome natural = MeasureOutcome.Natural("net", classifier, Digits, count, 1, (_, _) => { }, default);
        Assert.Equal(alone.Examples.Where(e => e.Status == ExampleStatus.AlreadyMet).Select(e => e.Index), natural.Wrong);
    }

    [Fact]
    public void ANetworkThatIsUndefinedIsNoNetworkThatErrs()
    {
        Classifier broken = new(x => x.Sum([1, 2, 3]).Reshape(-1, 1) * double.NaN + Ops.Zeros([x.Shape[0], 10]), [1, 28, 28], 10);
        NumericalException error = Assert.Throws<NumericalException>(
            () => MeasureOutcome.Natural("broken", broken, Digits, 3, 1, (_, _) => { }, default));
        Assert.Contains("broken has logits that are NaN or infinite at image 0", error.Message, StringComparison.Ordinal);
        Assert.Throws<NumericalException>(() => MeasureOutcome.Of(
            "broken", new SpatialRandom(new Warp(30, 3)), broken, Digits, 3, 1, (_, _) => { }, new()));
    }

    private static MeasureOutcome Outcome(int count, params int[] wrong) => new("A", count, wrong, 1, 0, 1, []);
}
