using FsCheck;
using FsCheck.Fluent;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>Laws that hold for every tensor. A failure prints the smallest case found and the seed that leads to it.</summary>
public class AlgebraTests
{
    /// <summary>
    /// A random tensor of up to four axes, small values, and a seed for further choices; shrinks to fewer and smaller axes.
    /// </summary>
    public sealed record Case(int[] Sizes, int Seed)
    {
        public Tensor Tensor => Numbers.Random(new(Sizes), DType.F64, "algebra" + Seed);

        public Rng Rng => new(Seed);

        public override string ToString() => $"[{string.Join(", ", Sizes)}], seed {Seed}";
    }

    private static readonly Arbitrary<Case> Cases = Arb.From(
        from rank in Gen.Choose(1, 4)
        from sizes in Gen.ArrayOf(Gen.Choose(0, 5), rank)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(sizes, seed),
        Smaller);

    private static IEnumerable<Case> Smaller(Case large)
    {
        for (int i = 0; i < large.Sizes.Length; i++)
        {
            if (large.Sizes.Length > 1) yield return large with { Sizes = [.. large.Sizes[..i], .. large.Sizes[(i + 1)..]] };
            if (large.Sizes[i] > 1)
            {
                yield return large with { Sizes = [.. large.Sizes[..i], large.Sizes[i] - 1, .. large.Sizes[(i + 1)..]] };
            }
        }
    }

    private static void Holds(Action<Case> law) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Cases, law));

    [Fact]
    public void TransposingTwiceChangesNothing() => Holds(c =>
    {
        int first = c.Rng.At(0).Below(c.Sizes.Length);
        int second = c.Rng.At(1).Below(c.Sizes.Length);
        Numbers.SameBits(c.Tensor, c.Tensor.Transpose(first, second).Transpose(first, second), "transpose");
    });

    [Fact]
    public void APermutationHasAnInverse() => Holds(c =>
    {
        int[] order = c.Rng.Permutation(c.Sizes.Length);
        int[] back = [.. Enumerable.Range(0, order.Length).Select(i => Array.IndexOf(order, i))];
        Numbers.SameBits(c.Tensor, c.Tensor.Permute(order).Permute(back), "permute");
        Numbers.SameBits(c.Tensor.Permute(order).Contiguous(), c.Tensor.Permute(order), "contiguous");
    });

    [Fact]
    public void ReshapeGoesBack() => Holds(c =>
    {
        Tensor flipped = c.Tensor.Flip(0).Transpose(0, -1);
        Numbers.SameBits(flipped, flipped.Reshape(new Shape((int)flipped.Count)).Reshape(flipped.Shape), "reshape");
    });

    [Fact]
    public void AxesMayBeSummedInAnyOrder() => Holds(c =>
    {
        Tensor rest = c.Tensor;
        foreach (int axis in c.Rng.Permutation(c.Sizes.Length)) rest = rest.Sum(axis, keepDims: true);
        double bound = 1e-15 * (1 + c.Tensor.Count);
        Assert.Equal(c.Tensor.Sum().Item(), rest.Item(), bound);
        Assert.Equal(c.Tensor.Sum().Item(), c.Tensor.Permute(c.Rng.Permutation(c.Sizes.Length)).Sum().Item(), bound);
    });

    [Fact]
    public void SummingABroadcastScales() => Holds(c =>
    {
        int copies = 1 + c.Rng.Below(5);
        Tensor sum = c.Tensor.BroadcastTo(new([copies, .. c.Sizes])).Sum(0);
        Numbers.Close(c.Tensor * copies, sum, _ => 1e-15 * copies, "sum of a broadcast");
    });

    /// <summary>⟨slice(x), u⟩ = ⟨x, embed(u)⟩, and slicing what was embedded gives it back.</summary>
    [Fact]
    public void SliceAndEmbedAreAdjoint() => Holds(c =>
    {
        AxisRange[] region = [.. c.Sizes.Select((size, axis) => Range(size, c.Rng.At(axis)))];
        Tensor cut = new Slice(c.Tensor.Shape, region).Apply(c.Tensor);
        Tensor u = Numbers.Random(cut.Shape, DType.F64, "u" + c.Seed);
        Tensor embedded = new Embed(c.Tensor.Shape, region).Apply(u);
        Assert.Equal((cut * u).Sum().Item(), (c.Tensor * embedded).Sum().Item(), 1e-15 * (1 + c.Tensor.Count));
        Numbers.SameBits(u, new Slice(c.Tensor.Shape, region).Apply(embedded), "slice of an embedding");
    });

    [Fact]
    public void ConcatenatingTheTwoPartsOfASplitGivesTheWhole() => Holds(c =>
    {
        int axis = c.Rng.At("axis").Below(c.Sizes.Length);
        int cut = c.Rng.At("cut").Below(c.Sizes[axis] + 1);
        Tensor whole = Ops.Concat([c.Tensor.Slice(axis, 0, cut), c.Tensor.Slice(axis, cut)], axis);
        Numbers.SameBits(c.Tensor, whole, "concat");
    });

    [Fact]
    public void ProductsDistributeAndTranspose() => Holds(c =>
    {
        int k = c.Sizes[^1];
        Tensor a = c.Tensor.Reshape(new Shape(k == 0 ? 0 : (int)(c.Tensor.Count / k), k));
        Tensor b = Numbers.Random([k, 3], DType.F64, "b" + c.Seed);
        Tensor d = Numbers.Random([k, 3], DType.F64, "d" + c.Seed);
        double bound = 1e-15 * (2 + 4 * k);
        Numbers.Close(a.MatMul(b + d), a.MatMul(b) + a.MatMul(d), _ => bound, "distributive law");
        Numbers.Close(a.MatMul(b).Transpose(), b.Transpose().MatMul(a.Transpose()), _ => bound, "transpose of a product");
    });

    [Fact]
    public void MaximumAndMinimumAreDual() => Holds(c =>
    {
        Tensor other = c.Tensor.Flip(0);
        Numbers.SameBits(-(-c.Tensor).Minimum(-other), c.Tensor.Maximum(other), "duality");
        Numbers.SameBits(c.Tensor + other, c.Tensor.Maximum(other) + c.Tensor.Minimum(other), "max + min = a + b");
    });

    /// <summary>The gradient is linear: of a sum it is the sum, of a multiple the multiple.</summary>
    [Fact]
    public void TheGradientIsLinear() => Holds(c =>
    {
        Tensor f(Tensor x) => x.Tanh().Sum();
        Tensor g(Tensor x) => x.Square().Sum() * 3;
        Tensor both = Gradient.Of(x => f(x) * 2 + g(x), c.Tensor);
        Numbers.Close(Gradient.Of(f, c.Tensor) * 2 + Gradient.Of(g, c.Tensor), both, _ => 1e-14, "linearity");
    });

    /// <summary>A random part of an axis, with any step.</summary>
    private static AxisRange Range(int size, Rng rng)
    {
        if (size == 0) return new(0, 0);
        int start = rng.At("start").Below(size);
        int step = 1 + rng.At("step").Below(3);
        bool backwards = rng.At("direction").Below(2) == 1;
        int room = backwards ? start / step : (size - 1 - start) / step;
        return new(start, rng.At("count").Below(room + 2), backwards ? -step : step);
    }
}
