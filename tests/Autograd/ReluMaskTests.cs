using Xunit;

namespace MiniGrad.Tests.Autograd;

public sealed class ReluMaskTests
{
    [Fact]
    public void ClosedGateStopsAnInfiniteGradient()
    {
        Tensor x = Tensor.From(-1.0, 0.0, 1.0, double.NaN).Tracked();
        double[] seed = [double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, 2];
        Assert.Equal([0.0, 0.0, double.PositiveInfinity, 2.0], Gradient.Of(x.Relu(), x, Tensor.From(seed)).ToArray<double>());
    }
}
