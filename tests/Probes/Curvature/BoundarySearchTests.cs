using MiniGrad.Probes;
using MiniGrad.Probes.Boundary;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

public class BoundarySearchTests
{
    [Fact]
    public void AlongARadiusTheNearestPointIsFound()
    {
        Classifier ball = Bodies.Sphere(5, 3);
        double[] direction = Unit(new Rng(1).Normal(5));
        (Tensor x, Tensor y) = (Bodies.Point([.. direction.Select(v => v)]), Bodies.Point([.. direction.Select(v => 7 * v)]));
        foreach (BoundaryPoint z in (BoundaryPoint[])[
            new BoundarySearch().Pair(ball, x, y, 0, 1)!, new BoundarySearch().Decision(ball, x, y)!])
        {
            Assert.Equal(2, z.Distance, 1e-5);
            Assert.Equal(0, z.AngleDegrees, 1e-4);
            Assert.Equal((0, 1, true, true, 1), (z.Current, z.Competitor, z.IsActive, z.IsWithinTolerance, z.Crossings));
            Assert.InRange(Math.Abs(z.Margin), 0, 1e-6 * (1 - 1 / 9.0 + 49 / 9.0 - 1));
            Assert.InRange(z.Halvings, 1, 60);
        }
    }

    [Fact]
    public void TheLabelFlipsAcrossThePoint()
    {
        Classifier net = Bodies.Smooth(6, 5);
        int found = 0;
        for (int i = 0; i < 20; i++)
        {
            (Tensor x, Tensor y) = (Bodies.Points(1, 6, 100 + i), Bodies.Points(1, 6, 200 + i));
            int[] ends = Logits.Prediction(net.Logits(Ops.Concat([x, y], 0)));
            BoundaryPoint? z = new BoundarySearch(Tolerance: 1e-10).Decision(net, x, y);
            if (z is null)
            {
                Assert.Equal(ends[0], ends[1]);
                continue;
            }
            found++;
            Assert.Equal(ends[0], z.Current);
            double[] t = [ClosedForm.Norm(ClosedForm.Minus(ClosedForm.Doubles(z.Point), ClosedForm.Doubles(x))) / ClosedForm.Norm(
                ClosedForm.Minus(ClosedForm.Doubles(y), ClosedForm.Doubles(x)))];
            Assert.Equal(z.Current, Logits.Prediction(net.Logits(x + (y - x) * (t[0] - 1e-6)))[0]);
            Assert.Equal(z.Competitor, Logits.Prediction(net.Logits(x + (y - x) * (t[0] + 1e-6)))[0]);
            Assert.True(z.IsActive);
        }
        Assert.InRange(found, 5, 20);
    }

    [Fact]
    public void PolishingLeadsTowardsTheNearestPoint()
    {
        Classifier ball = Bodies.Sphere(3, 3);
        (Tensor x, Tensor y) = (Bodies.Point(1, 0, 0), Bodies.Point(2, 6, 0));
        BoundaryPoint plain = new BoundarySearch(Tolerance: 1e-3).Pair(ball, x, y, 0, 1)!;
        BoundaryPoint polished = new BoundarySearch(Tolerance: 1e-3, Polish: 3).Pair(ball, x, y, 0, 1)!;
        Assert.True(Math.Abs(plain.Margin) > 1e-6);
        Assert.True(Math.Abs(polished.Margin) < 1e-12, $"G = {polished.Margin} after polishing");
        Assert.Equal(3, ClosedForm.Norm(ClosedForm.Doubles(polished.Point)), 1e-10);
        Assert.True(polished.AngleDegrees > 10);
    }

    [Fact]
    public void WithoutASignChangeThereIsNoPoint()
    {
        Classifier ball = Bodies.Sphere(3, 3);
        Assert.Null(new BoundarySearch().Pair(ball, Bodies.Point(1, 0, 0), Bodies.Point(0, 2, 0), 0, 1));
        Assert.Null(new BoundarySearch().Decision(ball, Bodies.Point(1, 0, 0), Bodies.Point(0, 2, 0)));
        // From outside G is positive at the start: nothing is left there.
        Assert.Null(new BoundarySearch().Pair(ball, Bodies.Point(4, 0, 0), Bodies.Point(0, 2, 0), 0, 1));
    }

    [Fact]
    public void OfSeveralCrossingsTheFirstIsTakenAndAllAreCounted()
    {
        // Class 0 inside the ball, which the way from one side leaves twice if class 1 is a slab in its middle.
        Classifier slab = Bodies.Of(2, x => 0.25 - x.Take(1, new AxisRange(0, 1)).Square());
        BoundaryPoint z = new BoundarySearch().Pair(slab, Bodies.Point(-2, 0), Bodies.Point(3, 0), 0, 1)!;
        Assert.Equal((2, true), (z.Crossings, z.IsActive));
        Assert.Equal(-0.5, ClosedForm.Doubles(z.Point)[0], 1e-5);
    }

    [Fact]
    public void APairBoundaryInsideAThirdRegionIsNotActive()
    {
        // Logits (−x, x, 5): classes 0 and 1 meet at 0, where class 2 has the largest logit.
        Classifier net = new(x => Ops.Concat([-x.Flatten().Take(1, new AxisRange(0, 1)), x.Flatten().Take(1, new AxisRange(0, 1)),
            x.Flatten().Take(1, new AxisRange(0, 1)) * 0 + 5],
            1),
            [1, 1, 2], 3, -10, 10);
        BoundaryPoint pair = new BoundarySearch().Pair(net, Bodies.Point(-8, 0), Bodies.Point(9, 0), 0, 1)!;
        Assert.False(pair.IsActive);
        Assert.Equal(0, ClosedForm.Doubles(pair.Point)[0], 1e-4);
        BoundaryPoint decision = new BoundarySearch().Decision(net, Bodies.Point(-8, 0), Bodies.Point(9, 0))!;
        Assert.Equal((0, 2, true, 1), (decision.Current, decision.Competitor, decision.IsActive, decision.Crossings));
        Assert.Equal(-5, ClosedForm.Doubles(decision.Point)[0], 1e-4);
    }

    [Fact]
    public void AStepOfTheFunctionIsNoPointWithinTolerance()
    {
        Classifier step = Bodies.Of(2,
            x => (x.Take(1, new AxisRange(0, 1)) > 1).Cast(DType.F64) * 2 - 1 + x.Take(1, new AxisRange(0, 1)) * 1e-9);
        BoundaryPoint z = new BoundarySearch().Pair(step, Bodies.Point(0, 0), Bodies.Point(3, 0), 0, 1)!;
        Assert.False(z.IsWithinTolerance);
        Assert.Equal(1, ClosedForm.Doubles(z.Point)[0], 1e-9);
    }

    [Fact]
    public void WrongCallsAreRefused()
    {
        Classifier ball = Bodies.Sphere(3, 3);
        (Tensor x, Tensor y) = (Bodies.Point(1, 0, 0), Bodies.Point(0, 9, 0));
        Assert.Equal("boundary: class 1 has no boundary with itself. Name another one.",
            Assert.Throws<ArgumentException>(() => new BoundarySearch().Pair(ball, x, y, 1, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundarySearch().Pair(ball, x, y, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundarySearch(Polish: 4).Pair(ball, x, y, 0, 1));
        Assert.Throws<ArgumentException>(() => new BoundarySearch().Pair(ball, x, Bodies.Points(2, 3), 0, 1));
    }

    private static double[] Unit(double[] v) => [.. v.Select(x => x / ClosedForm.Norm(v))];
}
