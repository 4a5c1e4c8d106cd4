using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Tests.Cli;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>The whole study on two small networks: its report, its tables, and that it goes on where it was stopped.</summary>
public sealed class CurvatureStudyTests : IDisposable
{
    private const int PerClass = 30;

    private static readonly CurvaturePreset Tiny = new("tiny", Spectra: 3, Subject: 0, PerClass,
        Seeds: 2, FurtherSeeds: 1, Boundary: 5, new Hutchinson(10), Crafting: 10, Agreement: 2, []);
    private static readonly CurvatureSubject[] Subjects = [StudySubjects.Smooth, StudySubjects.Kinked];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheReportHasAllFiguresAndTheTablesTheirNumbers()
    {
        JsonObject summary = Run();
        AttackFolder study = new(folder["study"]);
        Assert.Equal(
        [
            "The study's numbers and ours", "Boundaries cut through (figure 2)",
            "Principal and average curvatures (figures 3 and 4)", "Telling perturbed images (figure 5)", "Every perturbation",
            "Finding the former class (figure 6)", "Exact derivatives and differences",
            "Before and after, and on the boundary", "Straightening the loss: CURE", "How to reproduce this",
        ], study.Page().Descendants("h2").Select(h => h.Value));
        Assert.Equal(summary.ToJsonString(), study.Summary.ToJsonString());
        foreach (CurvatureSubject subject in Subjects)
        {
            string[] tables = [.. study.Names.Where(name => name.EndsWith($"-{subject.Key}.csv", StringComparison.Ordinal))];
            string[] expected =
            [
                $"boundary-{subject.Key}.csv", $"figure-3-{subject.Key}.csv", $"figure-4-{subject.Key}.csv", $"figure-6-{subject.Key}.csv",
                $"paired-{subject.Key}.csv", $"profile-{subject.Key}.csv", $"steps-{subject.Key}.csv",
            ];
            Assert.Equal(subject == StudySubjects.Smooth
                ? [.. expected.Append($"methods-{subject.Key}.csv").Order(StringComparer.Ordinal)]
                : expected,
                tables);
            Assert.Equal(7, study.Names.Count(name => name.StartsWith($"figure-5-{subject.Key}-", StringComparison.Ordinal)));
            AssertTables(study, subject, Network(summary, subject));
        }
        Assert.Empty(Directory.GetFiles(folder["study"], "part-*", SearchOption.AllDirectories));
        using SafetensorsFile file = SafetensorsFile.Open(study["tensors.safetensors"]);
        foreach (string name in file.Names)
        {
            Assert.StartsWith("section_sign/", name, StringComparison.Ordinal);
            Assert.Equal([-1, 0, 1], file.Read(name).ToArray<int>().Distinct().Append(0).Distinct().Order());
        }
        Assert.NotEmpty(file.Names);
    }

    [Fact]
    public void AStudyThatLostItsSummaryTakesItsPartsAsTheyAre()
    {
        JsonObject former = Run();
        string natural = Path.Combine(folder["study"], "smooth", "natural-0", "results.jsonl");
        // A number that only a reader of the old part can know.
        string[] lines = File.ReadAllLines(natural);
        JsonObject line = JsonNode.Parse(lines[0])!.AsObject();
        for (int p = 0; p < 3; p++) line["average"]![p] = -1e6;
        File.WriteAllLines(natural, [line.ToJsonString(), .. lines[1..]]);
        DateTime[] written = Written("smooth/pgd-0", "kinked/universal-2-0", "kinked/at-boundary");
        File.Delete(Path.Combine(folder["study"], "summary.json"));

        JsonObject again = Run(resume: true);
        Assert.True(again["resumed"]!.GetValue<bool>());
        Assert.Equal(written, Written("smooth/pgd-0", "kinked/universal-2-0", "kinked/at-boundary"));
        Assert.True(Network(again, StudySubjects.Smooth)["natural_score_mean"]!.GetValue<double>() < -1e4);
        Assert.Equal(Network(former, StudySubjects.Kinked).ToJsonString(), Network(again, StudySubjects.Kinked).ToJsonString());
    }

    [Fact]
    public void AStoppedStudyGoesOnToTheSameNumbers()
    {
        JsonObject whole = Run();
        Directory.Delete(folder["study"], recursive: true);
        using CancellationTokenSource stop = new();
        Classifier watched = new(
            x =>
            {
                // In the middle of the second repetition's PGD images.
                if (Directory.Exists(Path.Combine(folder["study"], "smooth", "pgd-1"))) stop.Cancel();
                return StudySubjects.Smooth.Classifier.Logits(x);
            }, [1, 5, 5], StudySubjects.Classes);
        CurvatureSubject stopping = StudySubjects.Smooth with { Classifier = watched };
        Assert.ThrowsAny<OperationCanceledException>(() => Run(subjects: [stopping, StudySubjects.Kinked], cancellation: stop.Token));
        Assert.False(File.Exists(Path.Combine(folder["study"], "summary.json")));
        Assert.InRange(File.ReadAllLines(Path.Combine(folder["study"], "smooth", "pgd-1", "results.jsonl")).Length, 1, PerClass - 1);
        JsonObject again = Run(resume: true);
        Assert.Equal(whole["networks"]!.ToJsonString(), again["networks"]!.ToJsonString());
    }

