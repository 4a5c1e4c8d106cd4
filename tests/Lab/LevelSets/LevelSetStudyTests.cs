using MiniGrad.Charts;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab.LevelSets;

/// <summary>The whole study on synthetic digits and one network as normal and as robust one.</summary>
public sealed class LevelSetStudyTests : IDisposable
{
    private static readonly LevelSetPreset Tiny = new("tiny", 1, 3, 8, 0.1, 12, 3, 1, 4);
    private static readonly ImageDataSet Digits = DataSets.Open("digits", Split.Test);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AStoppedStudyGoesOnToTheSamePage()
    {
        LevelSetSetting setting = Setting(LevelSetProtocol.Final);
        string whole = StoppedStudy.GoesOn(folder, after: 3, (path, stop) => Page(setting, path, stop));
        foreach (string title in (string[])["Findings", "Stars and hulls", "Robust against normal", "plain", "strong (robust)"])
        {
            Assert.Contains($">{title}</h2>", whole, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(">Convolutions against attention</h2>", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", whole[..whole.IndexOf("walks.csv", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("vit-made-up", whole, StringComparison.Ordinal);
    }

    /// <summary>One network in both roles has the same numbers, so that no difference between them is one.</summary>
    [Fact]
    public void RolesDoNotChangeWhatIsMeasured()
    {
        LevelSetResult result = Run(Setting(LevelSetProtocol.Early), Make("early"), default);
        (LevelSetOutcome a, LevelSetOutcome b) = (result.Networks[0], result.Networks[1]);
        Assert.Equal(a.All.Walks, b.All.Walks);
        Assert.Equal(JsonText.Line(JsonText.Of(a.All)), JsonText.Line(JsonText.Of(b.All)));
        Assert.Equal(JsonText.Line(JsonText.Of(a.Drawn)), JsonText.Line(JsonText.Of(b.Drawn)));
        // Of ten images three are targets; each of the others has three.
        Assert.Equal((7, 21, 21), (result.Plan.Sources.Length, a.All.Walks.Length, a.Distances.Count));
        Assert.Equal(21, a.Hulls.Triangles);
        Assert.Equal([ClaimVerdict.DoesNotHold, ClaimVerdict.DoesNotHold], LevelSetClaims.Of(result).Skip(2).Select(c => c.Verdict));
        Assert.All(a.All.Walks, walk => Assert.InRange(walk.SourceConfidence - walk.Confidence, -1, 0.2));
    }

    /// <summary>What is measured of a source does not depend on the sources of its part.</summary>
    [Fact]
    public void PartsOfAnySizeAreTheSame()
    {
        LevelSetSetting setting = Setting(LevelSetProtocol.Final);
        ChosenImages chosen = SourceSelection.Choose(Digits, setting.Subjects, 1, null, (_, _) => { }, default);
        Assert.Equal(10, chosen.Images.Length);
        Assert.Equal(Enumerable.Range(0, 10), chosen.Images.Select(i => Digits.Labels[i]));
        WalkPlan plan = WalkPlan.Of(Digits, chosen.Images, 2, LevelSetProtocol.Final, new Rng(4));
        LevelSetBlock Block(int first, int count) => LevelSetBlock.Of(setting.Subjects[0].Classifier, setting, plan, first, count,
            LevelSetSetting.Walk(Tiny), 5, (_, _) => { }, default);
        LevelSetBlock whole = Block(0, 4);
        LevelSetBlock[] parts = [Block(0, 1), Block(1, 3)];
        Assert.Equal(whole.Walks, parts.SelectMany(part => part.Walks));
        LevelSetBlock joined = new([], [.. parts.SelectMany(part => part.Regions)]);
        Assert.Equal(JsonText.Line(JsonText.Of(whole with { Walks = [] })), JsonText.Line(JsonText.Of(joined)));
    }

    [Fact]
    public void TheDrawnWalksAreThoseOfTheFigures()
    {
        LevelSetSetting setting = Setting(LevelSetProtocol.Final);
        ChosenImages chosen = SourceSelection.Choose(Digits, setting.Subjects, 1, null, (_, _) => { }, default);
        DrawnWalks drawn = DrawnWalks.Of(
            setting.Subjects[0].Classifier, setting, Tiny with { Surfaces = 3 }, chosen.Images, (_, _) => { }, default);
        // All pairs of five, and from the first one to five more.
        Assert.Equal(25, drawn.Walks.Length);
        Assert.Equal(10, drawn.Images.Length);
        Assert.Equal([(0, 1), (2, 3), (4, 0)], drawn.Paths.Select(path => (path.Source, path.Target)));
        Assert.Equal([(1, 2), (2, 3), (3, 4), (1, 3), (1, 4), (2, 4)], drawn.Triangles.Select(t => (t.First, t.Second)));
        Assert.All(drawn.Paths, path => Assert.Equal(9, path.SourceConfidence.Length));
        Assert.Equal(9, drawn.Walks.Count(walk => walk.Limb.Length == 51));
        Assert.Equal(drawn.Confidence[0], drawn.Triangles[0].Values[0][0]);
    }

    [Fact]
    public void WithoutImagesThatAllGetRightThereIsNoStudy()
    {
        // A network that is never sure.
        Classifier unsure = new(x => Ops.Zeros([x.Shape[0], 10]), [1, 28, 28], 10);
        LevelSetSubject subject = new("unsure", "mlp", LevelSetTraining.Normal, unsure, "");
        InputException error = Assert.Throws<InputException>(
            () => SourceSelection.Choose(Digits, [subject], 1, null, (_, _) => { }, default));
        Assert.StartsWith("reproduce lst: of 10000 images of digits", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("are of 0 classes; two are needed. Leave weak networks out.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NetworksThatAreNotThereAreNamed()
    {
        LevelSetRoster roster = LevelSetRoster.Of("digits", Digits, folder["none"], true, ["lenet5-digits"], [], Device.Cpu, _ => { });
        Assert.Equal(("lenet5-digits", "lenet5", false),
            (roster.Subjects[0].Weights, roster.Subjects[0].Architecture, roster.Subjects[0].IsRobust));
        Assert.Empty(roster.Absent);
        UsageException twice = Assert.Throws<UsageException>(() => LevelSetRoster.Of(
            "digits", Digits, folder["none"], true, ["lenet5-digits"], ["lenet5-digits"], Device.Cpu, _ => { }));
        Assert.Contains("lenet5-digits is in the study already", twice.Message, StringComparison.Ordinal);
        InputException none = Assert.Throws<InputException>(() => LevelSetRoster.Of(
            "imagenet", Digits, folder["none"], true, [], [], Device.Cpu, _ => { }));
        Assert.StartsWith("reproduce lst: none of the networks for imagenet is there: squeezenet1_1: not in the data folder; ",
            none.Message, StringComparison.Ordinal);
        string[] sets = ["mnist", "fashion", "cifar-10", "imagenet"];
        string[] all = [.. sets.SelectMany(LevelSetRoster.Rows).Select(row => row.Name)];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Theory]
    [InlineData("small", "mnist", 100)]
    [InlineData("lite", "cifar-10", 400)]
    [InlineData("full", "imagenet", 400)]
    public void PresetsWalkAsFar(string name, string dataSet, int iterations)
    {
        LevelSetPreset preset = LevelSetPreset.Find(name, dataSet);
        Assert.Equal((name, iterations), (preset.Name, preset.Iterations));
        Assert.InRange(Math.Pow(1 - preset.StepSize, preset.Iterations), 0.015, 0.02);
        Assert.InRange(preset.Rounds, 2, 5);
    }

    private string Make(string name) => Directory.CreateDirectory(folder[name]).FullName;

    private static LevelSetResult Run(LevelSetSetting setting, string path, CancellationToken cancellation) =>
        new LevelSetStudy(setting, Tiny, new(
            path, new(new Session(TextWriter.Null, TextWriter.Null, ["reproduce", "lst"])), cancellation)).Run();

    private static string Page(LevelSetSetting setting, string path, CancellationToken cancellation)
    {
        StudyOutcome outcome = LevelSetReport.Outcome(Run(setting, path, cancellation));
        ReportPage page = outcome.Page(new("minigrad", 0, "cpu", [], []));
        return page.ToHtml() + string.Concat(outcome.Files.Select(file => $"{file.Name}\n{file.Text}")) + outcome.Networks;
    }

    private static LevelSetSetting Setting(LevelSetProtocol protocol)
    {
        (MiniGrad.Nn.Network network, WeightRecord record) = ShippedWeights.Load("test", "lenet5-digits");
        Classifier classifier = new(network);
        LevelSetRoster roster = new(
            [
                new("plain", "lenet5", LevelSetTraining.Normal, classifier, record.Sha256),
                new("strong", "lenet5", new(TrainingKind.Robust, "adversarial", 0.1), classifier, record.Sha256),
            ],
            [new("vit-made-up", "not shipped")]);
        PerceptualMetric metric = new("squares", false, "", (a, b) => (a - b).Square().Reshape(a.Shape[0], -1).Mean(1).Cast(DType.F64)
            .ToArray<double>());
        return new("digits", Digits, roster, metric, protocol, false, Seed: 0);
    }
}
