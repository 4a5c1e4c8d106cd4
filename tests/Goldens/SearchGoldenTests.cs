using System.Text.Json;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Probes;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>FAB and Square against an independent script, step by step, in double precision and with its random words.</summary>
public sealed class SearchGoldenTests
{
    private const string FileName = "searches.jsonl";
    private const int Images = 3;
    private const int Units = 20;
    private const int Classes = 5;

    private static readonly Shape Shape = [2, 8, 9];

    public static TheoryData<string> Fabs => [.. GoldenFile.Read(FileName).Where(r => r.Name == "fab").Select(r => r.Case)];

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    public void SquareTakesTheSameSteps(string @case)
    {
        GoldenRecord record = GoldenFile.Find(FileName, "square", @case, "f64");
        double epsilon = record.Json.GetProperty("epsilon").GetDouble();
        int most = record.Json.GetProperty("queries").GetInt32();
        JsonElement[] rows = [.. record.Json.GetProperty("rows").EnumerateArray()];
        double[] weights = GoldenFormula.Values(Shape.Count, GoldenFormula.WeightPhase);
        Assert.Equal(Images, rows.Length);
        Tensor end = Clean();
        for (int queries = 1; queries <= most; queries++)
        {
            SquareAttack attack = new(@case == "l2" ? Threat.L2(epsilon) : Threat.Linf(epsilon), queries) { StopAtSuccess = false };
            AttackResult result = attack.Run(Network(), Clean(), Goal.Untargeted(Labels(record)), Labels(record));
            end = result.Output;
            double[] margins = ClosedForm.Doubles(Loss.Margin.Of(Network().Logits(end), Goal.Untargeted(Labels(record))));
            for (int i = 0; i < Images; i++)
            {
                Assert.Equal(GoldenRecord.Numbers(rows[i].GetProperty("losses"))[queries - 1], margins[i], 1e-11);
                Assert.Equal(GoldenRecord.Numbers(rows[i].GetProperty("sums"))[queries - 1],
                    ClosedForm.Dot(weights, ClosedForm.Row(end, i)), 1e-11);
                Assert.Equal((queries, 0), (result.Examples[i].Forwards, result.Examples[i].Gradients));
            }
        }
        for (int i = 0; i < Images; i++)
        {
            Close(GoldenRecord.Numbers(rows[i].GetProperty("end")), ClosedForm.Row(end, i), 1e-12);
        }
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    public void TheWordsOfTheFileAreThoseOfTheStreams(string @case)
    {
        GoldenRecord record = GoldenFile.Find(FileName, "square", @case, "f64");
        foreach ((JsonElement row, int image) in record.Json.GetProperty("rows").EnumerateArray().Select((row, i) => (row, i)))
        {
            uint[][] draws = [.. row.GetProperty("draws").EnumerateArray()
                .Select(draw => (uint[])[.. draw.EnumerateArray().Select(word => word.GetUInt32())])];
            Assert.Equal(record.Json.GetProperty("queries").GetInt32() - 1, draws.Length);
            for (int query = 0; query < draws.Length; query++)
            {
                uint[] words = new uint[draws[query].Length];
                new Rng(0).At("example").At(image).At("restart").At(0).At(query).Bits(words);
                Assert.Equal(draws[query], words);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Fabs))]
    public void FabTakesTheSameSteps(string @case)
    {
        GoldenRecord record = GoldenFile.Find(FileName, "fab", @case, "f64");
        int steps = record.Json.GetProperty("steps").GetInt32();
        int targets = record.Json.GetProperty("targets").GetInt32();
        Threat everywhere = record.Json.GetProperty("norm").GetString() switch
        {
            "l2" => Threat.L2(100),
            "linf" => Threat.Linf(100),
            _ => Threat.L1(1000),
        };
        JsonElement[] rows = [.. record.Json.GetProperty("rows").EnumerateArray()];
        // Every step looks at the point that it goes to; before the first, at the image.
        List<double[]> seen = [];
        bool hasBegun = false;
        Classifier watched = new(x =>
        {
            hasBegun |= x.IsTracked;
            if (hasBegun && !x.IsTracked) seen.Add(ClosedForm.Doubles(x));
            return Network().Logits(x);
        }, Shape, Classes);
        Fab attack = new(everywhere, steps, targets, Refine: false);
        AttackResult result = attack.Run(watched, Clean(), Goal.Untargeted(Labels(record)), Labels(record));
        double[] weights = GoldenFormula.Values(Shape.Count, GoldenFormula.WeightPhase);
        for (int i = 0; i < Images; i++)
        {
            double[] sums = GoldenRecord.Numbers(rows[i].GetProperty("sums"));
            Assert.Equal(steps * Math.Max(1, targets), sums.Length);
            for (int step = 0; step < sums.Length; step++)
            {
                Assert.Equal(sums[step], ClosedForm.Dot(weights, seen[step][(i * weights.Length)..((i + 1) * weights.Length)]), 1e-9);
            }
            double[] norms = [.. rows[i].GetProperty("norms").EnumerateArray().SelectMany(GoldenRecord.Numbers)];
            Assert.Equal(norms[^1], result.Examples[i].Nearest!.Value, 1e-10);
            Close(GoldenRecord.Numbers(rows[i].GetProperty("end")), ClosedForm.Row(result.Output, i), 1e-9);
            Assert.Equal((sums.Length, true), (result.Examples[i].Iterations, result.Examples[i].Success));
        }
        for (int few = 1; few < steps; few++)
        {
            Fab shorter = attack with { Steps = few, Targets = Math.Min(targets, 1) };
            AttackResult part = shorter.Run(Network(), Clean(), Goal.Untargeted(Labels(record)), Labels(record));
            for (int i = 0; i < Images; i++)
            {
                double norm = GoldenRecord.Numbers(rows[i].GetProperty("norms")[0])[few - 1];
                Assert.Equal(norm, part.Examples[i].Nearest ?? double.PositiveInfinity, 1e-10);
            }
        }
    }

    private static int[] Labels(GoldenRecord record) => [.. record.Json.GetProperty("labels").EnumerateArray().Select(v => v.GetInt32())];

    private static Tensor Clean() => Tensor.From(
        Array.ConvertAll(GoldenFormula.Values(Images * Shape.Count, 57, 0.8, 0.5), v => Math.Clamp(v, 0, 1)), [Images, .. Shape.ToArray()]);

    private static Classifier Network()
    {
        int size = (int)Shape.Count;
        Tensor first = Tensor.From(GoldenFormula.Values(size * Units, 41, 1.2), [size, Units]);
        Tensor second = Tensor.From(GoldenFormula.Values(Units * Classes, 42), [Units, Classes]);
        return new(x => (x.Flatten() - 0.5).MatMul(first).Tanh().MatMul(second), Shape, Classes);
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
