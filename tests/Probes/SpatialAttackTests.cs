using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Searches over rotation and shift on classifiers whose answer to them is known.</summary>
public sealed class SpatialAttackTests
{
    private const int Side = 9;

    private static readonly Shape Shape = [1, Side, Side];

    /// <summary>A bar from the centre to the right edge: its mass moves with angle and shift.</summary>
    private static readonly Tensor Bar = Tensor.From(
        [.. Enumerable.Range(0, Side * Side).Select(i => i / Side == 4 && i % Side > 4 ? 1.0 : 0)], [1, 1, Side, Side]);

    /// <summary>
    /// Class 1 where more of the image lies above the middle line than below: where the bar was turned counter-clockwise.
    /// </summary>
    private static readonly Classifier Above = Mean((y, _) => y < 4 ? 1 : y > 4 ? -1 : 0, -0.02);

    [Fact]
    public void TheGridHasEveryCombinationOnceAndTheIdentityLast()
    {
        IReadOnlyList<double[]> grid = SpatialGrid.Grid(31, 5);
        Assert.Equal(775, grid.Select(p => (p[0], p[1], p[2])).Distinct().Count());
        Assert.Equal(775, grid.Count);
        Assert.Equal([0, 0, 0], grid[^1]);
        Assert.All(grid.Zip(grid.Skip(1)), pair => Assert.True(pair.First.Sum(Math.Abs) >= pair.Second.Sum(Math.Abs)));
        Assert.All(SpatialGrid.Grid(1, 3), p => Assert.Equal(0, p[0]));
        Assert.DoesNotContain(SpatialGrid.Grid(4, 5), p => p.All(v => v == 0));
    }

    public static TheoryData<string> Searches => [.. Finders.Keys];

    private static readonly Dictionary<string, Attack> Finders = new()
    {
        ["grid"] = new SpatialGrid(new Warp(30, 0)),
        ["worst-of"] = new SpatialWorstOf(new Warp(30, 0), Draws: 20),
        ["first order"] = new SpatialFirstOrder(new Warp(30, 0)),
        ["first order, L2"] = new SpatialFirstOrder(new Warp(30, 0), Direction: FirstOrderDirection.L2),
        ["combined"] = new SpatialCombined(new WarpLinf(new(30, 0), 0.001), Draws: 20, Steps: 1),
        ["combined grid"] = new SpatialCombined(new WarpLinf(new(30, 0), 0.001), Steps: 1, Grid: true, Angles: 5, Shifts: 1),
    };

    [Theory]
    [MemberData(nameof(Searches))]
    public void ABarThatMayBeTurnedIsTurnedTheRightWay(string search)
    {
        AttackResult result = Finders[search].Run(Above, new(Bar.Cast(DType.F32), [0]));
        ExampleResult found = Assert.Single(result.Examples);
        Assert.True(found.Success);
        Assert.InRange(found.Move!.Value.Degrees, 0.01, 30.0001);
        Assert.Equal((0.0, 0.0), (found.Move.Value.Right, found.Move.Value.Down));
    }

    [Fact]
    public void PassesAreCounted()
    {
        // No turn by up to 30 degrees brings the bar's mass to the left: nothing is found, and every candidate is looked at.
        Classifier left = Mean((_, x) => x < 2 ? 1 : -1, 0);
        Examples one = new(Bar.Cast(DType.F32), [0]);
        AttackResult grid = new SpatialGrid(new Warp(30, 3)).Run(left, one);
        Assert.Equal((false, 775, 0), (grid.Examples[0].Success, grid.Examples[0].Forwards, grid.Examples[0].Gradients));
        Assert.Equal(10, new SpatialWorstOf(new Warp(30, 3)).Run(left, one).Examples[0].Forwards);
        Assert.Equal(1, new SpatialRandom(new Warp(30, 3)).Run(left, one).Examples[0].Forwards);
        ExampleResult first = new SpatialFirstOrder(new Warp(30, 3), Steps: 7).Run(left, one).Examples[0];
        Assert.Equal((8, 7), (first.Forwards, first.Gradients));
        ExampleResult both = new SpatialCombined(new WarpLinf(new(30, 3), 0.01), Draws: 4, Steps: 3).Run(left, one).Examples[0];
        Assert.Equal((4 * (3 + 1), 4 * 3), (both.Forwards, both.Gradients));
    }

    [Fact]
    public void AnImageLeavesTheGridWithTheFirstThatBreaksIt()
    {
        // Any move to the right by a pixel or more breaks it, and the farthest candidates are tried first.
        Classifier right = Mean((_, x) => x == Side - 1 ? -1 : 0.1, 0, flip: true);
        Tensor dot = Tensor.From([.. Enumerable.Range(0, Side * Side).Select(i => i == 4 * Side + 5 ? 1f : 0)], [1, 1, Side, Side]);
        AttackResult result = new SpatialGrid(new Warp(0, 3), Angles: 1).Run(right, new(dot, [0]));
        Assert.True(result.Examples[0].Success);
        // The corners come first, and the third of them is the first to the right.
        Assert.Equal(3, result.Examples[0].Forwards);
        AttackResult all = new SpatialGrid(new Warp(0, 3), Angles: 1) { StopAtSuccess = false }.Run(right, new(dot, [0]));
        Assert.Equal((true, 25), (all.Examples[0].Success, all.Examples[0].Forwards));
    }