    private static void AssertTables(AttackFolder study, CurvatureSubject subject, JsonObject network)
    {
        (string[] names, double[][] spectra) = Table(study, $"figure-3-{subject.Key}.csv");
        // A class name with a comma is quoted.
        Assert.Equal("rank,square,\"a,b\",long,mean", string.Join(',', names));
        Assert.Equal(StudySubjects.Pixels - 1, spectra.Length);
        CurvatureResult[] results = new BoundaryCurvature { Full = new(), Hessian = subject.Method }
            .Run(subject.Classifier, subject.Images(subject.PredictedAs(0, Tiny.Spectra)));
        for (int k = 0; k < spectra.Length; k++)
        {
            Assert.Equal(k + 1, spectra[k][0]);
            for (int p = 0; p < 3; p++) Assert.Equal(results.Average(r => r.Pairs[p].Principal![k]), spectra[k][p + 1], 1e-12);
            Assert.Equal(spectra[k][1..4].Average(), spectra[k][4], 1e-12);
        }
        double[][] averages = Table(study, $"figure-4-{subject.Key}.csv").Rows;
        Assert.Equal(subject.PredictedAs(0, Tiny.Spectra).Select(i => (double)i), averages.Select(row => row[0]));
        Assert.Equal(results.SelectMany(r => r.Pairs.Select(p => p.Average)), averages.SelectMany(row => row[1..]));

        JsonObject[] detection = [.. network["detection"]!.AsArray().Select(d => d!.AsObject())];
        Assert.Equal(14, detection.Length);
        foreach (JsonObject all in detection.Where(d => !d["successful_only"]!.GetValue<bool>()))
        {
            string key = all["perturbation"]!.GetValue<string>();
            double[][] curve = Table(study, $"figure-5-{subject.Key}-{key}.csv").Rows;
            Assert.Equal((0.0, 0.0, 1.0, 1.0), (curve[0][1], curve[0][2], curve[^1][1], curve[^1][2]));
            double area = Enumerable.Range(1, curve.Length - 1)
                .Sum(k => (curve[k][1] - curve[k - 1][1]) * (curve[k][2] + curve[k - 1][2]) / 2);
            Assert.Equal(area, all["auc"]!.GetValue<double>(), 1e-12);
            Assert.Equal(PerClass * (key == "pgd" ? Tiny.Seeds : 1), all["images"]!.GetValue<int>());
            Assert.Equal(key == "pgd" ? 2 : 1, all["auc_by_repetition"]!.AsArray().Count);
            Assert.InRange(all["study_protocol_accuracy"]!.GetValue<double>(), 0.5, 1);
            JsonObject only = detection.Single(d => d["successful_only"]!.GetValue<bool>() && d["perturbation"]!.GetValue<string>() == key);
            Assert.Equal(all["changed"]!.GetValue<int>(), only["changed"]!.GetValue<int>());
            if (key == "deepfool-x1.02") Assert.Equal(PerClass, all["changed"]!.GetValue<int>());
        }
        double[][] paired = Table(study, $"paired-{subject.Key}.csv").Rows;
        Assert.Equal(PerClass, paired.Length);
        double[][] boundary = Table(study, $"boundary-{subject.Key}.csv").Rows;
        Assert.InRange(boundary.Length, 1, Tiny.Boundary);
        Assert.Equal(boundary.Average(row => row[0]), network["towards_nearest_class_at_image"]!.GetValue<double>(), 1e-12);
        Assert.Equal(boundary.Average(row => row[1]), network["towards_nearest_class_at_boundary"]!.GetValue<double>(), 1e-12);
        Assert.Equal(boundary.Average(row => row[1] < 0 ? 1.0 : 0), network["boundary_negative_share"]!.GetValue<double>(), 1e-12);
        double[] natural = [.. File.ReadLines(Path.Combine(study[subject.Key], "natural-0", "results.jsonl"))
            .Select(line => JsonNode.Parse(line)!["score"]!.GetValue<double>())];
        Assert.Equal(PerClass, natural.Length);
        Assert.Equal(natural.Average(), network["natural_score_mean"]!.GetValue<double>(), 1e-12);
        Assert.Equal((240, 30), (network["test_images"]!.GetValue<int>(), network["test_images_wrong"]!.GetValue<int>()));
        Assert.Equal(StudySubjects.Pixels - 1, Table(study, $"profile-{subject.Key}.csv").Rows.Length);
    }

    private JsonObject Run(bool resume = false, CurvatureSubject[]? subjects = null, CancellationToken cancellation = default)
    {
        Session session = new(TextWriter.Null, TextWriter.Null, ["reproduce", "curvature"], false, cancellation);
        RunSettings settings = new(false, null, new Computing { Threads = 1 }, Device.Cpu, DType.F64);
        using RunFolder run = RunFolder.Open(folder["study"],
            RunManifest.Create(session, settings, "reproduce curvature", new JsonObject { ["study"] = "curvature" }, 0), resume);
        return new CurvatureStudy(session, settings, Tiny, 0, new ProgressLine(session)).Run(run, subjects ?? Subjects, () => []);
    }

    private DateTime[] Written(params string[] parts) =>
        Array.ConvertAll(parts, part => File.GetLastWriteTimeUtc(Path.Combine(folder["study"], part, "results.jsonl")));

    private static JsonObject Network(JsonObject summary, CurvatureSubject subject) =>
        summary["networks"]!.AsArray().Select(n => n!.AsObject()).Single(n => n["weights"]!.GetValue<string>() == subject.Key);

    private static (string[] Names, double[][] Rows) Table(AttackFolder study, string name)
    {
        string[] lines = File.ReadAllLines(study[name]);
        return (lines[0].Split(','), [.. lines[1..].Select(line => Array.ConvertAll(line.Split(','), text => double.Parse(text, null)))]);
    }
}
