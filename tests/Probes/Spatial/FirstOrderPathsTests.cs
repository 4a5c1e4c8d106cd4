using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class FirstOrderPathsTests
{
    private static readonly Tensor Middle = Ops.Zeros([1, 3]);

    [Fact]
    public void AStepIsTheSignOrTheDirectionByTheLimits()
    {
        Warp warp = new(30, 3);
        Tensor gradient = Tensor.From([0.3, -0.4, 0, 0, 0, 0, 3e-200, 0, 4e-200], [3, 3]);
        Assert.Equal([0.02, -0.25 / 3, 0, 0, 0, 0, 0.02, 0, 0.25 / 3], Moves(gradient, warp, FirstOrderDirection.Sign), Near);
        // Derivatives by the shares are T ⊙ g already: of length 1, then by the steps.
        Assert.Equal([0.6 * 0.02, -0.8 * 0.25 / 3, 0, 0, 0, 0, 0.6 * 0.02, 0, 0.8 * 0.25 / 3],
            Moves(gradient, warp, FirstOrderDirection.L2), Near);
        Assert.Equal([0, -0.25 / 3, 0], Moves(gradient, warp with { Degrees = 0 }, FirstOrderDirection.Sign)[..3], Near);
        Assert.Equal([0.02, 0, 0], Moves(gradient, warp with { Pixels = 0 }, FirstOrderDirection.Sign)[..3], Near);
    }

    // The loss rises with the shift to the right alone: 0.25 pixels a step, up to the limit.
    [Theory]
    [InlineData(FirstOrderDirection.Sign)]
    [InlineData(FirstOrderDirection.L2)]
    public void AscentGoesStraightToTheLimit(FirstOrderDirection direction)
    {
        FirstOrderPath path = Assert.Single(FirstOrderPaths.Of(
            Planted.Of((columns, _) => columns), Planted.Dot(DType.F64), 0, new Warp(0, 2), Middle, new(12, Direction: direction)));
        Assert.Equal(13, path.Points.Count);
        for (int k = 0; k <= 12; k++)
        {
            Assert.Equal((0, 0), (path.Points[k].Degrees, path.Points[k].Down));
            Assert.Equal(Math.Min(2, 0.25 * k), path.Points[k].Right, 1e-6);
            Assert.Equal(Math.Log(1 + Math.Exp(Math.Min(2, 0.25 * k))), path.Scores[k].Loss, 1e-6);
        }
        Assert.Equal(path.Scores[12].Loss, path.LargestLoss, 1e-12);
        Assert.Equal(0, path.Stalls);
    }

    [Fact]
    public void TheAngleIsTurnedToWhereTheLossRises()
    {
        FirstOrderPath path = Assert.Single(FirstOrderPaths.Of(
            Planted.Of((_, rows) => rows), Planted.SpotAtRight(DType.F64), 0, new Warp(30, 0), Middle, new(60)));
        // The light lies right of the centre and is to go down: clockwise.
        for (int k = 0; k <= 60; k++) Assert.Equal(-Math.Min(30, 0.6 * k), path.Points[k].Degrees, 1e-5);
        Assert.All(path.Points, point => Assert.Equal((0, 0), (point.Right, point.Down)));
        Assert.Equal(1, path.Scores[^1].Prediction);
        Assert.Equal(3 * Math.Sin(Math.PI / 6), path.Scores[^1].Margin, 0.05);
    }

    [Fact]
    public void PathsDoNotDependOnHowManyAreWalkedTogether()
    {
        Shape shape = [3, 6, 5];
        Classifier classifier = ClosedForm.TwoLayer(shape, 4);
        Tensor starts = FirstOrderPaths.RandomStarts(7, new(4));
        FirstOrderPath[] Of(int chunk) =>
            FirstOrderPaths.Of(classifier, ClosedForm.Images(1, shape), 1, new Warp(30, 2), starts, new(9), new() { ChunkSize = chunk });
        FirstOrderPath[] whole = Of(64);
        Assert.Equal(7, whole.Length);
        Assert.Equal(7, whole.Select(path => path.Points[0]).Distinct().Count());
        Assert.All(whole, path => Assert.True(path.Points.Distinct().Count() > 1));
        foreach (FirstOrderPath[] other in (FirstOrderPath[][])[Of(1), Of(3)])
        {
            Assert.Equal(whole.SelectMany(path => path.Points), other.SelectMany(path => path.Points));
            Assert.Equal(whole.SelectMany(path => path.Scores), other.SelectMany(path => path.Scores));
        }
    }

    [Fact]
    public void StartsFollowTheirNumberAndFillTheBox()
    {
        double[] many = FirstOrderPaths.RandomStarts(400, new(9)).ToArray<double>();
        Assert.Equal(many[..9], FirstOrderPaths.RandomStarts(3, new(9)).ToArray<double>());
        Assert.NotEqual(many[..9], FirstOrderPaths.RandomStarts(3, new(10)).ToArray<double>());
        Assert.All(many, share => Assert.InRange(share, -1, 1));
        for (int axis = 0; axis < 3; axis++)
        {
            double[] values = [.. many.Where((_, i) => i % 3 == axis)];
            // Uniform on [-1, 1]: variance 1/3; the mean of 400 has a deviation of 0.029.
            Assert.InRange(values.Average(), -0.12, 0.12);
            Assert.InRange(values.Average(v => v * v), 0.27, 0.4);
        }
    }

    [Fact]
    public void AConstantStallsWhereItStands()
    {
        Classifier flat = ClosedForm.Constant([1, 2], Planted.Shape);
        FirstOrderPath path = Assert.Single(FirstOrderPaths.Of(flat, Planted.Dot(), 0, new Warp(30, 3), Middle, new(5)));
        Assert.Equal(5, path.Stalls);
        Assert.Single(path.Points.Distinct());
    }

    [Fact]
    public void ScaledStepsAreThoseOfTheReviewOnItsBox() =>
        Assert.Equal(new FirstOrderSettings(), FirstOrderSettings.Scaled(new Warp(30, 25)));

    [Fact]
    public void RefusesWhatMakesNoSense()
    {
        Classifier classifier = Planted.Of((columns, _) => columns);
        string Refusal(Tensor starts, FirstOrderSettings? settings = null) => Assert.ThrowsAny<ArgumentException>(
            () => FirstOrderPaths.Of(classifier, Planted.Dot(), 0, new Warp(30, 3), starts, settings)).Message;
        Assert.Contains("starts have shape [1, 2]", Refusal(Ops.Zeros([1, 2])));
        Assert.Contains("start 1 has the share 1.5", Refusal(Tensor.From([0, 0, 0, 0, 1.5, 0], [2, 3])));
        Assert.Contains("start 0 has the share NaN", Refusal(Tensor.From([double.NaN, 0, 0], [1, 3])));
        Assert.Contains("-1 steps", Refusal(Middle, new(-1)));
        Assert.Contains("NaN pixels", Refusal(Middle, new(Pixels: double.NaN)));
        Assert.Contains("-1 degrees", Refusal(Middle, new(Degrees: -1)));
    }

    [Fact]
    public void ADerivativeThatIsNoNumberIsNamed()
    {
        // The slope of a root at 0 is infinite; the value is not.
        Classifier classifier = Planted.Of((columns, _) => columns.Square().Sqrt());
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => FirstOrderPaths.Of(classifier, Planted.Dot(), 0, new Warp(0, 3), Middle, new(3)));
        Assert.Contains("first-order: the derivative of the loss by the ", error.Message);
        Assert.Contains("at 0°, 0 px right, 0 px down is NaN", error.Message);
    }

    private static double[] Moves(Tensor gradient, Warp warp, FirstOrderDirection direction) =>
        FirstOrderStep.Step(gradient, warp, 0.6, 0.25, direction).ToArray<double>();

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-15;
}
