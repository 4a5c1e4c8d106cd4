using System.Text.Json;
using MiniGrad.Formats;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Tests.Goldens;
using Xunit;

namespace MiniGrad.Tests.Probes.Curvature;

/// <summary>The shipped tanh LeNet-5 in double against PyTorch's double backward and NumPy's eigenvalues.</summary>
public class CurvatureGoldenTests
{
    private const double Relative = 1e-9;

    private static readonly JsonElement Golden = GoldenFile.Read("curvature.jsonl")[0].Json;

    private static readonly Tensor Image = Tensor.From([.. Enumerable.Range(0, 784).Select(k => 37 * k % 101 / 101.0)], [1, 1, 28, 28]);

    private static readonly Tensor Direction = Tensor.From(
        [.. Enumerable.Range(0, 784).Select(k => 53 * k % 97 / 97.0 - 0.5)], [1, 1, 28, 28]);

    public static Classifier TanhLeNet() => new(ModelCatalog.Load("lenet5-tanh", Weights, type: DType.F64));

    private static string Weights => ShippedWeights.Locate("lenet5-tanh-mnist");

    [Fact]
    public void TheWeightsAreThoseOfTheGolden() => Assert.Equal(Golden.GetProperty("weights_sha256").GetString(), FileHash.Sha256(Weights));

    [Theory]
    [InlineData(nameof(SecondWalk.Forward))]
    [InlineData(nameof(SecondWalk.Backward))]
    public void HessianProductsAreThoseOfPyTorch(string second)
    {
        Classifier net = TanhLeNet();
        HessianMethod method = new ExactHessian(Enum.Parse<SecondWalk>(second));
        Near(Numbers("logits"), ClosedForm.Doubles(net.Logits(Image)), "logits");
        Near(Numbers("quadratic"), ClosedForm.Doubles(method.Quadratic(net, Image, Direction)), "vHv");
        double[] every = ClosedForm.Doubles(method.EveryClass(net, Image, Direction));
        foreach (JsonProperty product in Golden.GetProperty("products").EnumerateObject())
        {
            int c = int.Parse(product.Name, System.Globalization.CultureInfo.InvariantCulture);
            double[] expected = GoldenRecord.Numbers(product.Value);
            Near(expected, every[(c * 784)..((c + 1) * 784)], $"H v of class {c}");
            Near(expected, ClosedForm.Doubles(method.At(net, Image, Ops.OneHot([c], 10, DType.F64, Device.Cpu)).Times(Direction)),
                $"H v of class {c}, kept");
        }
    }

    [Fact]
    public void PrincipalCurvaturesAreThoseOfNumPy()
    {
        CurvatureResult result = new BoundaryCurvature { Full = new(), Extremes = new(5, Steps: 120) }.Run(TanhLeNet(), Image)[0];
        Assert.Equal(Golden.GetProperty("current").GetInt32(), result.Current);
        Assert.Equal(9, result.Pairs.Length);
        foreach ((PairCurvature pair, JsonElement golden) in result.Pairs.Zip(Golden.GetProperty("pairs").EnumerateArray()))
        {
            Assert.Equal(golden.GetProperty("competitor").GetInt32(), pair.Competitor);
            double[] smallest = GoldenRecord.Numbers(golden.GetProperty("smallest"));
            double[] largest = GoldenRecord.Numbers(golden.GetProperty("largest"));
            Near([golden.GetProperty("gradient_norm").GetDouble(),
                golden.GetProperty("sum").GetDouble(), golden.GetProperty("frobenius").GetDouble()],
                [pair.GradientNorm, pair.Sum, CurvatureProfile.Of(pair.Principal!).FrobeniusNorm], "norms");
            Near(smallest, pair.Principal![..5], "smallest");
            Near(largest, pair.Principal![^5..], "largest");
            Near(smallest, pair.Extremes!.Smallest, "Lanczos, smallest");
            Near([.. largest.Reverse()], pair.Extremes!.Largest, "Lanczos, largest");
        }
    }

    private static double[] Numbers(string name) => GoldenRecord.Numbers(Golden.GetProperty(name));

    private static void Near(double[] expected, double[] actual, string what)
    {
        double scale = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Relative * scale,
                $"{what}: element {i} is {actual[i]:R}, PyTorch says {expected[i]:R}");
        }
    }
}
