using System.Text.Json.Nodes;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>What <c>probe curvature</c> leaves in its folder is what the library measures.</summary>
public sealed class ProbeCurvatureTests : IDisposable
{
    private readonly CurvatureFolder folder = new();
    private readonly string weights;
    private readonly Classifier classifier;

    public ProbeCurvatureTests()
    {
        weights = QuickNetwork.Write(folder["tanh.safetensors"]);
        classifier = QuickNetwork.Read(weights);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LeavesItsFilesAndOneObject()
    {
        JsonObject answer = CliRun.Of(folder.Command(weights, "run", "--count 3 --samples 3 --json")).Json;
        AttackFolder run = new(folder["run"]);
        Assert.Equal(run.Summary.ToJsonString(), answer.ToJsonString());
        Assert.Equal(3, answer["count"]!.GetValue<int>());
        Assert.Equal((27, 0, 0),
            (answer["pairs"]!.GetValue<int>(), answer["singular"]!.GetValue<int>(), answer["missing"]!.GetValue<int>()));
        Assert.Equal("other-minus-current", answer["orientation"]!.GetValue<string>());
        Assert.Equal(classifier.ClassCount - 1, run.Tensor("average").Shape[1]);
        Assert.Equal(run.Lines.Average(line => line["score"]!.GetValue<double>()), answer["average_mean"]!.GetValue<double>(), 1e-12);
        Assert.Equal(run.Lines.Count(line => line["score"]!.GetValue<double>() < 0), answer["images_negative"]!.GetValue<int>());
        Assert.Equal([1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1], answer["step_sweep"]!.AsArray().Select(p => p!["step"]!.GetValue<double>()));
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(run["manifest.json"]))!;
        Assert.Equal("probe curvature", manifest["command"]!.GetValue<string>());
        Assert.Equal([0, 1, 2], manifest["identity"]!["indices"]!.AsArray().Select(i => i!.GetValue<int>()));
        Assert.Contains(manifest["command_line"]!.GetValue<string>(),
            run.Page().Descendants("pre").Single().Value, StringComparison.Ordinal);
        Assert.Equal(["What was asked", "Average curvature", "How the step matters", "How to reproduce this"],
            run.Page().Descendants("h2").Select(h => h.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--average trace")]
    [InlineData("--average hutch++ --samples 12")]
    [InlineData("--average tangents --samples 5")]
    [InlineData("--samples 7")]
    [InlineData("--method central --step 0.01 --samples 7")]
    [InlineData("--method forward --samples 7")]
    [InlineData("--method smoothed --step 0.2 --samples 2")]
    public void NumbersAreThoseOfTheLibrary(string options)
    {
        BoundaryCurvature probe = options switch
        {
            "--average trace" => new() { Average = new ExactTrace() },
            "--average hutch++ --samples 12" => new() { Average = new HutchPlusPlus(12) },
            "--average tangents --samples 5" => new() { Average = new RandomTangents(5) },
            "" => new() { Average = new Hutchinson(100) },
            "--samples 7" => new() { Average = new Hutchinson(7) },
            "--method forward --samples 7" => new() { Average = new Hutchinson(7), Hessian = HessianMethod.Forward(0.1) },
            "--method smoothed --step 0.2 --samples 2" =>
                new() { Average = new Hutchinson(2), Hessian = new SmoothedHessian(0.2, Seed: 3) },
            _ => new() { Average = new Hutchinson(7), Hessian = HessianMethod.Central(0.01) },
        };
        (AttackFolder run, string notes) = folder.Run(weights, $"--indices 5,0,17 {options} --seed 3");
        Assert.Equal("", notes);
        CurvatureFolder.AssertSame(probe.Run(classifier, CurvatureFolder.Images(5, 0, 17), run: new() { Seed = 3 }), run);
        Assert.Equal((probe.Hessian ?? HessianMethod.Exact).ToString(), run.Summary["method"]!.GetValue<string>());
        Assert.Equal(CurvatureFolder.Images(5, 0, 17).ToArray<double>(), run.Tensor("source").ToArray<double>());
        Assert.Equal([5, 0, 17], run.Tensor("indices").ToArray<int>());
        Assert.Equal([5, 0, 17], run.Lines.Select(line => line["data_index"]!.GetValue<int>()));
        int[] labels = [.. ((int[])[5, 0, 17]).Select(i => CurvatureFolder.Digits.Labels[i])];
        Assert.Equal(labels, run.Tensor("labels").ToArray<int>());
        Assert.Equal(labels, run.Lines.Select(line => line["label"]!.GetValue<int>()));
    }

    [Fact]
    public void TheWholeSpectrumLiesInTheTensors()
    {
        (AttackFolder run, _) = folder.Run(weights, "--count 1 --full");
        CurvatureResult[] results = new BoundaryCurvature { Full = new() }.Run(classifier, CurvatureFolder.Images(0));
        CurvatureFolder.AssertSame(results, run);
        Tensor principal = run.Tensor("principal");
        Assert.Equal((DType.F64, new Shape([1, 9, 783])), (principal.Type, principal.Shape));
        double[][] spectra = [.. principal.ToArray<double>().Chunk(783)];
        double[] average = run.Tensor("average").ToArray<double>();
        for (int p = 0; p < 9; p++)
        {
            Assert.Equal(results[0].Pairs[p].Principal!, spectra[p]);
            Assert.Equal(spectra[p].Order(), spectra[p]);
            Assert.Equal(spectra[p].Average(), average[p], 1e-15);
        }
        Assert.All(run.Lines[0]["asymmetry"]!.AsArray(), a => Assert.InRange(a!.GetValue<double>(), 0, 1e-10));
        CurvatureProfile[] profiles = [.. spectra.Select(CurvatureProfile.Of)];
        Assert.Equal(profiles.Average(p => p.Largest), run.Summary["largest_mean"]!.GetValue<double>(), 1e-12);
        Assert.Equal(profiles.Average(p => p.NearZeroShare), run.Summary["near_zero_share"]!.GetValue<double>(), 1e-12);
        Assert.Equal("G = f_other - f_current", CurvatureFolder.Metadata(run)["orientation"]);
        Assert.Equal(("image", "ExactHessian { Second = Forward }"),
            (CurvatureFolder.Metadata(run)["at"], CurvatureFolder.Metadata(run)["method"]));
        Assert.Contains("Principal curvatures", run.Page().Descendants("h2").Select(h => h.Value));
    }

    [Fact]
    public void TheOppositeFunctionHasTheOppositeNumbers()
    {
        int[] others = CurvatureFolder.Others(classifier, 0, 1);
        string options = $"--count 2 --full --lanczos 3 --competitors {others[1]},{others[0]}";
        (AttackFolder plain, _) = folder.Run(weights, options, "plain");
        (AttackFolder turned, _) = folder.Run(weights, options + " --orientation current-minus-other", "turned");
        CurvatureResult[] results =
            new BoundaryCurvature { Full = new(), Extremes = new(3), Frames = new(others) }.Run(classifier, CurvatureFolder.Images(0, 1));
        CurvatureFolder.AssertSame(results, plain);
        CurvatureFolder.AssertSame(results, turned, sign: -1);
        Assert.Equal("F = f_current - f_other", CurvatureFolder.Metadata(turned)["orientation"]);

        foreach ((double[] there, double[] back) in plain.Tensor("principal").ToArray<double>()
            .Chunk(783).Zip(turned.Tensor("principal").ToArray<double>().Chunk(783)))
        {
            Assert.Equal(there.Reverse().Select(v => -v), back);
        }
        for (int n = 0; n < 2; n++)
        {
            for (int p = 0; p < 2; p++)
            {
                double[] List(AttackFolder run, string key) =>
                    [.. run.Lines[n]["extremes"]![p]![key]!.AsArray().Select(v => v!.GetValue<double>())];
                Assert.Equal(results[n].Pairs[p].Extremes!.Largest, List(plain, "largest"));
                Assert.Equal(results[n].Pairs[p].Extremes!.SmallestResiduals, List(plain, "smallest_residuals"));
                Assert.Equal(List(plain, "largest").Select(v => -v), List(turned, "smallest"));
                Assert.Equal(List(plain, "smallest").Select(v => -v), List(turned, "largest"));
                Assert.Equal(List(plain, "largest_residuals"), List(turned, "smallest_residuals"));
            }
        }
        double Of(AttackFolder run, string key) => run.Summary[key]!.GetValue<double>();
        foreach (string key in (string[])["average_mean", "skewness_mean"]) Assert.Equal(-Of(plain, key), Of(turned, key), 1e-12);
        foreach (string key in (string[])["gradient_norm_mean", "frobenius_mean", "near_zero_share"])
        {
            Assert.Equal(Of(plain, key), Of(turned, key), 1e-12);
        }
        Assert.Equal((-Of(plain, "largest_mean"), -Of(plain, "smallest_mean")), (Of(turned, "smallest_mean"), Of(turned, "largest_mean")));
        Assert.Equal(turned.Tensor("principal").ToArray<double>().Average(v => v < 0 ? 1.0 : 0), Of(turned, "negative_share"), 1e-12);
        Assert.Equal(2 - Of(plain, "images_negative"), Of(turned, "images_negative"));
    }

    [Fact]
    public void ComputesInSinglePrecisionToo()
    {
        (AttackFolder run, _) = folder.Run(weights, "--count 2 --average trace --precision f32");
        double[] exact = [.. new BoundaryCurvature { Average = new ExactTrace() }
            .Run(classifier, CurvatureFolder.Images(0, 1)).SelectMany(r => r.Pairs.Select(p => p.Average))];
        double[] found = run.Tensor("average").ToArray<double>();
        Assert.Equal((DType.F32, DType.F64), (run.Tensor("source").Type, run.Tensor("average").Type));
        for (int i = 0; i < exact.Length; i++) Assert.Equal(exact[i], found[i], 1e-4);
        Assert.NotEqual(exact, found);
    }
}
