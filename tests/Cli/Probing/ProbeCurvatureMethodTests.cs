using System.Text.Json.Nodes;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>Networks with kinks, points on the boundary, and images without a geometry.</summary>
public sealed class ProbeCurvatureMethodTests : IDisposable
{
    private readonly CurvatureFolder folder = new();
    private readonly string weights;

    public ProbeCurvatureMethodTests() => weights = QuickNetwork.Write(folder["relu.safetensors"], smooth: false);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheShippedNetworkIsMeasuredByDifferences()
    {
        (AttackFolder run, string notes) = folder.Run("lenet5-digits", "--count 1");
        Assert.Equal(
            "note: lenet5 is piecewise linear: using differences of step 0.1. The values depend on the step; see the report.\n", notes);
        CurvatureResult[] results = new BoundaryCurvature { Average = new ExactTrace(), Hessian = HessianMethod.Central(0.1) }
            .Run(new Classifier(ModelCatalog.Load("lenet5", AttackFolder.Weights, type: DType.F64)), CurvatureFolder.Images(0));
        CurvatureFolder.AssertSame(results, run);
        Assert.False(results[0].PiecewiseLinear);
        Assert.NotEqual(0, results[0].Score);
        Assert.Equal("digits", run.Summary["data"]!.GetValue<string>());
    }

    [Fact]
    public void SamplesAcrossKinksAreSaidToBeAnotherQuantity()
    {
        (AttackFolder run, string notes) = folder.Run(weights, "--count 2 --samples 4 --method central");
        Assert.StartsWith("note: sampled: differences across kinks", notes, StringComparison.Ordinal);
        Assert.Equal(notes, $"note: {Assert.Single(run.Summary["warnings"]!.AsArray())!.GetValue<string>()}\n");
        BoundaryCurvature probe = new() { Average = new Hutchinson(4), Hessian = HessianMethod.Central(0.1) };
        CurvatureFolder.AssertSame(probe.Run(QuickNetwork.Read(weights), CurvatureFolder.Images(0, 1)), run);
    }

