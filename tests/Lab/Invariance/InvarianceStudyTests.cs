using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab.Invariance;

/// <summary>The whole study on synthetic digits and one network in all roles, with a metric that needs no weights.</summary>
public sealed class InvarianceStudyTests : IDisposable
{
    private static readonly InvariancePreset Tiny = new("tiny", 1, 1, 6, 60, 4, 4, 4, 1, 1, 2, 8, 4);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AStoppedStudyGoesOnToTheSamePage()
    {
        InvarianceSetting setting = Setting(TrainingMethod.Normal, TrainingMethod.Ccat);
        StoppedStudy.GoesOn(folder, after: 5, (path, stop) => Page(setting, path, stop));
    }

    [Fact]
    public void APageOfTwoNetworksLeavesOutWhatItHasNot()
    {
        string page = Page(Setting(TrainingMethod.Normal, TrainingMethod.At), Make("two"), CancellationToken.None);
        Assert.Contains("four networks are here", page, StringComparison.Ordinal);
        Assert.Contains("not tested", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Starting in logit space", page, StringComparison.Ordinal);
    }

    /// <summary>Every row of the walks is what NSPGD gives alone, measured afresh.</summary>
    [Fact]
    public void WalksAreThoseOfTheAttackAlone()
    {
        InvarianceSetting setting = Setting(TrainingMethod.Normal);
        InvarianceSubject subject = setting.Subjects[0];
        int[] targets = Walks.Targets(setting);
        Assert.All(targets, (target, label) => Assert.Equal(label, setting.Data.Labels[target]));
        Walks walks = Walks.Of(new Nspgd(Iterations: 5), subject.Classifier, setting, targets, 1, (_, _) => { }, default);
        Assert.Equal(90, walks.Rows.Length);
        Assert.All(walks.Rows, row => Assert.NotEqual(row.SourceClass, row.TargetClass));
        foreach (WalkRow row in walks.Rows.Where((_, i) => i % 17 == 0))
        {
            Tensor target = setting.Data.Images([row.Target]);
            Tensor source = setting.Data.Images([row.Source]);
            AttackResult alone = new Nspgd(Iterations: 5).Run(subject.Classifier, new(source, [row.SourceClass]) { Targets = target });
            Assert.Equal(alone.Examples[0].Rmse, row.Rmse);
            Assert.Equal(alone.Examples[0].Status, row.Status);
            Assert.Equal(setting.Metric.Distance(alone.Output, target)[0], row.Distance);
            Assert.Equal(setting.Metric.Distance(source, target)[0], row.StartDistance);
            Assert.Equal(Math.Sqrt((target - source).Square().Cast(DType.F64).Mean().Item()), row.StartRmse, 1e-7);
            Assert.Equal(Walks.Bytes(alone.Output), walks.Images[row.TargetClass][row.SourceClass]);
        }
    }

    private string Make(string name) => Directory.CreateDirectory(folder[name]).FullName;

    private static string Page(InvarianceSetting setting, string path, CancellationToken cancellation)
    {
        Session session = new(TextWriter.Null, TextWriter.Null, ["reproduce", "invariance"]);
        InvarianceResult result = new InvarianceStudy(setting, Tiny, new(path, new(session), cancellation)).Run();
        return InvarianceReport.Page(result, null, new("minigrad", 0, "cpu", [], [])).ToHtml() + InvarianceReport.WalksCsv(result);
    }

    private static InvarianceSetting Setting(params TrainingMethod[] methods)
    {
        (MiniGrad.Nn.Network network, WeightRecord record) = ShippedWeights.Load("test", "lenet5-digits");
        return new(DataSets.Open("digits", Split.Test),
            [.. methods.Select(m => new InvarianceSubject(m, $"net-{m}", network, record.Sha256))],
            new("mean square", false, "none", (a, b) => (a - b).Square().Mean([1, 2, 3]).Cast(DType.F64).ToArray<double>()), Seed: 0);
    }
}
