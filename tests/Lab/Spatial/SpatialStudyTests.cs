using MiniGrad.Charts;
using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Spatial;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab.Spatial;

/// <summary>The whole study on synthetic digits and one network in all roles.</summary>
public sealed class SpatialStudyTests : IDisposable
{
    private static readonly SpatialPreset Tiny = new("tiny", 8, 4, 2, 3, 7, 2, 1, 2) { Steps = 4 };
    private static readonly ImageDataSet Digits = DataSets.Open("digits", Split.Test);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AStoppedStudyGoesOnToTheSamePage()
    {
        SpatialSetting setting = Setting(SpatialRole.Standard, SpatialRole.Aug30, SpatialRole.Worst30, SpatialRole.Linf, SpatialRole.Blur);
        string whole = StoppedStudy.GoesOn(folder, after: 5, (path, stop) => Page(setting, path, stop));
        foreach (string title in (string[])["Anti-aliasing", "Landscapes", "Do they add up?", "A vote at test time"])
        {
            Assert.Contains($">{title}</h2>", whole, StringComparison.Ordinal);
        }
        Assert.Contains("\nnet-Blur,Grid,8,", whole, StringComparison.Ordinal);
    }

    [Fact]
    public void APageOfTwoNetworksLeavesOutWhatItHasNot()
    {
        string page = Page(Setting(SpatialRole.Standard, SpatialRole.Also), Make("two"), CancellationToken.None);
        Assert.Contains("Not all trainings of the study are here.", page, StringComparison.Ordinal);
        Assert.Contains("not tested", page, StringComparison.Ordinal);
        Assert.DoesNotContain(">Anti-aliasing</h2>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    /// <summary>One network in two roles has the same numbers, and what is kept of a landscape is the landscape.</summary>
    [Fact]
    public void RolesDoNotChangeWhatIsMeasured()
    {
        SpatialSetting setting = Setting(SpatialRole.Standard, SpatialRole.Blur);
        SpatialResult result = Run(setting, Make("roles"), default);
        (SpatialOutcome a, SpatialOutcome b) = (result.Networks[0], result.Networks[1]);
        Assert.All(b.Measures, measure => Assert.Equal(a[measure.Key].Wrong, measure.Value.Wrong));
        Assert.Equal(a.Roughness.Images, b.Roughness.Images);
        Assert.Equal(a.Consistency, b.Consistency);
        Assert.InRange(a[SpatialMeasure.Grid].MostForwards, 1, 775);
        Assert.Equal((10, 100), (a[SpatialMeasure.Vote].MostForwards, a[SpatialMeasure.VoteWorstOf].MostForwards));
        Landscape landscape = Landscape.Of(
            setting.Subjects[0].Classifier, Digits.Images([1]), Digits.Labels[1], setting.Warp, LandscapePlane.AngleRight.At(7));
        using StringWriter whole = new();
        landscape.WriteCsv(whole);
        using StringWriter kept = new();
        a.Drawn!.Images[1].Of(setting.Warp).WriteCsv(kept);
        Assert.Equal(whole.ToString(), kept.ToString());
        Assert.Equal(Tiny.Steps + 1, a.Drawn.Images[1].Paths[0].Degrees.Length);
        Assert.Equal((0.0, 0.0), (a.Drawn.Images[1].Paths[0].Degrees[0], a.Drawn.Images[1].Paths[2].Down[0]));
    }

    [Theory]
    [InlineData("small", 1)]
    [InlineData("full", 3)]
    public void PresetsStayWithinTheImages(string name, int channels)
    {
        SpatialPreset preset = SpatialPreset.Find(name, channels).Within(5);
        int[] counts = [preset.Images, preset.FirstOrder, preset.Combined, preset.Rough, preset.Drawn, preset.Basins];
        Assert.All(counts, n => Assert.InRange(n, 1, 5));
        Assert.Equal((name, 200), (preset.Name, preset.Steps));
    }

    [Fact]
    public void WithoutTheStandardNetworkThereIsNoStudy()
    {
        InputException error = Assert.Throws<InputException>(() => SpatialSubject.All("nothing", Digits, [], Device.Cpu, _ => { }));
        Assert.Equal("reproduce spatial: the standard network for nothing, lenet5-nothing-shift, is not shipped. "
            + "Train it with minigrad train lenet5-nothing-shift, and add it with weights add.", error.Message);
    }

    [Fact]
    public void OtherNetworksAreFilesOrNames()
    {
        SpatialSubject shipped = SpatialSubject.Other("lenet5-digits", Digits, Device.Cpu, _ => { });
        Assert.Equal(("lenet5-digits", SpatialRole.Also), (shipped.Title, shipped.Role));
        using WeightFile file = WeightFile.Open(Path.Combine(ShippedWeights.Folder()!, "lenet5-digits.safetensors"));
        Safetensors.Write(folder["mine.safetensors"], [.. file.ReadAll().Select(pair => (pair.Key, pair.Value))]);
        UsageException unknown = Assert.Throws<UsageException>(
            () => SpatialSubject.Other(folder["mine.safetensors"], Digits, Device.Cpu, _ => { }));
        Assert.Contains($"Write --also NETWORK={folder["mine.safetensors"]}", unknown.Message, StringComparison.Ordinal);
        SpatialSubject named = SpatialSubject.Other($"lenet5={folder["mine.safetensors"]}", Digits, Device.Cpu, _ => { });
        Tensor image = Digits.Images([0]);
        Assert.Equal("mine", named.Title);
        Assert.Equal(10, named.Classifier.Logits(image).Shape[1]);
        ImageDataSet small = new("dots", 1, 5, 5, new byte[25], [0], ["a", "b"]);
        Assert.Contains("dots has [1, 5, 5]",
            Assert.Throws<UsageException>(() => SpatialSubject.Other("lenet5-digits", small, Device.Cpu, _ => { })).Message,
            StringComparison.Ordinal);
        Assert.Throws<InputException>(() => SpatialSubject.Other(folder["nothing.pt"], Digits, Device.Cpu, _ => { }));
    }

    private string Make(string name) => Directory.CreateDirectory(folder[name]).FullName;

    private static SpatialResult Run(SpatialSetting setting, string path, CancellationToken cancellation) =>
        new SpatialStudy(setting, Tiny, new(
            path, new(new Session(TextWriter.Null, TextWriter.Null, ["reproduce", "spatial"])), cancellation)).Run();

    private static string Page(SpatialSetting setting, string path, CancellationToken cancellation)
    {
        StudyOutcome outcome = SpatialReport.Outcome(Run(setting, path, cancellation));
        ReportPage page = outcome.Page(new("minigrad", 0, "cpu", [], []));
        return page.ToHtml() + string.Concat(outcome.Files.Select(file => $"{file.Name}\n{file.Text}")) + outcome.Networks;
    }

    private static SpatialSetting Setting(params SpatialRole[] roles)
    {
        (MiniGrad.Nn.Network network, WeightRecord record) = ShippedWeights.Load("test", "lenet5-digits");
        return new("digits", Digits,
            [.. roles.Select(role => new SpatialSubject(role, $"net-{role}", new Classifier(network), record.Sha256))], Seed: 0);
    }
}
