using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

public class LossCurvatureTests
{
    [Fact]
    public void OfALinearClassifierItIsThatOfTheSoftmax()
    {
        // Two classes: loss = log(1 + e^{−s}) with s = w·x, so the Hessian is p(1 − p) w wᵀ.
        double[] w = [1, -2, 0.5, 0.25];
        Classifier net = Bodies.Of(4, x => -x.MatMul(Tensor.From(w, [4, 1])));
        Tensor x = Bodies.Point(0.3, 0.1, -0.2, 0.4);
        double s = ClosedForm.Dot(w, ClosedForm.Doubles(x));
        double p = 1 / (1 + Math.Exp(-s));
        LossCurvatureResult result = new LossCurvature { Extremes = new(2, Steps: 4) }.Of(net, x, [0])[0];
        Assert.Equal(-Math.Log(p), result.Loss, 1e-12);
        Assert.Equal((1 - p) * ClosedForm.Norm(w), result.GradientNorm, 1e-12);
        Assert.Equal(p * (1 - p) * ClosedForm.Dot(w, w), result.Largest, 1e-12);
        Assert.Equal(0, result.Ends.Smallest[0], 1e-12);
    }

    [Fact]
    public void TheLeastPerturbationOfAQuadraticIsExactAlongItsSteepestDirection()
    {
        LossCurvatureResult result = new(0, 0.5, 2, new([3], [0], [0], [0], true, 1));
        double r = result.LeastPerturbation(4);
        Assert.Equal(4, 0.5 + 2 * r + 1.5 * r * r, 1e-12);
        Assert.Equal(0, result.LeastPerturbation(0.5));
        Assert.Equal(3.5 / 2, (result with { Ends = result.Ends with { Largest = [0] } }).LeastPerturbation(4), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => result.LeastPerturbation(0.4));
    }

    [Fact]
    public void TheLossCannotRiseFasterThanItsLargestEigenvalueOnAConvexLoss()
    {
        // Logits linear in x make the loss convex with eigenvalues of at most ‖w‖²/4 everywhere: the bound with that ν holds.
        double[] w = [1, -2, 0.5, 0.25];
        Classifier net = Bodies.Of(4, x => -x.MatMul(Tensor.From(w, [4, 1])));
        LossCurvatureResult at = new LossCurvature { Extremes = new(1, Steps: 4) }.Of(net, Bodies.Point(0.3, 0.1, -0.2, 0.4), [0])[0];
        LossCurvatureResult most = at with { Ends = at.Ends with { Largest = [ClosedForm.Dot(w, w) / 4] } };
        double r = most.LeastPerturbation(Math.Log(2));
        double distance = 0.3 - 0.2 - 0.1 + 0.1;
        Assert.InRange(r, 0, distance / ClosedForm.Norm(w));
    }

    [Fact]
    public void AReluNetworkHasItToo()
    {
        Classifier net = new(ModelCatalog.Create("lenet5", 3, new(), DType.F64));
        LossCurvatureResult result = new LossCurvature().Of(net, ClosedForm.Images(1, [1, 28, 28], type: DType.F64), [4])[0];
        Assert.True(result.Largest > 1e-4);
        Assert.True(result.Ends.Smallest[0] > -1e-8 * result.Largest);
    }
}