    [Fact]
    public void AWrongAnswerIsWorseThanASureRightOne()
    {
        // Three classes by the angle: near −30 degrees right but with a high loss, near 30 wrong with a lower one.
        Classifier three = new(x =>
        {
            Tensor turn = (x * Mask((y, _) => y < 4 ? 1 : y > 4 ? -1 : 0, x)).Sum([1, 2, 3]).Unsqueeze(1);
            Tensor own = Ops.Where(turn < -1, Ops.Like(turn, 0.1), Ops.Where(turn > 1, Ops.Like(turn, 2), Ops.Like(turn, 9)));
            Tensor second = Ops.Where(turn > 1, Ops.Like(turn, 2.1), Ops.Like(turn, 0));
            Tensor third = Ops.Where(turn < -1, Ops.Like(turn, 0), Ops.Like(turn, -9));
            return Ops.Concat([own, second, third], 1);
        }, Shape, 3);
        ExampleResult worst =
            new SpatialGrid(new Warp(30, 0)) { StopAtSuccess = false }.Run(three, new(Bar.Cast(DType.F32), [0])).Examples[0];
        Assert.True(worst.Success);
        Assert.Equal(1, worst.Prediction);
        Assert.True(worst.Move!.Value.Degrees > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PassesFullOfCandidatesAreNoRowsOfTheirOwn(bool stops)
    {
        // 64 rows, and blocks of 2, 4, 8 and 5 candidates in passes of 256: parts as long as there are rows.
        AttackProblem problem = AttackProblem.Make(ClosedForm.TwoLayer(AttackProblem.Shape, 4), 64);
        problem = problem with { Labels = Logits.Prediction(problem.Classifier.Logits(problem.Images)) };
        SpatialGrid grid = new(new Warp(15, 1), Angles: 5, Shifts: 2) { StopAtSuccess = stops };
        AttackResult whole = problem.Run(grid, new RunContext { ChunkSize = 64 });
        Assert.InRange(whole.Successes, 1, 63);
        AttackInvariants.Same(whole, problem.Run(grid, new RunContext { ChunkSize = 7 }), "chunks of 7");
        Assert.All(whole.Examples, e => Assert.True(stops && e.Success ? e.Forwards <= 20 : e.Forwards == 20));
    }

    [Fact]
    public void BlackPixelsComeBackFromOutsideTheBox()
    {
        // Brighter pixels break it; a step to the dark first must not leave a black pixel without a slope.
        WarpLinf both = new(new(0, 0), 0.5);
        Tensor clean = Ops.Zeros([1, 1, 1, 2], DType.F64);
        Tensor below = both.Project(clean, Tensor.From([0, 0, 0, -1.0, 0.4], [1, 5]));
        Assert.Equal([0, 0, 0, 0, 0.4], ClosedForm.Doubles(below));
        Tensor after = new WarpLinf(new(0, 1), 0.5, IsAfter: true).Project(clean + 0.75, Tensor.From([0, 1.0, 0, 1, 1], [1, 5]));
        Assert.Equal([0, 1, 0, 1, 0.5], ClosedForm.Doubles(after));
    }

    [Fact]
    public void WorstOfMoreDrawsIsWorse()
    {
        AttackProblem problem = AttackProblem.Make(ClosedForm.TwoLayer(AttackProblem.Shape, 4), 30);
        bool[] Broken(Attack attack) => [.. problem.Run(attack).Examples.Select(e => e.Success)];
        bool[] one = Broken(new SpatialRandom(new Warp(30, 2)));
        bool[] two = Broken(new SpatialWorstOf(new Warp(30, 2), Draws: 2)), ten = Broken(new SpatialWorstOf(new Warp(30, 2)));
        Assert.All(one.Zip(two, ten), row => Assert.True((!row.First || row.Second) && (!row.Second || row.Third)));
        Assert.True(one.Count(b => b) < ten.Count(b => b));
    }

    [Fact]
    public void OneDrawMayMakeAWrongImageRight()
    {
        Tensor up = new Warp(30, 0).Render(Bar, Tensor.From([1.0, 0, 0], [1, 3])).Cast(DType.F32);
        Examples many = new(Ops.Concat([.. Enumerable.Repeat(up.Clamp(0, 1), 20)], 0), new int[20]);
        AttackResult counted = new SpatialRandom(new Warp(60, 0)).Run(Above, many);
        Assert.All(counted.Examples, e => Assert.Equal(ExampleStatus.AlreadyMet, e.Status));
        AttackResult drawn = new SpatialRandom(new Warp(60, 0)).Run(Above, many, new RunContext { AttacksMet = true });
        Assert.InRange(drawn.Examples.Count(e => e.Success), 1, 19);
        Assert.All(drawn.Examples, e => Assert.Equal(1, e.Forwards));
    }

    [Fact]
    public void PixelsAndWarpTogetherBreakWhatNeitherDoes()
    {
        Classifier strict = Mean((y, _) => y < 4 ? 1 : y > 4 ? -1 : 0, -3.3);
        Examples one = new(Bar.Cast(DType.F32), [0]);
        Assert.False(new SpatialGrid(new Warp(20, 0)).Run(strict, one).Examples[0].Success);
        Assert.False(new Pgd(Threat.Linf(0.02)).Run(strict, one).Examples[0].Success);
        AttackResult both = new SpatialCombined(new WarpLinf(new(20, 0), 0.02), Grid: true, Angles: 5, Shifts: 1).Run(strict, one);
        Assert.True(both.Examples[0].Success);
        Assert.Equal(20, both.Examples[0].Move!.Value.Degrees, 1e-4);
    }

    [Fact]
    public void NanOnTheWayIsNoSuccess()
    {
        Classifier undefined = new(x =>
        {
            Tensor turn = (x * Mask((y, _) => y < 4 ? 1 : y > 4 ? -1 : 0, x)).Sum([1, 2, 3]).Unsqueeze(1);
            return Ops.Concat([Ops.Where(turn > 0.5, Ops.Like(turn, double.NaN), Ops.Like(turn, 1)), turn * 0], 1);
        }, Shape, 2);
        ExampleResult e = new SpatialGrid(new Warp(30, 3)).Run(undefined, new(Bar.Cast(DType.F32), [0])).Examples[0];
        Assert.Equal((ExampleStatus.NonFinite, false), (e.Status, e.Success));
    }

    [Fact]
    public void GridsWithoutTheIdentityAndHugeWarpsAreWarnedOf()
    {
        string[] Warnings(Attack attack) => attack.Run(Above, new(Bar.Cast(DType.F32), [0])).Warnings;
        Assert.Contains(Warnings(new SpatialGrid(new Warp(30, 3), Angles: 4)),
            text => text.StartsWith("grid: of 4 angles", StringComparison.Ordinal));
        Assert.Contains(Warnings(new SpatialRandom(new Warp(30, 9))), text => text.Contains("shift of 9 pixels", StringComparison.Ordinal));
        Assert.Contains(Warnings(new SpatialRandom(new Warp(200, 1))), text => text.Contains("200 degrees", StringComparison.Ordinal));
        Assert.Empty(Warnings(new SpatialGrid(new Warp(30, 3), Angles: 3, Shifts: 3)));
    }

    public static TheoryData<Attack, string> Wrong => new()
    {
        { new SpatialGrid(new Warp(30, 3), Angles: 0), "0 angles and 5 shifts" },
        { new SpatialWorstOf(new Warp(30, 3), Draws: 0), "0 draws" },
        { new SpatialFirstOrder(new Warp(30, 3), Steps: -1), "-1 steps" },
        { new SpatialFirstOrder(new Warp(30, 3), DegreesStep: 0), "steps of 0 degrees" },
        { new SpatialGrid(new Warp(30, 3)) { Restarts = 2 }, "2 restarts" },
        { new SpatialGrid(new Warp(30, 3), Angles: 100_000, Shifts: 100_000), "more than 1000000 points" },
        { new SpatialGrid(Threat.Linf(0.1)), "it turns and shifts images; Linf(0.1) does not" },
        { new SpatialRandom(Threat.L2(1)), "spatial-random: it turns and shifts" },
        { new SpatialCombined(new Warp(30, 3)), "is not both a warp and a change of pixels" },
        { new SpatialCombined(new WarpLinf(new(30, 3), 0.1), StepSize: -1), "step size -1" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void HyperParametersThatMakeNoSenseAreNamed(Attack attack, string error) =>
        Assert.Contains(error, Assert.ThrowsAny<ArgumentException>(attack.Check).Message, StringComparison.Ordinal);

    /// <summary>Class 1 where a weighted sum of the pixels exceeds a bias, or the other way round.</summary>
    private static Classifier Mean(Func<int, int, double> weight, double bias, bool flip = false) => new(x =>
    {
        Tensor sum = ((x * Mask(weight, x)).Sum([1, 2, 3]) + bias).Unsqueeze(1) * (flip ? -1 : 1);
        return Ops.Concat([sum * 0, sum], 1);
    }, Shape, 2);

    private static Tensor Mask(Func<int, int, double> weight, Tensor like) => Tensor.From(
        [.. Enumerable.Range(0, Side * Side).Select(i => weight(i / Side, i % Side))], [1, 1, Side, Side]).Cast(like.Type);
}
