using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Nn;

/// <summary>Every row of the weights' index is measured again: hash, parameters, accuracy, and the accuracy that was promised.</summary>
public sealed class ShippedWeightsTests
{
    private static readonly string Folder = FindFolder();

    [Fact]
    public void DigitsAreAsGoodAsTheirIndexSays() => Verify("lenet5-digits", 0.98);

    [DataFact("mnist", "fashion-mnist")]
    public void AllOthersAreToo()
    {
        Verify("lenet5-mnist", 0.990);
        Verify("mlp-mnist", 0.982);
        Verify("lenet5-tanh-mnist", 0.988);
        Verify("lenet5-fashion", 0.90);
    }

    [Fact]
    public void TheIndexHasARowForEveryFileAndNoPathOfAMachine()
    {
        IReadOnlyList<WeightRecord> rows = WeightIndex.Load(Path.Combine(Folder, "index.json"));
        Assert.Equal(Directory.GetFiles(Folder, "*.safetensors").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            rows.Select(row => row.File).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.StartsWith("minigrad train ", row.Recipe, StringComparison.Ordinal));
        Assert.All(rows, row => Assert.DoesNotContain("/", row.Recipe, StringComparison.Ordinal));
    }

    private static void Verify(string name, double promised)
    {
        WeightRecord row = WeightIndex.Load(Path.Combine(Folder, "index.json")).Single(r => r.Name == name);
        row.Verify(Folder);
        Network network = ModelCatalog.Load(row.Architecture, Path.Combine(Folder, row.File));
        Assert.Equal(row.Parameters, network.Parameters.Sum(p => p.Value.Count));
        (int correct, int count) = Evaluator.Accuracy(network, DataSets.Open(row.DataSet, Split.Test));
        Assert.Equal(row.Count, count);
        // Another instruction set rounds sums in another order, which may flip an image on a boundary.
        Assert.InRange(correct, row.Correct - 2, row.Correct + 2);
        Assert.True((double)correct / count >= promised, $"{name}: {correct} of {count}");
    }

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "weights");
    }
}
