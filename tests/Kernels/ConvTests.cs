using MiniGrad.Kernels;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Convolutions and their two adjoints against the reference, over a grid of odd sizes and options.</summary>
public class ConvTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    private static IEnumerable<ConvShape> Grid()
    {
        foreach ((int channels, int filters, int groups) in ((int, int, int)[])[(1, 1, 1), (3, 5, 1), (4, 6, 2), (3, 3, 3)])
        {
            foreach ((int height, int width) in ((int, int)[])[(1, 1), (5, 7), (9, 4), (3, 37)])
            {
                foreach ((int kernelY, int kernelX) in ((int, int)[])[(1, 1), (3, 3), (2, 5)])
                {
                    foreach ((int strideY, int strideX) in ((int, int)[])[(1, 1), (2, 1), (2, 3)])
                    {
                        foreach ((int padY, int padX) in ((int, int)[])[(0, 0), (1, 2), (3, 5)])
                        {
                            foreach ((int dilationY, int dilationX) in ((int, int)[])[(1, 1), (2, 1)])
                            {
                                ConvShape shape = new(2, channels, height, width, filters, kernelY,
                                    kernelX, strideY, strideX, padY, padX, dilationY, dilationX, groups);
                                if (height + 2 * padY > dilationY * (kernelY - 1) && width + 2 * padX > dilationX * (kernelX - 1))
                                {
                                    yield return shape;
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ForwardAndBothAdjoints(DType type)
    {
        int count = 0;
        foreach (ConvShape shape in Grid())
        {
            Check(shape, type);
            count++;
        }
        Assert.InRange(count, 500, 900);
    }

    /// <summary>More taps than one run of depth, more images than one chunk of the weight gradient, more pixels than a block.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void AcrossBlocks(DType type)
    {
        Check(new(1, 40, 6, 5, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1), type);
        Check(new(19, 2, 5, 6, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1), type);
        Check(new(1, 2, 30, 31, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1), type);
        Check(new(9, 60, 4, 4, 20, 1, 1, 1, 1, 0, 0, 1, 1, 1), type);
        Check(new(2, 2, 9, 9, 100, 3, 3, 2, 2, 1, 1, 1, 1, 1), type);
        Check(new(2, 3, 9, 14, 5, 2, 3, 2, 3, 0, 0, 1, 1, 1), type);
        Check(new(11, 3, 9, 8, 7, 4, 4, 4, 4, 0, 0, 1, 1, 1), type);
    }

    [Fact]
    public void ViewsAreReadAsTheirDenseCopies()
    {
        Tensor x = Numbers.Random([2, 6, 7, 3], DType.F32, "x").Permute(0, 3, 1, 2).Flip(2);
        Tensor w = Numbers.Random([3, 3, 3, 4], DType.F32, "w").Permute(3, 0, 2, 1);
        Tensor dense =
            Tensor.From(x.ToArray<float>(), x.Shape).Conv2d(Tensor.From(w.ToArray<float>(), w.Shape), ConvOptions.Square(pad: 1));
        Numbers.SameBits(dense, x.Conv2d(w, ConvOptions.Square(pad: 1)), "conv of views");
    }

    [Fact]
    public void AnEmptyBatchGivesAnEmptyResult()
    {
        Tensor y = Ops.Ones([0, 3, 8, 8]).Conv2d(Ops.Ones([4, 3, 3, 3]), new());
        Assert.Equal(new Shape(0, 4, 6, 6), y.Shape);
        Tensor w = Ops.Ones([4, 3, 3, 3]).Tracked();
        Tensor gradient = Gradient.Of(Ops.Ones([0, 3, 8, 8]).Conv2d(w, new()).Sum(), w);
        Assert.All(gradient.ToArray<float>(), value => Assert.Equal(0, value));
    }

    /// <summary>Sums of nothing: no channels, or no pixels but those of the border.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SumsOfNothingAreTheShift(int stride)
    {
        Tensor shift = Numbers.Random([4], DType.F32, "shift");
        foreach ((Shape image, Shape filters) in ((Shape, Shape)[])[
            ([2, 0, 5, 6], [4, 0, 3, 3]), ([2, 3, 0, 6], [4, 3, 2, 2]), ([2, 3, 5, 0], [4, 3, 2, 2]), ([2, 40, 0, 0], [4, 40, 1, 1])])
        {
            Tensor x = Ops.Ones(image).Tracked();
            Tensor w = Ops.Ones(filters).Tracked();
            Tensor y = x.Conv2d(w, ConvOptions.Square(stride, 1), shift);
            Numbers.SameBits(shift.Reshape(1, 4, 1, 1).BroadcastTo(y.Shape).Contiguous(), y, $"{image} and {filters}");
            Tensor[] gradients = Gradient.Of(y.Square().Sum(), [x, w]);
            Assert.Equal(image, gradients[0].Shape);
            Assert.All(gradients[1].ToArray<float>(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void ErrorsNameTheShapes()
    {
        string message = Assert.Throws<ArgumentException>(() => Ops.Ones([1, 3, 8, 8]).Conv2d(Ops.Ones([4, 2, 3, 3]), new())).Message;
        Assert.Contains("[1, 3, 8, 8]", message, StringComparison.Ordinal);
        Assert.Contains("[4, 2, 3, 3]", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>(() => Ops.Ones([1, 1, 2, 8]).Conv2d(Ops.Ones([1, 1, 3, 3]), new())).Message;
        Assert.Contains("larger than the padded image", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Ops.Ones([1, 1, 4, 4]).Conv2d(Ops.Ones([1, 1, 3, 3]), new(StrideY: 0)));
        Assert.Throws<ArgumentException>(() => Ops.Ones([1, 4, 4]).Conv2d(Ops.Ones([1, 1, 3, 3]), new()));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void AMaximumOfPaddingAloneIsRefused(int size, int dilation)
    {
        string message = Assert.Throws<ArgumentException>(() => Ops.Ones([1, 1, 5, size]).MaxPool(2, 1, 1, false, dilation)).Message;
        Assert.Contains("holds no pixel", message, StringComparison.Ordinal);
        Assert.Equal(new Shape(1, 1, size + 1 + 2 - dilation, size + 1 + 2 - dilation),
            Ops.Ones([1, 1, size + 1, size + 1]).MaxPool(2, 1, 1, false, dilation).Shape);
    }

    private static void Check(ConvShape s, DType type)
    {
        Backend fast = Backend.For(Device.Cpu);
        Backend slow = Backend.For(Device.Reference);
        Tensor x = Numbers.Random([s.Batch, s.Channels, s.Height, s.Width], type, "x");
        Tensor w = Numbers.Random([s.Filters, s.GroupChannels, s.KernelHeight, s.KernelWidth], type, "w");
        Tensor g = Numbers.Random([s.Batch, s.Filters, s.OutHeight, s.OutWidth], type, "g");
        Compare(g.Shape, s.Taps, "forward", (backend, a, b, y) => backend.Conv(s, a.View, b.View, default, y.View), x, w);
        Compare(x.Shape, s.GroupFilters * s.KernelHeight * s.KernelWidth, "input",
            (backend, a, b, y) => backend.ConvInput(s, a.View, b.View, default, y.View), g, w);
        Compare(w.Shape, s.Batch * s.OutPixels, "weight", (backend, a, b, y) => backend.ConvWeight(s, a.View, b.View, y.View), x, g);

        void Compare(Shape shape, int products, string what, Action<Backend, Tensor, Tensor, Tensor> kernel, Tensor a, Tensor b)
        {
            Tensor actual = Tensor.Empty(shape, type);
            kernel(fast, a, b, actual);
            Tensor expected = Tensor.Empty(shape, type, Device.Reference);
            kernel(slow, a, b, expected);
            Tensor sizes = Tensor.Empty(shape, type, Device.Reference);
            kernel(slow, Numbers.Absolute(a), Numbers.Absolute(b), sizes);
            Numbers.CloseProducts(expected, actual, sizes, products, $"{what} {type} {s}");
        }
    }
}
