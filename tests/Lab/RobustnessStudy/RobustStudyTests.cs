using MiniGrad.Charts;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Robustness;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab.RobustnessStudy;

/// <summary>The whole study on synthetic digits and one network in two roles.</summary>
public sealed class RobustStudyTests : IDisposable
{
    private static readonly RobustPreset Tiny = new("tiny", 6, 2, 2, 2, 4, 10, 1, 1, 6, 2, 40, 2, 8, 6, 20);
    private static readonly ImageDataSet Digits = DataSets.Open("digits", Split.Test);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AStoppedStudyGoesOnToTheSamePage()
    {
        RobustSetting setting = Setting(RobustRole.Standard, RobustRole.Also);
        string whole = Page(setting, Make("whole"), CancellationToken.None);
        string stopped = Make("stopped");
        using CancellationTokenSource stop = new();
        int parts = 0;
        using (FileSystemWatcher watcher = new(stopped) { IncludeSubdirectories = true, EnableRaisingEvents = true })
        {
            watcher.Renamed += (_, _) =>
            {
                if (++parts == 7) stop.Cancel();
            };
            Assert.ThrowsAny<OperationCanceledException>(() => Page(setting, stopped, stop.Token));
        }
        Assert.InRange(Parts(stopped), 1, Parts(folder["whole"]) - 1);
        Assert.Equal(whole, Page(setting, stopped, CancellationToken.None));
        // And once more, of kept parts alone: what a file cannot hold, such as an infinite length, must read as it was.
        Assert.Equal(whole, Page(setting, stopped, CancellationToken.None));
        foreach (string title in (string[])["The nearest boundary", "Attacks of growing strength", "Random subspaces",
            "Universal perturbations", "Paths inside regions", "How convex regions are", "Jacobians and normals"])
        {
            Assert.Contains($">{title}</h2>", whole, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("style=", whole, StringComparison.Ordinal);
        Assert.Contains("\nnet-Also,Suite,6,", whole, StringComparison.Ordinal);
    }

    /// <summary>One network in two roles has the same numbers, and the suite of the ladder is that of the command evaluate.</summary>
    [Fact]
    public void TheSuiteIsThatOfEvaluate()
    {
        RobustSetting setting = Setting(RobustRole.Standard, RobustRole.Twin);
        RobustResult result = new RobustStudy(setting, Tiny, Parts(Make("roles"), default)).Run();
        (RobustOutcome a, RobustOutcome b) = (result.Networks[0], result.Networks[1]);
        Assert.All(Enum.GetValues<RobustRung>(), rung => Assert.Equal(a[rung].Wrong, b[rung].Wrong));
        Assert.Equal(a.L2.Norm, b.L2.Norm);
        Assert.Null(b.Whole);
        Examples examples = new(Digits.Images(0, Tiny.Suite), Digits.Labels[..Tiny.Suite]);
        int[] predicted = Logits.Prediction(setting.Subjects[0].Classifier.Logits(examples.Images));
        int[] right = [.. Enumerable.Range(0, Tiny.Suite).Where(i => predicted[i] == examples.Labels[i])];
        SuiteFate[] fates = SuiteSearch.Run(
            setting.Subjects[0].Classifier, examples, right, setting.Members(Tiny), _ => new() { ChunkSize = 3 });
        Assert.Equal([.. Enumerable.Range(0, Tiny.Suite).Where(i => !right.Contains(i) || fates[i].BrokenBy is not null)],
            a.Suite.Outcome.Wrong);
        Assert.Equal(setting.Members(Tiny).Select(m => fates.Count(f => f.BrokenBy == m.Name)), a.Suite.Members.Select(m => m.Broken));
        Assert.Equal(right.Length, a.Suite.Members[0].Tried);
    }

    /// <summary>A linear classifier: one gradient says all, and one step by the signs crosses at |f| / ‖w‖₁.</summary>
    [Fact]
    public void ALinearBoundaryIsKnown()
    {
        const double Slope = 0.5;
        Tensor ramp = Tensor.From([.. Enumerable.Range(0, 784).Select(i => i % 2 == 0 ? Slope : 2 * Slope)], [784, 1]);
        Classifier linear = new(x =>
        {
            Tensor z = x.Flatten().Cast(DType.F64).MatMul(ramp);
            return Ops.Concat([z, 20 - z], 1);
        }, [1, 28, 28], 2);
        RobustSetting setting = new("digits", Digits, [new(RobustRole.Standard, "linear", linear, linear, "")], 0);
        Distances l2 = Distances.Of(setting, setting.Subjects[0], PerturbationNorm.L2, 5, (_, _) => { }, new());
        double[] pixels = Digits.Images(0, 5).Cast(DType.F64).Flatten().MatMul(ramp).ToArray<double>();
        double length = Math.Sqrt(392 * Slope * Slope * 5);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Math.Abs(2 * pixels[i] - 20) / (2 * length), l2.Norm[i], 6);
            Assert.Equal(1, l2.FirstOrderRatio[i], 6);
            Assert.Equal(1, l2.Cosine[i], 6);
        }
        Assert.Equal(0, l2.Failures);
        FgsmBaseline fgsm = FgsmBaseline.Of(setting, setting.Subjects[0], 5, new());
        // The farthest of five: nine tenths of them are all.
        Assert.Equal(pixels.Max(z => Math.Abs(z - 10)) / (392 * 3 * Slope), fgsm.Epsilon, 5);
    }