    [Fact]
    public void ExactDerivativesOfKinksAreZeroAndSaidOnce()
    {
        int[] others = CurvatureFolder.Others(QuickNetwork.Read(weights), 0);
        (AttackFolder run, string notes) = folder.Run(weights,
            $"--count 1 --method exact --full --competitors {others[0]},{others[1]} --orientation current-minus-other");
        Assert.Equal("piecewise linear",
            Assert.Single(notes.TrimEnd('\n').Split('\n'))["note: test-quick-relu is ".Length..].Split(':')[0]);
        Assert.True(run.Lines[0]["piecewise_linear"]!.GetValue<bool>());
        Assert.All(run.Tensor("average").ToArray<double>().Concat(run.Tensor("principal").ToArray<double>()), k => Assert.Equal(0, k));
        Assert.StartsWith("piecewise linear: ",
            Assert.Single(run.Summary["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(run.Tensor("gradient_norm").ToArray<double>(), norm => Assert.True(norm > 0.1));
    }

    [Fact]
    public void SoftplusIsAnotherNetwork()
    {
        (AttackFolder run, string notes) = folder.Run(weights, "--count 2 --average trace --softplus 10");
        Assert.Equal("", notes);
        Activation softplus = Activation.Softplus(10);
        Classifier smooth = QuickNetwork.Read(weights, softplus);
        CurvatureResult[] results = new BoundaryCurvature { Average = new ExactTrace() }.Run(smooth, CurvatureFolder.Images(0, 1));
        CurvatureFolder.AssertSame(results, run);
        Assert.False(results[0].PiecewiseLinear);
        Assert.NotEqual(0, results[0].Score);
        JsonObject summary = run.Summary;
        Assert.Equal((softplus.Name, 1000), (summary["softplus"]!.GetValue<string>(), summary["correct_of"]!.GetValue<int>()));
        int[] labels = CurvatureFolder.Digits.Labels[..1000];
        int Right(Classifier net) => Logits.Prediction(net.Logits(CurvatureFolder.Digits.Images(0, 1000).Cast(DType.F64)))
            .Zip(labels).Count(p => p.First == p.Second);
        Assert.Equal((Right(QuickNetwork.Read(weights)), Right(smooth)),
            (summary["correct_before"]!.GetValue<int>(), summary["correct_with_softplus"]!.GetValue<int>()));
        Assert.Contains(run.Page().Descendants("p"), p => p.Value.Contains($"{Right(smooth)} of 1000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--orientation current-minus-other")]
    public void BoundaryPointsLieOnTheBoundary(string options)
    {
        string tanh = QuickNetwork.Write(folder["tanh.safetensors"]);
        Classifier net = QuickNetwork.Read(tanh);
        (AttackFolder run, _) = folder.Run(tanh, $"--count 3 --at boundary --average trace {options}");
        Assert.Equal("boundary", CurvatureFolder.Metadata(run)["at"]);
        Tensor points = run.Tensor("point");
        Assert.Equal(run.Tensor("source").Shape, points.Shape);
        Tensor images = CurvatureFolder.Images(0, 1, 2);
        int[] own = Logits.Prediction(net.Logits(images));
        // A point belongs to the class on either side, so the class before is given.
        BoundaryCurvature probe = new() { Average = new ExactTrace(), Frames = new(AllowForeignLabel: true, AllowOutsideBox: true) };
        CurvatureResult[] results = probe.Run(net, points, own);
        CurvatureFolder.AssertSame(results, run, options.Length == 0 ? 1 : -1);
        for (int n = 0; n < 3; n++)
        {
            double[] away = (points - images).TakeIndices(0, [n]).ToArray<double>();
            double distance = Math.Sqrt(away.Sum(v => v * v));
            PairCurvature nearest = results[n].Pairs.MaxBy(p => p.Margin)!;
            Assert.Equal(distance, run.Lines[n]["boundary"]!["distance"]!.GetValue<double>(), 1e-12);
            Assert.Equal(nearest.Competitor, run.Lines[n]["boundary"]!["competitor"]!.GetValue<int>());
            Assert.True(
                run.Lines[n]["boundary"]!["active"]!.GetValue<bool>() && run.Lines[n]["boundary"]!["within_tolerance"]!.GetValue<bool>());
            Assert.InRange(run.Lines[n]["boundary"]!["crossings"]!.GetValue<int>(), 1, 64);
            Assert.InRange(Math.Abs(nearest.Margin), 0, 1e-5);
            Assert.True(distance > 0.01);
            // DeepFool's point is nearly the nearest one, so the way there is nearly the normal.
            double[] gradient = new BoundaryFrames([nearest.Competitor], true, AllowOutsideBox: true)
                .Of(net, points.TakeIndices(0, [n]), [own[n]])[0].Pairs[0].Gradient;
            double cosine = gradient.Zip(away, (g, a) => g * a).Sum() / (nearest.GradientNorm * distance);
            Assert.Equal(Math.Acos(cosine) * 180 / Math.PI, run.Lines[n]["boundary"]!["angle_degrees"]!.GetValue<double>(), 1e-5);
            Assert.InRange(cosine, 0.5, 1);
        }
    }

    [Fact]
    public void ImagesWithoutALevelSetAreCounted()
    {
        string level = QuickNetwork.Write(folder["level.safetensors"], slope: 0);
        (AttackFolder run, string notes) = folder.Run(level, "--count 2 --samples 3");
        Assert.Contains("singular: 18 of 18 pairs", notes, StringComparison.Ordinal);
        Assert.Equal((0, 18), (run.Summary["pairs"]!.GetValue<int>(), run.Summary["singular"]!.GetValue<int>()));
        Assert.Null(run.Summary["average_mean"]);
        Assert.Null(run.Lines[0]["score"]);
        Assert.All(run.Lines[1]["average"]!.AsArray(), Assert.Null);
        Assert.All(run.Tensor("average").ToArray<double>(), k => Assert.Equal(double.NaN, k));
        Assert.Equal("curvature: none of 2 images has a result", run.Summary["text"]!.GetValue<string>());
    }

    [Fact]
    public void ImagesWithoutABoundaryAreMissing()
    {
        string level = QuickNetwork.Write(folder["level.safetensors"], slope: 0);
        string[] command = [.. folder.Command(level, "run", "--count 2 --samples 3 --at boundary"), "--json"];
        CliRun run = CliRun.Of(command);
        Assert.Equal(6, run.Code);
        Assert.Equal("minigrad: 2 of 2 images have no boundary that DeepFool finds.", run.Problem);
        AttackFolder left = new(folder["run"]);
        left.Page();
        Assert.All(left.Lines, line => Assert.Equal("DeepFool found no boundary", line["missing"]!.GetValue<string>()));
        Assert.Equal((2, 0), (left.Summary["missing"]!.GetValue<int>(), left.Summary["pairs"]!.GetValue<int>()));
        CliRun again = CliRun.Of([.. command, "--resume"]);
        Assert.Equal((6, run.Out), (again.Code, again.Out));
    }
}
