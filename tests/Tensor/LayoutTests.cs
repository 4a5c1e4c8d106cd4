using Xunit;

namespace MiniGrad.Tests;

/// <summary>Shapes and the rules of views, against brute force.</summary>
public class LayoutTests
{
    /// <summary>
    /// Random chains of permute, slice, flip and broadcast, read under random other shapes: a view, when given, names
    /// the same elements in the same order; when refused, no strides would.
    /// </summary>
    [Fact]
    public void ReshapeAgreesWithBruteForce()
    {
        int views = 0;
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            Layout layout = RandomLayout(new Rng(41).At(round));
            int[] elements = Places(layout);
            Shape target = RandomShape(new Rng(42).At(round), elements.Length);
            bool possible = Linear(elements, target);
            bool given = layout.TryReshape(target, out Layout result);
            Assert.True(given == possible,
                $"round {round}: {layout.Shape} at {string.Join(", ", elements)} to {target}: given {given}, possible {possible}");
            if (!given)
            {
                refused++;
                continue;
            }
            views++;
            Assert.Equal(target, result.Shape);
            Assert.Equal(elements, Places(result));
        }
        Assert.True(views > 3000 && refused > 3000, $"{views} views, {refused} refused");
    }

    [Fact]
    public void NothingCanBeTransposed()
    {
        for (int round = 0; round < 60; round++)
        {
            int[] order = new Rng(43).At(round).Permutation(4);
            Tensor x = Tensor.Empty(round % 2 == 0 ? [0, 2, 4, 4] : [3, 2, 0, 4], DType.F32).Permute(order);
            Assert.Equal((x.Shape, 0), (x.Contiguous().Shape, x.Contiguous().ToArray<float>().Length));
        }
    }

    [Fact]
    public void ContiguityIsWhatItSays()
    {
        for (int round = 0; round < 5000; round++)
        {
            Layout layout = RandomLayout(new Rng(43).At(round));
            int[] places = Places(layout);
            bool dense = true;
            for (int i = 0; i < places.Length; i++) dense &= places[i] == layout.Offset + i;
            Assert.Equal(dense, layout.IsContiguous);
        }
    }

    [Fact]
    public void ValuesFollowTheLayout()
    {
        for (int round = 0; round < 2000; round++)
        {
            Layout layout = RandomLayout(new Rng(44).At(round));
            int[] places = Places(layout);
            int[] memory = [.. Enumerable.Range(0, 1 + places.DefaultIfEmpty(0).Max())];
            Tensor whole = Tensor.From(memory);
            Assert.Equal(places, new Tensor(whole.Storage, layout).ToArray<int>());
            Assert.Equal(places, new Tensor(whole.Storage, layout).Contiguous().ToArray<int>());
        }
    }

    [Theory]
    [InlineData(0, null, 1, "0123456")]
    [InlineData(2, 5, 1, "234")]
    [InlineData(-3, null, 1, "456")]
    [InlineData(0, -1, 1, "012345")]
    [InlineData(1, null, 3, "14")]
    [InlineData(-1, null, -1, "6543210")]
    [InlineData(5, 1, -2, "53")]
    [InlineData(100, null, -1, "6543210")]
    [InlineData(5, 2, 1, "")]
    [InlineData(7, null, 1, "")]
    [InlineData(-100, 3, 2, "02")]
    public void SlicesAreThoseOfPython(int start, int? stop, int step, string expected) =>
        Assert.Equal(expected, string.Concat(Tensor.From(0, 1, 2, 3, 4, 5, 6).Slice(0, start, stop, step).ToArray<int>()));

    [Fact]
    public void ErrorsNameTheShapes()
    {
        string message = Fail(() => Ops.Ones([2, 3]) + Ops.Ones([4, 3, 4]));
        Assert.Equal("add: shapes [2, 3] and [4, 3, 4] do not broadcast: 3 against 4 in axis -1. Reshape one side.", message);
        Assert.Contains("[2, 3]", Fail(() => Ops.Ones([2, 3]).BroadcastTo([2, 4])), StringComparison.Ordinal);
        Assert.Contains("[2, 4]", Fail(() => Ops.Ones([2, 3]).BroadcastTo([2, 4])), StringComparison.Ordinal);
        Assert.Contains("more axes", Fail(() => Ops.Ones([2, 3]).BroadcastTo([3])), StringComparison.Ordinal);
        Assert.Equal("reshape: [2, 3] holds 6 elements, [4, 2] needs 8.", Fail(() => Ops.Ones([2, 3]).Reshape(4, 2)));
        Assert.Equal("reshape: [2, 3] does not divide into [4, -1].", Fail(() => Ops.Ones([2, 3]).Reshape(4, -1)));
        Assert.Contains("[2, 3] and [2, 4] differ",
            Fail(() => Ops.Concat([Ops.Ones([2, 4]), Ops.Ones([2, 3])], 0)), StringComparison.Ordinal);
        Assert.Contains("named twice", Fail(() => Ops.Ones([2, 3]).Permute(0, -2)), StringComparison.Ordinal);
        Assert.Contains("2 axes", Fail(() => Ops.Ones([2, 3]).Sum(2)), StringComparison.Ordinal);
        Assert.Contains("negative", Fail(() => Ops.Ones([2, -3])), StringComparison.Ordinal);
        Assert.Contains("9 axes", Fail(() => Ops.Ones([1, 1, 1, 1, 1, 1, 1, 1, 1])), StringComparison.Ordinal);
        Assert.Contains("5 values for shape [2, 3]", Fail(() => Tensor.From(new float[5], [2, 3])), StringComparison.Ordinal);
        Assert.Contains("holds F32, asked for F64",
            Assert.ThrowsAny<ArgumentException>(() => Ops.Ones([2]).ToArray<double>()).Message, StringComparison.Ordinal);
        Assert.Contains("axis 1 of [2, 3] is not of size 1", Fail(() => Ops.Ones([2, 3]).Squeeze(1)), StringComparison.Ordinal);
    }

    private static string Fail(Func<Tensor> action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    /// <summary>The place in memory of every element, in row-major order.</summary>
    private static int[] Places(Layout layout)
    {
        int[] places = new int[layout.Shape.Count];
        for (int i = 0; i < places.Length; i++)
        {
            long at = layout.Offset;
            int rest = i;
            for (int axis = layout.Shape.Rank - 1; axis >= 0; axis--)
            {
                at += rest % layout.Shape[axis] * layout.Stride(axis);
                rest /= layout.Shape[axis];
            }
            places[i] = (int)at;
        }
        return places;
    }

    /// <summary>Whether strides exist that read these places under a shape: each axis must step evenly everywhere.</summary>
    private static bool Linear(int[] places, Shape shape)
    {
        int inner = places.Length;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int block = inner;
            inner /= Math.Max(1, shape[axis]);
            if (shape[axis] < 2) continue;
            int stride = places[inner] - places[0];
            for (int i = 0; i < places.Length; i++)
            {
                if (i % block + inner < block && places[i + inner] - places[i] != stride) return false;
            }
        }
        return true;
    }

    private static Layout RandomLayout(Rng rng)
    {
        int rank = 1 + rng.At("rank").Below(4);
        Layout layout = Layout.Contiguous(new([.. Enumerable.Range(0, rank).Select(i => 1 + rng.At("size").At(i).Below(4))]));
        for (int step = rng.At("steps").Below(4); step > 0; step--)
        {
            Rng draw = rng.At(step);
            int axis = draw.At("axis").Below(rank);
            int size = layout.Shape[axis];
            switch (draw.At("kind").Below(4))
            {
                case 0: layout = layout.Permute(draw.Permutation(rank)); break;
                case 1: layout = layout.Slice(axis, size - 1, size, -1); break;
                case 2: layout = layout.Slice(axis, size / 3, (size - size / 3 + 1) / 2, 2); break;
                default: if (size == 1) layout = layout.BroadcastTo(layout.Shape.With(axis, 3)); break;
            }
        }
        return layout;
    }

    /// <summary>A shape of that many elements, with some axes of size 1.</summary>
    private static Shape RandomShape(Rng rng, int count)
    {
        List<int> sizes = [];
        for (int i = 0; count > 1; i++)
        {
            int[] divisors = [.. Enumerable.Range(2, count - 1).Where(d => count % d == 0)];
            int size = divisors[rng.At(i).Below(divisors.Length)];
            sizes.Add(size);
            count /= size;
        }
        for (int i = rng.At("ones").Below(3); i > 0; i--) sizes.Insert(rng.At("place").At(i).Below(sizes.Count + 1), 1);
        return new([.. sizes]);
    }
}
