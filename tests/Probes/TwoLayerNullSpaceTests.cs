using MiniGrad.Probes.NullSpaces;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>One-step null space of random two-layer networks.</summary>
public class TwoLayerNullSpaceTests
{
    private const int Inputs = 40;
    private const int Classes = 4;

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(30)]
    public void FlipFreeKeepsTheLogitsAndTheSideOfEveryUnit(int units)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Case c = new(seed, units);
            NullSpaceStep step = c.Network.Find(c.Source, c.Target);
            Assert.InRange(step.LogitError, 0, 1e-10);
            double[] moved = [.. c.Source.Zip(step.Step, (s, d) => s + d)];
            Assert.Equal(c.Logits(c.Source), step.LogitsBefore, (a, b) => Math.Abs(a - b) < 1e-10);
            Assert.Equal(c.Logits(moved), step.LogitsAfter, (a, b) => Math.Abs(a - b) < 1e-10);
            (double[] before, double[] after) = (c.Hidden(c.Source), c.Hidden(moved));
            for (int i = 0; i < units; i++)
            {
                Assert.True(before[i] > 0 ? after[i] >= -1e-12 : after[i] <= 1e-12, $"seed {seed}: unit {i} crossed");
            }
            Assert.All(c.ActiveRows(), row => Assert.InRange(Math.Abs(ClosedForm.Dot(row, step.Step)),
                0, 1e-10 * ClosedForm.Norm(row) * ClosedForm.Norm(c.Wanted)));
            Assert.True(step.HasFreedom);
            Assert.InRange(step.StepRatio, 1e-3, 1);
            Assert.Equal(ClosedForm.Norm(step.Step) / ClosedForm.Norm(c.Wanted), step.StepRatio, 1e-12);
            Assert.InRange(step.Rank, 0, Classes + step.Held);
            // A projection of v: what was taken away is orthogonal to what is left.
            Assert.Equal(ClosedForm.Dot(step.Step, step.Step), ClosedForm.Dot(step.Step, c.Wanted), 1e-9);
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(2)]
    public void FixedHoldsTheUnitsNearTheirKink(double threshold)
    {
        Case c = new(1, 15);
        NullSpaceStep step = c.Network.Find(c.Source, c.Target, new KinkRule.Fixed(threshold));
        int[] held = [.. Enumerable.Range(0, 15).Where(i => Math.Abs(c.Hidden(c.Source)[i]) <= threshold)];
        Assert.NotEmpty(held);
        Assert.Equal(held.Length, step.Held);
        double[][] m = [.. c.ActiveRows(), .. held.Select(i => c.W1[i])];
        Assert.All(m,
            row => Assert.InRange(Math.Abs(ClosedForm.Dot(row, step.Step)), 0, 1e-10 * ClosedForm.Norm(row) * ClosedForm.Norm(c.Wanted)));
        int loose = Enumerable.Range(0, 15).Except(held).Count(i => c.Hidden(c.Source)[i] > 0);
        Assert.Equal(held.Length + Math.Min(Classes, loose), step.Rank);
        // Nearest to v among all d with M d = 0.
        OrthonormalRows rows = new(Inputs);
        foreach (double[] row in m) rows.Add(row);
        double nearest = ClosedForm.Norm(ClosedForm.Minus(c.Wanted, step.Step));
        for (int k = 0; k < 100; k++)
        {
            double[] nudge = rows.NullPart([.. new Rng(50).At(k).Normal(Inputs).Select(v => 0.1 * v)]);
            double[] other = [.. step.Step.Zip(nudge, (a, b) => a + b)];
            Assert.True(ClosedForm.Norm(ClosedForm.Minus(c.Wanted, other)) >= nearest);
        }
    }

    [Fact]
    public void CertifiedHoldsEveryUnitThatCouldCross()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Case c = new(seed, 15);
            double[] near = [.. c.Source.Zip(c.Wanted, (s, d) => s + 0.15 * d)];
            NullSpaceStep step = c.Network.Find(c.Source, near, new KinkRule.Certified());
            double reach = 0.15 * ClosedForm.Norm(c.Wanted);
            int expected = Enumerable.Range(0, 15).Count(i => Math.Abs(c.Hidden(c.Source)[i]) <= ClosedForm.Norm(c.W1[i]) * reach);
            Assert.InRange(expected, 1, 14);
            Assert.Equal(expected, step.Held);
            Assert.InRange(step.LogitError, 0, 1e-10);
        }
    }

    [Fact]
    public void DuplicateUnitsChangeNothing()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Case c = new(seed, 10);
            double[][] split = [.. c.W2.Select(row => (double[])[.. row.Select(v => v / 2), .. row.Select(v => v / 2)])];
            TwoLayerNullSpace twice = Case.Build([.. c.W1, .. c.W1], [.. c.B1, .. c.B1], split, c.B2);
            foreach (KinkRule rule in (KinkRule[])[new KinkRule.FlipFree(), new KinkRule.Fixed(1)])
            {
                NullSpaceStep once = c.Network.Find(c.Source, c.Target, rule);
                NullSpaceStep doubled = twice.Find(c.Source, c.Target, rule);
                Assert.Equal(once.Rank, doubled.Rank);
                Assert.Equal(2 * once.Held, doubled.Held);
                for (int i = 0; i < Inputs; i++) Assert.Equal(once.Step[i], doubled.Step[i], 1e-9);
            }
        }
    }

    [Fact]
    public void EqualClassesLowerTheRank()
    {
        Case c = new(3, 10);
        TwoLayerNullSpace network = Case.Build(c.W1, c.B1, [c.W2[0], c.W2[0], c.W2[1], c.W2[0]], c.B2);
        NullSpaceStep step = network.Find(c.Source, c.Target, new KinkRule.Fixed(0));
        Assert.Equal((2, 0), (step.Rank, step.Held));
        NullSpaceStep free = network.Find(c.Source, c.Target);
        Assert.InRange(free.LogitError, 0, 1e-10);
    }

    [Fact]
    public void MoreHeldUnitsThanInputsLeaveNoFreedom()
    {
        Case c = new(4, 60);
        NullSpaceStep step = c.Network.Find(c.Source, c.Target, new KinkRule.Fixed(1e9));
        Assert.False(step.HasFreedom);
        Assert.Equal((Inputs, 60, 0.0), (step.Rank, step.Held, step.StepRatio));
        Assert.All(step.Step, v => Assert.Equal(0, v));
        Assert.Equal(0, step.LogitError);
    }

    [Fact]
    public void SoftmaxShiftKeepsProbabilitiesAndFreesADimension()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Case c = new(seed, 30);
            NullSpaceStep free = c.Network.Find(c.Source, c.Target, softmaxShift: true);
            double[] shifts = [.. free.LogitsAfter.Zip(free.LogitsBefore, (a, b) => a - b)];
            Assert.All(shifts, shift => Assert.Equal(shifts[0], shift, 1e-9));
            Assert.InRange(Math.Abs(shifts[0]), 1e-3, double.MaxValue);
            NullSpaceStep logits = c.Network.Find(c.Source, c.Target, new KinkRule.Fixed(0));
            NullSpaceStep shifted = c.Network.Find(c.Source, c.Target, new KinkRule.Fixed(0), softmaxShift: true);
            Assert.Equal((Classes, Classes - 1), (logits.Rank, shifted.Rank));
            Assert.True(shifted.StepRatio >= logits.StepRatio);
        }
    }

    [Fact]
    public void NoMoveIsNoFreedom()
    {
        Case c = new(5, 10);
        NullSpaceStep step = c.Network.Find(c.Source, c.Source);
        Assert.Equal((false, 0.0, 0.0), (step.HasFreedom, step.StepRatio, step.LogitError));
    }

    [Fact]
    public void ShapesThatMakeNoNetworkAreRefused()
    {
        Tensor Zeros(params int[] shape) => Ops.Zeros(new Shape(shape), DType.F64);
        void Refused(string value, Action make) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
        Refused("[0, 4]", () => _ = new TwoLayerNullSpace(Zeros(0, 4), Zeros(0), Zeros(3, 0), Zeros(3)));
        Refused("[1, 5]", () => _ = new TwoLayerNullSpace(Zeros(5, 4), Zeros(5), Zeros(1, 5), Zeros(1)));
        Refused("[3, 6]", () => _ = new TwoLayerNullSpace(Zeros(5, 4), Zeros(5), Zeros(3, 6), Zeros(3)));
        Refused("[5]", () => _ = new TwoLayerNullSpace(Zeros(5), Zeros(5), Zeros(3, 5), Zeros(3)));
        TwoLayerNullSpace network = new(Zeros(5, 4), Zeros(5), Zeros(3, 5), Zeros(3));
        Refused("3 and 4 pixels, expected 4", () => network.Find(new double[3], new double[4]));
    }

    private sealed class Case
    {
        public Case(int seed, int units)
        {
            Rng rng = new Rng(seed).At("two-layer case");
            W1 = [.. Enumerable.Range(0, units).Select(i => rng.At("w1").At(i).Normal(Inputs))];
            B1 = rng.At("b1").Normal(units);
            W2 = [.. Enumerable.Range(0, Classes).Select(i => rng.At("w2").At(i).Normal(units))];
            B2 = rng.At("b2").Normal(Classes);
            Source = Array.ConvertAll(rng.At("source").Uniform(Inputs), v => (double)v);
            Target = Array.ConvertAll(rng.At("target").Uniform(Inputs), v => (double)v);
            Network = Build(W1, B1, W2, B2);
        }

        public double[][] W1 { get; }

        public double[] B1 { get; }

        public double[][] W2 { get; }

        public double[] B2 { get; }

        public double[] Source { get; }

        public double[] Target { get; }

        public TwoLayerNullSpace Network { get; }

        public double[] Wanted => ClosedForm.Minus(Target, Source);

        public static TwoLayerNullSpace Build(double[][] w1, double[] b1, double[][] w2, double[] b2) => new(
            Tensor.From(w1.SelectMany(row => row).ToArray(), [w1.Length, Inputs]), Tensor.From(b1),
            Tensor.From(w2.SelectMany(row => row).ToArray(), [w2.Length, w1.Length]), Tensor.From(b2));

        public double[] Hidden(double[] x) => [.. W1.Zip(B1, (row, bias) => ClosedForm.Dot(row, x) + bias)];

        public double[] Logits(double[] x)
        {
            double[] active = Array.ConvertAll(Hidden(x), a => Math.Max(0, a));
            return [.. W2.Zip(B2, (row, bias) => ClosedForm.Dot(row, active) + bias)];
        }

        /// <summary>The rows of W2⁺ W1⁺ at the source.</summary>
        public double[][] ActiveRows()
        {
            double[] hidden = Hidden(Source);
            return [.. W2.Select(row => (double[])[.. Enumerable.Range(0, Inputs)
                .Select(j => Enumerable.Range(0, hidden.Length).Where(i => hidden[i] > 0).Sum(i => row[i] * W1[i][j]))])];
        }
    }
}
