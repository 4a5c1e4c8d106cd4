using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

public class HessianMethodTests
{
    private static readonly HessianMethod[] Smooth =
        [HessianMethod.Exact, new ExactHessian(SecondWalk.Backward), HessianMethod.Central(1e-5), HessianMethod.Forward(1e-7)];

    [Fact]
    public void EveryMethodGivesTheSameProducts()
    {
        (Classifier net, Tensor x, Tensor v) = (Bodies.Smooth(7, 3), Bodies.Points(4, 7), Bodies.Points(4, 7, 9));
        foreach (HessianMethod method in Smooth)
        {
            double tolerance = method is ExactHessian ? 1e-12 : 1e-6;
            Tensor every = method.EveryClass(net, x, v);
            Assert.Equal(new Shape(4, 3, 1, 1, 7), every.Shape);
            double[] quadratic = ClosedForm.Doubles(method.Quadratic(net, x, v));
            for (int c = 0; c < 3; c++)
            {
                Tensor product = Hessian.Times(image => net.Logits(image).Take(1, new AxisRange(c, 1)).Sum(), x, v);
                Tensor seed = Ops.OneHot([c, c, c, c], 3, DType.F64, Device.Cpu);
                LocalHessian local = method.At(net, x, seed);
                Near(product, every.Take(1, new AxisRange(c, 1)), tolerance);
                Near(product, local.Times(v), tolerance);
                Near(local.Gradient, HessianMethod.Gradient(net, x, seed), 1e-13);
                for (int n = 0; n < 4; n++)
                {
                    Assert.Equal(ClosedForm.Dot(ClosedForm.Row(product, n), ClosedForm.Row(v, n)), quadratic[n * 3 + c], 20 * tolerance);
                }
            }
        }
    }

    [Fact]
    public void ExactProductsAreSymmetricAndAgreeWithDifferencesOnTheTanhLeNet()
    {
        Network net = ModelCatalog.Create("lenet5-tanh", 3, new(), DType.F64);
        Classifier classifier = new(net);
        Tensor x = ClosedForm.Images(1, [1, 28, 28], type: DType.F64);
        (Tensor u, Tensor v) = (Tensor.From(new Rng(1).Normal(784), [1, 1, 28, 28]), Tensor.From(new Rng(2).Normal(784), [1, 1, 28, 28]));
        Tensor weights = Tensor.From([0.0, 0, 1, 0, 0, 0, -1, 0, 0, 0], [1, 10]);
        (Tensor hu, Tensor hv) =
            (HessianMethod.Exact.At(classifier, x, weights).Times(u), HessianMethod.Exact.At(classifier, x, weights).Times(v));
        double scale = Math.Sqrt(ClosedForm.Norm(ClosedForm.Doubles(hu)) * ClosedForm.Norm(ClosedForm.Doubles(hv)));
        Assert.Equal(ClosedForm.Dot(ClosedForm.Doubles(u), ClosedForm.Doubles(hv)) / scale,
            ClosedForm.Dot(ClosedForm.Doubles(v), ClosedForm.Doubles(hu)) / scale, 1e-10);
        double[] central = ClosedForm.Doubles(HessianMethod.Central(1e-5).At(classifier, x, weights).Times(v));
        double error = ClosedForm.Norm(ClosedForm.Minus(central, ClosedForm.Doubles(hv))) / ClosedForm.Norm(central);
        Assert.True(error <= 1e-6, $"relative error {error}");
        Assert.False(HessianMethod.Exact.IsBlindTo(classifier));
    }

    [Fact]
    public void OneImageServesAllDirections()
    {
        (Classifier net, Tensor x, Tensor v) = (Bodies.Smooth(7, 3), Bodies.Points(1, 7), Bodies.Points(5, 7, 9));
        Tensor copies = x.BroadcastTo(v.Shape).Contiguous();
        foreach (HessianMethod method in (HessianMethod[])[.. Smooth, new SmoothedHessian(0.1, 8)])
        {
            Near(method.EveryClass(net, copies, v), method.EveryClass(net, x, v), 1e-12);
            Near(method.Quadratic(net, copies, v), method.Quadratic(net, x, v), 1e-12);
        }
        Assert.Throws<ArgumentException>(() => HessianMethod.Exact.EveryClass(net, Bodies.Points(2, 7), v));
    }

    [Fact]
    public void TheStepIsADistanceWhateverTheLengthOfV()
    {
        (Classifier net, Tensor x, Tensor v) = (Bodies.Smooth(7, 3), Bodies.Points(1, 7), Bodies.Points(1, 7, 9));
        Near(HessianMethod.Central(0.3).EveryClass(net, x, v) * 50, HessianMethod.Central(0.3).EveryClass(net, x, v * 50), 1e-9);
        Near(v * 0, HessianMethod.Central().At(net, x, Ops.OneHot([0], 3, DType.F64, Device.Cpu)).Times(v * 0), 0);
    }

