using MiniGrad.Nn;
using MiniGrad.Tests.Goldens;
using Xunit;

namespace MiniGrad.Tests.Nn.Networks;

/// <summary>Curvature probes ask a network whether it is piecewise linear, and differentiate it twice where it is not.</summary>
public sealed class SecondDerivativeTests
{
    [Theory]
    [InlineData("resnet2b")]
    [InlineData("cnn-kw-deep")]
    [InlineData("mobilenet-v1-0.25")]
    public void OfPiecewiseLinearLogitsTheyAreZero(string name)
    {
        (Network network, Tensor x, Tensor v) = Made(name);

        Assert.True(network.IsPiecewiseLinear);
        Assert.Contains(Gradient.Of(image => Logit(network, image), x).ToArray<double>(), value => Math.Abs(value) > 1e-3);
        Assert.All(Hessian.Times(image => Logit(network, image), x, v).ToArray<double>(), value => Assert.Equal(0, value));
    }

    /// <summary>Also of attention between ReLUs. The tolerance is a hundred times what rounding leaves of a difference.</summary>
    [Theory]
    [InlineData("vit-7-64-2")]
    [InlineData("vnncomp-vit-3-3-8")]
    [InlineData("cct-4-3x1")]
    public void OfTransformersTheyAreDifferencesOfGradients(string name)
    {
        (Network network, Tensor x, Tensor v) = Made(name);
        Tensor slope(double step) => Gradient.Of(image => Logit(network, image), x + step * v);
        // Short enough to pass no tie among the 400 000 comparisons of a convolution and a pool; gradients round at 1e-16.
        const double step = 1e-6;
        double[] differences = ((slope(step) - slope(-step)) * (0.5 / step)).ToArray<double>();

        Assert.False(network.IsPiecewiseLinear);
        Assert.Contains(differences, value => Math.Abs(value) > 1e-4);
        GoldenAssert.Close("forward over reverse", differences, Hessian.Times(image => Logit(network, image), x, v), 1e-7);
        GoldenAssert.Close("reverse over reverse", differences, Hessian.TimesByReverse(image => Logit(network, image), x, v), 1e-7);
    }

    private static Tensor Logit(Network network, Tensor image) => network.Forward(image).At(1, 3).Sum();

    private static (Network Network, Tensor Image, Tensor Direction) Made(string name)
    {
        Network network = ModelCatalog.Create(name, 1, new() { Image = name == "vit-7-64-2" ? [1, 28, 28] : [3, 32, 32] }, DType.F64);
        GoldenWeights.Fill(network);
        Shape shape = [1, .. network.InputShape.ToArray()];
        return (network, GoldenWeights.Tensor("image 0", shape, 0.5, 0.5, DType.F64),
            GoldenWeights.Tensor("direction", shape, 0, 1, DType.F64));
    }
}
