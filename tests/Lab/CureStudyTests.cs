using System.Xml.Linq;
using MiniGrad.Charts;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Tests.Charts;
using MiniGrad.Tests.Formats;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>The study of CURE on a few synthetic digits: what it counts, that it goes on, and what it shows.</summary>
public sealed class CureStudyTests : IDisposable
{
    private static readonly Recipe Recipe =
        CureStudy.Shortened(RecipeCatalog.Find("lenet5-mnist-cure"), 2) with { DataSet = "digits", BatchSize = 32, LearningRate = 5e-4 };

    private readonly ScratchFolder folder = new();
    private readonly ImageDataSet train = SyntheticDigits.Create(1, 0, 320);
    private readonly ImageDataSet test = SyntheticDigits.Create(2, 0, 50);
    private readonly Network start = ModelCatalog.Load("lenet5", ShippedWeights.Locate("lenet5-digits"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ItCountsTheNetworkBeforeTheControlAndTheCuredOne()
    {
        float[] before = Weights(start);
        CureStudy study = CureStudy.Run(Recipe, start, train, test, [0.02, 0.3], folder[""]);
        Assert.Equal(before, Weights(start));
        Assert.Equal(["before", "plain", "cure"], study.Outcomes.Select(outcome => outcome.Name));
        Assert.Equal([0, 0.02, 0.3], study.Epsilons);
        foreach (CureOutcome outcome in study.Outcomes)
        {
            Assert.Equal(Evaluator.Accuracy(outcome.Network, test).Correct, outcome.Robust[0]);
            // A wide ball leaves less than a narrow one, and that less than no attack.
            Assert.True(outcome.Robust[1] <= outcome.Robust[0] && outcome.Robust[2] < outcome.Robust[1], string.Join(' ', outcome.Robust));
        }
        // The point of it all, in twenty steps of training.
        Assert.True(study.Outcomes[2].SlopeChange < 0.8 * study.Outcomes[1].SlopeChange,
            $"{study.Outcomes[1].SlopeChange} to {study.Outcomes[2].SlopeChange}");

        Network plain = ModelCatalog.Load("lenet5", ShippedWeights.Locate("lenet5-digits"));
        new Trainer(Recipe with { Objective = null }, plain, train).Run();
        Assert.Equal(Weights(plain), Weights(study.Outcomes[1].Network));

        // A second run finds the trainings done and attacks with the same random numbers.
        DateTime[] written = [.. Directory.GetFiles(folder[""]).Select(File.GetLastWriteTimeUtc)];
        CureStudy again = CureStudy.Run(Recipe, start, train, test, [0.02, 0.3], folder[""]);
        Assert.Equal(written, Directory.GetFiles(folder[""]).Select(File.GetLastWriteTimeUtc));
        Assert.Equal(study.Outcomes.Select(outcome => (string.Join(' ', outcome.Robust), outcome.SlopeChange)),
            again.Outcomes.Select(outcome => (string.Join(' ', outcome.Robust), outcome.SlopeChange)));
        Shows(study);
    }

    [Fact]
    public void AStoppedStudyIsInterrupted_AndAPlainRecipeRefused()
    {
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => CureStudy.Run(Recipe, start, train, test, [0.1], cancellation: stop.Token));
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => CureStudy.Run(Recipe with { Objective = null }, start, train, test, [0.1]));
        Assert.Contains("makes the cross-entropy small", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, ((CureObjective)Recipe.Objective!).RampEpochs);
    }

    private static void Shows(CureStudy study)
    {
        XDocument page = Markup.Of(new ReportPage("CURE", "", [study.Section()]));
        string[][] rows = [.. page.Descendants("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.StartsWith($"{study.Outcomes[2].Robust[1]} / 50",
            rows.Single(row => row[0] == "fine-tuned by CURE")[2], StringComparison.Ordinal);
        Assert.Equal("0.44", rows.Single(row => row[0] == "SVHN, CURE")[4]);
        Assert.Single(page.Descendants("figure"));
        Assert.Contains("\"plain\"", JsonText.Line(JsonText.Of(study)), StringComparison.Ordinal);
    }

    private static float[] Weights(Network network) => [.. network.Parameters.SelectMany(p => p.Value.ToArray<float>())];
}