    [Fact]
    public void OfAPiecewiseLinearNetworkTheExactHessianIsZeroAndSaysSo()
    {
        Network net = ModelCatalog.Create("lenet5", 3, new(), DType.F64);
        Classifier classifier = new(net);
        Assert.True(HessianMethod.Exact.IsBlindTo(classifier));
        Assert.False(HessianMethod.Central().IsBlindTo(classifier));
        Assert.IsType<DifferenceHessian>(HessianMethod.Usual(classifier));
        Tensor x = ClosedForm.Images(1, [1, 28, 28], type: DType.F64);
        Tensor v = Tensor.From(new Rng(2).Normal(784), [1, 1, 28, 28]);
        Assert.All(ClosedForm.Doubles(HessianMethod.Exact.EveryClass(classifier, x, v)), value => Assert.Equal(0, value));
        Assert.All(ClosedForm.Doubles(HessianMethod.Exact.Quadratic(classifier, x, v)), value => Assert.Equal(0, value));
        CurvatureResult result = new BoundaryCurvature { Hessian = HessianMethod.Exact }.Run(classifier, x)[0];
        Assert.True(result.PiecewiseLinear);
        Assert.All(result.Pairs, pair => Assert.Equal((0.0, 0.0), (pair.Average, pair.StandardError)));
        Assert.False(new BoundaryCurvature().Run(classifier, x)[0].PiecewiseLinear);
    }

    [Fact]
    public void ASmoothActivationInPlaceOfReluHasCurvature()
    {
        Network relu = ModelCatalog.Create("lenet5", 3, new(), DType.F64);
        Dictionary<string, Tensor> weights = relu.Parameters.ToDictionary(p => p.Name, p => p.Value);
        Classifier smooth = new(ModelCatalog.Load("lenet5", weights, new() { Activation = Activation.Softplus(10) }, DType.F64));
        Assert.False(smooth.IsPiecewiseLinear);
        Tensor x = ClosedForm.Images(1, [1, 28, 28], type: DType.F64);
        Tensor v = Tensor.From(new Rng(2).Normal(784), [1, 1, 28, 28]);
        Tensor exact = HessianMethod.Exact.EveryClass(smooth, x, v);
        Assert.True(ClosedForm.Norm(ClosedForm.Doubles(exact)) > 1e-3);
        double[] central = ClosedForm.Doubles(HessianMethod.Central(1e-5).EveryClass(smooth, x, v));
        Assert.True(ClosedForm.Norm(ClosedForm.Minus(central, ClosedForm.Doubles(exact))) <= 1e-5 * ClosedForm.Norm(central));
    }

    [Fact]
    public void TheSmoothedHessianOfAReluIsTheGaussianOfItsMargin()
    {
        // f = (relu(w·x + b), 0): E over x + σu has Hessian w wᵀ φ(m/s)/s with m = w·x + b and s = σ‖w‖.
        double[] w = [1, -2, 0.5, 0.25];
        Classifier net = new(
            x => Ops.Concat([(x.Flatten().MatMul(Tensor.From(w, [4, 1])) + 0.1).Relu(), x.Flatten().MatMul(Tensor.From(w, [4, 1])) * 0], 1),
            [1, 1, 4], 2, -10, 10)
        {
            IsPiecewiseLinear = true,
        };
        Tensor image = Bodies.Point(0.1, 0.05, -0.1, 0.2);
        Tensor v = Bodies.Point(0.3, -1, 0.7, 0.4);
        (double margin, double deviation) = (0.1 + 0.1 - 0.1 - 0.05 + 0.05, 0.2 * ClosedForm.Norm(w));
        double density = Math.Exp(-margin * margin / (2 * deviation * deviation)) / (deviation * Math.Sqrt(2 * Math.PI));
        double along = ClosedForm.Dot(w, ClosedForm.Doubles(v));
        SmoothedHessian method = new(0.2, 20_000);
        double[] every = ClosedForm.Doubles(method.EveryClass(net, image, v));
        for (int k = 0; k < 4; k++) Assert.Equal(w[k] * along * density, every[k], 0.15);
        Assert.Equal(along * along * density, ClosedForm.Doubles(method.Quadratic(net, image, v))[0], 0.2);
        // Exact for any number of samples.
        SmoothedHessian few = method with { Samples = 500 };
        Near(few.EveryClass(net, image, v).Take(1, new AxisRange(0, 1)),
            few.At(net, image, Tensor.From([1.0, 0], [1, 2])).Times(v), 1e-9);
    }

    [Fact]
    public void WrongSettingsAreRefused()
    {
        foreach (double step in (double[])[0, -0.1, double.NaN, double.PositiveInfinity])
        {
            Assert.Equal($"hessian: step {step} must be positive and finite. The usual one is 0.1.",
                Assert.Throws<ArgumentOutOfRangeException>(() => HessianMethod.Central(step).Check()).Message);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmoothedHessian(0).Check());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmoothedHessian(0.1, 1).Check());
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        double[] error = ClosedForm.Minus(ClosedForm.Doubles(expected), ClosedForm.Doubles(actual));
        Assert.True(error.Max(Math.Abs) <= tolerance, $"off by {error.Max(Math.Abs)}, {tolerance} is allowed");
    }
}