    [Theory]
    [InlineData("small", 1)]
    [InlineData("full", 3)]
    public void PresetsStayWithinTheImages(string name, int channels)
    {
        RobustPreset preset = RobustPreset.Find(name, channels).Within(9);
        int[] counts = [preset.Distances, preset.Lines, preset.Betas, preset.Crafting, preset.HeldOut, preset.Normals, preset.Mixtures,
            preset.Ladder, preset.Suite];
        Assert.All(counts, n => Assert.InRange(n, 1, 9));
        Assert.InRange(preset.Crafting + preset.HeldOut, 2, 9);
    }

    [Fact]
    public void WithoutTheStandardNetworkThereIsNoStudy()
    {
        InputException error = Assert.Throws<InputException>(() => RobustSubject.All("nothing", Digits, [], Device.Cpu, _ => { }));
        Assert.Equal("reproduce robustness: the standard network for nothing, lenet5-nothing, is not shipped. "
            + "Train it with minigrad train lenet5-nothing, and add it with weights add.", error.Message);
    }

    [Fact]
    public void OtherNetworksAreNamedOnce()
    {
        IReadOnlyList<RobustSubject> subjects = RobustSubject.All("digits", Digits, ["lenet5-mnist"], Device.Cpu, _ => { });
        Assert.Equal(["lenet5-digits", "lenet5-mnist"], subjects.Select(s => s.Weights));
        Assert.Equal(RobustRole.Also, subjects[1].Role);
        Tensor image = Digits.Images([0]);
        double[] single = subjects[1].Classifier.Logits(image).Cast(DType.F64).ToArray<double>();
        double[] precise = subjects[1].Precise.Logits(image.Cast(DType.F64)).ToArray<double>();
        Assert.All(single.Zip(precise), pair => Assert.Equal(pair.Second, pair.First, 3));
        UsageException twice = Assert.Throws<UsageException>(
            () => RobustSubject.All("digits", Digits, ["lenet5-digits"], Device.Cpu, _ => { }));
        Assert.Contains("lenet5-digits is in the study already", twice.Message, StringComparison.Ordinal);
    }

    private static int Parts(string path) => Directory.GetFiles(path, "*.json", SearchOption.AllDirectories).Length;

    private string Make(string name) => Directory.CreateDirectory(folder[name]).FullName;

    private static StudyParts Parts(string path, CancellationToken cancellation) =>
        new(path, new(new Session(TextWriter.Null, TextWriter.Null, ["reproduce", "robustness"])), cancellation);

    private static string Page(RobustSetting setting, string path, CancellationToken cancellation)
    {
        StudyOutcome outcome = RobustReport.Outcome(new RobustStudy(setting, Tiny, Parts(path, cancellation)).Run());
        ReportPage page = outcome.Page(new("minigrad", 0, "cpu", [], []));
        return page.ToHtml() + string.Concat(outcome.Files.Select(file => $"{file.Name}\n{file.Text}")) + outcome.Networks;
    }

    private static RobustSetting Setting(params RobustRole[] roles)
    {
        (MiniGrad.Nn.Network single, WeightRecord record) = ShippedWeights.Load("test", "lenet5-digits");
        (MiniGrad.Nn.Network precise, _) = ShippedWeights.Load("test", "lenet5-digits", DType.F64);
        return new("digits", Digits, [.. roles.Select(role => new RobustSubject(
            role, $"net-{role}", new Classifier(single), new Classifier(precise), record.Sha256))], Seed: 0);
    }
}
