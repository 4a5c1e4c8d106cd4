using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>Runs of <c>probe curvature</c> on the digits set, and what they left.</summary>
internal sealed class CurvatureFolder : IDisposable
{
    private readonly ScratchFolder folder = new();

    public static ImageDataSet Digits { get; } = DataSets.Open("digits", Split.Test);

    public string this[string name] => folder[name];

    public string[] Names => folder.Names;

    public void Dispose() => folder.Dispose();

    /// <summary>Two classes that none of some images is to a network.</summary>
    public static int[] Others(Classifier classifier, params int[] indices)
    {
        int[] own = Logits.Prediction(classifier.Logits(Images(indices)));
        return [.. Enumerable.Range(0, classifier.ClassCount).Except(own).Take(2)];
    }

    public static Tensor Images(params int[] indices) => Digits.Images(indices).Cast(DType.F64);

    /// <summary>The words of a command into a folder of that name.</summary>
    public string[] Command(string weights, string name, string options) =>
        ["probe", "curvature", "--weights", weights, "--data", "digits", "--out", folder[name], .. options.Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A run that goes well; its notes are returned with the folder.</summary>
    public (AttackFolder Run, string Notes) Run(string weights, string options, string name = "run")
    {
        CliRun run = CliRun.Of(Command(weights, name, options));
        Assert.Equal("", run.Problem);
        Assert.Equal(0, run.Code);
        AttackFolder left = new(folder[name]);
        Assert.Equal(["manifest.json", "report.html", "results.jsonl", "summary.json", "tensors.safetensors"], left.Names);
        left.Page();
        return (left, string.Concat(
            run.Error.Split('\n').Where(line => line.StartsWith("note: ", StringComparison.Ordinal)).Select(line => line + '\n')));
    }

    /// <summary>The lines, the tensors and the library say the same, to the bit.</summary>
    public static void AssertSame(CurvatureResult[] results, AttackFolder run, double sign = 1)
    {
        JsonObject[] lines = run.Lines;
        Assert.Equal(results.Length, lines.Length);
        for (int n = 0; n < lines.Length; n++)
        {
            PairCurvature[] pairs = results[n].Pairs;
            double[] List(string key) => [.. lines[n][key]!.AsArray().Select(v => v!.GetValue<double>())];
            Assert.Equal((n, results[n].Current), (lines[n]["index"]!.GetValue<int>(), lines[n]["current"]!.GetValue<int>()));
            Assert.Equal(pairs.Select(p => p.Competitor), lines[n]["competitors"]!.AsArray().Select(c => c!.GetValue<int>()));
            Assert.Equal((results[n].PiecewiseLinear, results[n].IsTied),
                (lines[n]["piecewise_linear"]!.GetValue<bool>(), lines[n]["tied"]!.GetValue<bool>()));
            Assert.Equal(sign * results[n].Score, lines[n]["score"]!.GetValue<double>());
            Assert.Equal(pairs.Select(p => sign * p.Margin), List("margin"));
            Assert.Equal(pairs.Select(p => p.GradientNorm), List("gradient_norm"));
            Assert.Equal(pairs.Select(p => sign * p.Sum), List("sum"));
            Assert.Equal(pairs.Select(p => sign * p.Average), List("average"));
            Assert.Equal(pairs.Select(p => p.StandardError), List("standard_error"));
        }
        Assert.Equal(results.Select(r => r.Current), run.Tensor("current").ToArray<int>());
        Assert.Equal(results.SelectMany(r => r.Pairs.Select(p => p.Competitor)), run.Tensor("competitors").ToArray<int>());
        foreach ((string name, Func<PairCurvature, double> value) in ((string, Func<PairCurvature, double>)[])
            [
                ("margin", p => sign * p.Margin), ("gradient_norm", p => p.GradientNorm), ("average", p => sign * p.Average),
                ("standard_error", p => p.StandardError),
            ])
        {
            Tensor tensor = run.Tensor(name);
            Assert.Equal((DType.F64, new Shape([results.Length, results[0].Pairs.Length])), (tensor.Type, tensor.Shape));
            Assert.Equal(results.SelectMany(r => r.Pairs.Select(value)), tensor.ToArray<double>());
        }
    }

    public static IReadOnlyDictionary<string, string> Metadata(AttackFolder run)
    {
        using SafetensorsFile file = SafetensorsFile.Open(run["tensors.safetensors"]);
        return file.Metadata;
    }
}
