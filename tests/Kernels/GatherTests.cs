using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Gathers and scatters over layouts, and positions that do not exist.</summary>
public class GatherTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryLayoutOfValuesAndIndices(DType type)
    {
        foreach ((string name, Tensor x) in Numbers.Layouts(6, 9, type, -1, 1))
        {
            foreach (int axis in (ReadOnlySpan<int>)[0, 1])
            {
                int size = x.Shape[axis];
                foreach (Tensor index in (Tensor[])[
                    Index([6, 9], size), Index([9, 6], size).Transpose(), Index([6, 18], size).Slice(1, 0, null, 2).Flip(0)])
                {
                    Tensor reference = index.To(Device.Reference);
                    Numbers.SameBits(x.To(Device.Reference).Gather(axis, reference), x.Gather(axis, index), $"gather {name}");
                    // The order of additions is that of the positions in both; the reference adds in double and rounds once.
                    Tensor expected = x.To(Device.Reference).ScatterAdd(axis, reference, size + 2);
                    double[] sizes = Numbers.Doubles(Numbers.Absolute(x.To(Device.Reference)).ScatterAdd(axis, reference, size + 2));
                    Numbers.Close(expected, x.ScatterAdd(axis, index, size + 2),
                        i => size * Numbers.Epsilon(type) * sizes[i], $"scatter-add {name}");
                }
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void ABadPositionIsNamed(int position)
    {
        foreach (Device device in (ReadOnlySpan<Device>)[Device.Cpu, Device.Reference])
        {
            Tensor x = Ops.Ones([3, 2], device: device);
            Tensor index = Tensor.From([0, 1, 2, position], [2, 2], device);
            Assert.Contains($"gather: index {position} is outside 0 to 2", Fail(() => x.Gather(0, index)), StringComparison.Ordinal);
            Assert.Contains($"scatter-add: index {position} is outside 0 to 2",
                Fail(() => x.Slice(0, 0, 2).ScatterAdd(0, index, 3)), StringComparison.Ordinal);
            Assert.Contains($"index {position} is outside 0 to 2", Fail(() => x.TakeIndices(0, [1, position])), StringComparison.Ordinal);
        }
    }

    /// <summary>The loop is split over threads: the error of a worker reaches the caller.</summary>
    [Fact]
    public void ABadPositionInALargeLoopIsNamed()
    {
        int[] positions = new int[1 << 19];
        positions[300_001] = 7;
        Tensor x = Ops.Ones([1 << 16, 8]);
        Assert.Contains("index 7 is outside 0 to 6",
            Fail(() => x.Slice(1, 0, 7).Gather(1, Tensor.From(positions, [1 << 16, 8]))), StringComparison.Ordinal);
        Assert.Equal(1 << 19, x.Gather(1, Tensor.From(positions, [1 << 16, 8])).Sum().Item());
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        string message = Assert.Throws<ArgumentException>(() => Ops.Ones([3, 2]).Gather(0, Tensor.From(new int[3], [1, 3]))).Message;
        Assert.Contains("[1, 3]", message, StringComparison.Ordinal);
        Assert.Contains("[3, 2]", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>(() => Ops.Ones([3]).Gather(0, Ops.Ones([3]))).Message;
        Assert.Contains("index holds F32, needs I32", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentOutOfRangeException>(() => Ops.Ones([2, 3]).CrossEntropy([1, 3])).Message;
        Assert.Contains("label 3 of example 1 is outside 0 to 2", message, StringComparison.Ordinal);
    }

    private static string Fail(Func<Tensor> action) => Assert.Throws<ArgumentOutOfRangeException>(action).Message;

    private static Tensor Index(Shape shape, int size)
    {
        Rng rng = new(3);
        return Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(i => rng.At(i).Below(size))], shape);
    }
}
