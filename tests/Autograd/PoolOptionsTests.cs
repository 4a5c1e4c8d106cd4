using Xunit;

namespace MiniGrad.Tests.Autograd;

public sealed class PoolOptionsTests
{
    [Theory]
    [InlineData(2, 4, 1, 5)]
    [InlineData(2, 0, 1, 1)]
    public void WindowWithoutPixelsIsRefused(int kernel, int side, int pad, int dilation)
    {
        Tensor x = Ops.Ones([1, 1, side, side], DType.F64);
        ArgumentException error = Assert.Throws<ArgumentException>(() => x.MaxPool(kernel, 1, pad, dilation: dilation));
        Assert.Contains("holds no pixel", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DilatedWindowFromTheBorderFindsThePixelsInside()
    {
        Tensor x = Tensor.From([1.0, 2.0, 3.0, 4.0], [1, 1, 1, 4]);
        Tensor y = x.MaxPool(new PoolOptions(1, 3, 1, 1, PadX: 1, DilationX: 2));
        Assert.Equal([4.0, 3.0], y.ToArray<double>());
    }

    /// <summary>As in PyTorch: 3 × 3 with stride 2 on 2 × 2 is one window in ceil mode, none without.</summary>
    [Fact]
    public void InCeilModeTheOnlyWindowMayHangOverTheEnd()
    {
        Tensor x = Tensor.From([1.0, 4.0, 3.0, 2.0], [1, 1, 2, 2]);

        Assert.Equal([4.0], x.MaxPool(3, stride: 2, ceilMode: true).ToArray<double>());
        Assert.Equal([2.5], x.AveragePool(3, stride: 2, ceilMode: true, countPadding: false).ToArray<double>());
        Assert.Throws<ArgumentException>(() => x.MaxPool(3, stride: 2));
        Assert.Throws<ArgumentException>(() => Ops.Ones([1, 1, 1, 1]).MaxPool(3, stride: 2, ceilMode: true));
    }

    [Fact]
    public void AveragePoolRefusesDilation() => Assert.Throws<ArgumentException>(() =>
        Ops.Ones([1, 1, 4, 4]).AveragePool(PoolOptions.Square(2, dilation: 2)));
}
