using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The projection onto a hyperplane within the box, against all ways in which pixels may be at its sides.</summary>
public class BoxProjectionTests
{
    private const int Cases = 400;

    public static TheoryData<string> Norms => ["L2", "Linf", "L1"];

    [Theory]
    [MemberData(nameof(Norms))]
    public void InThreeDimensionsItIsTheShortestOfAll(string norm)
    {
        (int met, int missed) = (0, 0);
        for (int n = 0; n < Cases; n++)
        {
            (double[] x, double[] w, double value) = Draw(n, 3, reach: 1.3);
            double[] step = new double[3];
            bool isMet = BoxProjection.Step(Ball(norm), x, w, value, (0, 1), step);
            double[]? best = Shortest(norm, x, w, value);
            Assert.Equal(best is not null, isMet);
            AssertInside(x, step);
            if (best is null)
            {
                missed++;
                double[] corner = [.. x.Select((v, i) => w[i] == 0 ? 0 : (-value * w[i] > 0 ? 1.0 : 0) - v)];
                for (int i = 0; i < 3; i++) Assert.Equal(corner[i], step[i], 1e-15);
                continue;
            }
            met++;
            Assert.Equal(0, value + ClosedForm.Dot(w, step), 1e-12);
            Assert.Equal(Length(norm, best), Length(norm, step), 1e-12);
            Assert.Equal(Length(norm, step), BoxProjection.Length(Ball(norm), step), 1e-15);
        }
        Assert.True(met > Cases / 2 && missed > Cases / 20, $"{met} met, {missed} missed");
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void WhereItLeadsThereIsNothingLeftToDo(string norm)
    {
        for (int n = 0; n < 50; n++)
        {
            (double[] x, double[] w, double value) = Draw(n, 300, reach: 0.9);
            double[] step = new double[300];
            Assert.True(BoxProjection.Step(Ball(norm), x, w, value, (0, 1), step));
            AssertInside(x, step);
            double left = value + ClosedForm.Dot(w, step);
            Assert.Equal(0, left, 1e-11);
            double[] there = [.. x.Zip(step, (a, b) => Math.Clamp(a + b, 0, 1))];
            double[] more = new double[300];
            BoxProjection.Step(Ball(norm), there, w, left, (0, 1), more);
            Assert.Equal(0, Length(norm, more), 1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void WithRoomTheLengthIsThatOfTheDualNorm(string norm)
    {
        for (int n = 0; n < 50; n++)
        {
            (_, double[] w, _) = Draw(n, 40, reach: 1);
            double[] step = new double[40];
            Assert.True(BoxProjection.Step(Ball(norm), new double[40], w, 0.03, (-1, 1), step));
            double dual = norm == "L2" ? ClosedForm.Norm(w) : norm == "Linf" ? w.Sum(Math.Abs) : w.Max(Math.Abs);
            Assert.Equal(0.03 / dual, Length(norm, step), 1e-15);
        }
    }

    [Fact]
    public void NothingMovesOnTheHyperplaneOrWithoutANormal()
    {
        double[] step = [9, 9];
        Assert.True(BoxProjection.Step(Threat.L2(1), [0.5, 0.5], [1, 2], 0, (0, 1), step));
        Assert.Equal([0, 0], step);
        step = [9, 9];
        Assert.False(BoxProjection.Step(Threat.L1(1), [0.5, 0.5], [0, 0], 1, (0, 1), step));
        Assert.Equal([0, 0], step);
    }

    /// <summary>A point with some pixels at the sides of the box, a normal with some zeros, and a value that may be out of reach.</summary>
    private static (double[] X, double[] W, double Value) Draw(int number, int size, double reach)
    {
        Rng rng = new Rng(17).At(number);
        double[] x = [.. Enumerable.Range(0, size).Select(i => Math.Clamp(1.4 * rng.At("x").At(i).Uniform() - 0.2, 0, 1))];
        double[] w = [.. rng.At("w").Normal(size).Select((v, i) => rng.At("zero").At(i).Uniform() < 0.1 ? 0 : v)];
        double side = rng.At("side").Uniform() < 0.5 ? -1 : 1;
        double most = x.Select((v, i) => -side * w[i] > 0 ? Math.Abs(w[i]) * (1 - v) : Math.Abs(w[i]) * v).Sum();
        return (x, w, side * reach * rng.At("value").Uniform() * (most + 1e-3));
    }

    /// <summary>
    /// The shortest step of those in which each pixel is at one side of the box, does not move, moves freely (by the conditions of an
    /// L2 minimum) or by the same amount as others (L∞); in L1 one pixel at most stops between. None where the box has no such point.
    /// </summary>
    private static double[]? Shortest(string norm, double[] x, double[] w, double value)
    {
        double[]? best = null;
        for (int code = 0; code < 64; code++)
        {
            int[] kinds = [code % 4, code / 4 % 4, code / 16];
            double[] step = [.. kinds.Select((kind, i) => kind == 0 ? -x[i] : kind == 1 ? 1 - x[i] : 0)];
            int[] free = [.. Enumerable.Range(0, 3).Where(i => kinds[i] == 3)];
            if (norm == "L1" && free.Length > 1) continue;
            double rest = value + ClosedForm.Dot(w, step);
            double slope = free.Sum(i => norm == "Linf" ? Math.Abs(w[i]) : w[i] * w[i]);
            if (free.Length > 0 && slope == 0) continue;
            foreach (int i in free) step[i] = -rest / slope * (norm == "Linf" ? Math.Sign(w[i]) : w[i]);
            bool isThere = Math.Abs(value + ClosedForm.Dot(w, step)) < 1e-12;
            bool isInside = !step.Where((d, i) => x[i] + d is < -1e-12 or > 1 + 1e-12).Any();
            if (isThere && isInside && (best is null || Length(norm, step) < Length(norm, best))) best = step;
        }
        return best;
    }

    private static void AssertInside(double[] x, double[] step)
    {
        for (int i = 0; i < x.Length; i++) Assert.InRange(x[i] + step[i], -1e-15, 1 + 1e-15);
    }

    private static double Length(string norm, double[] step) =>
        norm == "L2" ? ClosedForm.Norm(step) : norm == "Linf" ? step.Max(Math.Abs) : step.Sum(Math.Abs);

    private static Threat Ball(string norm) => norm == "L2" ? Threat.L2(1) : norm == "Linf" ? Threat.Linf(1) : Threat.L1(1);
}
