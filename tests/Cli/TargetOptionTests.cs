using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Attacks towards classes: a random or the least likely one of each image, or all in turn.</summary>
public sealed class TargetOptionTests : IDisposable
{
    private const int Count = 12;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("pgd", "random")]
    [InlineData("pgd", "least-likely")]
    [InlineData("deepfool", "random")]
    public void EachImageHasAClassOfItsOwn(string attack, string word)
    {
        AttackFolder run = Run(attack, "0.3", "--target", word);
        float[] z = AttackFolder.Network.Forward(run.Tensor("source")).ToArray<float>();
        JsonObject[] lines = run.Lines;
        for (int i = 0; i < Count; i++)
        {
            int target = Whole(lines[i], "target_label");
            Assert.NotEqual(Whole(lines[i], "label"), target);
            if (word == "least-likely") Assert.Equal(z[(10 * i)..(10 * i + 10)].Min(), z[10 * i + target]);
            Assert.Equal(Whole(lines[i], "prediction") == target, lines[i]["success"]!.GetValue<bool>());
        }
        Assert.InRange(lines.Select(line => Whole(line, "target_label")).Distinct().Count(), 3, 10);
        Assert.Equal(lines.Count(line => line["success"]!.GetValue<bool>()), Whole(run.Summary, "successes"));
        Assert.InRange(Whole(run.Summary, "successes"), 1, Count);
        if (attack != "pgd") return;
        Assert.Equal(word, run.Summary["target"]!.GetValue<string>());
        Assert.DoesNotContain(run.Page().Descendants("th"), cell => cell.Value.Contains("accuracy", StringComparison.Ordinal));
    }

    /// <summary>One reached class is enough, so it is no weaker than leaving, and what is counted is who left.</summary>
    [Fact]
    public void AllClassesInTurn()
    {
        AttackFolder run = Run("pgd", "0.12", "--target", "all", "--chunk-size", "5");
        JsonObject[] lines = run.Lines;
        int robust = 0;
        foreach (JsonObject line in lines)
        {
            bool left = Whole(line, "prediction") != Whole(line, "label");
            Assert.Equal(left, line["success"]!.GetValue<bool>());
            bool isClean = line["status"]!.GetValue<string>() == "already_met";
            Assert.Equal(isClean, Whole(line, "gradients") == 0);
            robust += left ? 0 : 1;
            // Nine classes, forty steps each.
            if (!left) Assert.Equal(9 * 40, Whole(line, "gradients"));
        }
        Assert.InRange(robust, 1, Count - 1);
        Assert.Equal(robust, Whole(run.Summary, "robust_correct"));
        Assert.StartsWith("EachTarget { Inner = Pgd { Within = Linf(0.12)", run.Summary["configuration"]!.GetValue<string>(),
            StringComparison.Ordinal);
        string[] texts = run.Texts;
        Assert.Equal(texts, Run("pgd", "0.12", "--target", "all").Texts);
    }

    [Fact]
    public void ANumberIsWhatItWas()
    {
        string[] texts = Run("pgd", "0.3", "--target", "3").Texts;
        Assert.Equal(texts, Run("pgd", "0.3", "--target-class", "3").Texts);
    }

    [Fact]
    public void TheClassOfTheImageItselfIsNoTarget()
    {
        int own = DataSets.Open("digits", Split.Test).Labels[0];
        Attack("pgd", "0.3", "--target", $"{own}", "--count", "1")
            .AssertFails(2, $"--target: every image is of class {own} already. Name another class.");
    }

    private AttackFolder Run(string attack, params string[] options)
    {
        Assert.Equal(0, Attack(attack, options).Code);
        return new(folder[$"run{runs}"]);
    }

    private int runs;

    private CliRun Attack(string attack, params string[] options)
    {
        string[] count = options.Contains("--count") ? [] : ["--count", $"{Count}"];
        string[] size = attack == "pgd" ? ["--epsilon", options[0]] : [];
        return CliRun.Of(["attack", attack, "--weights", AttackFolder.Weights, "--data", "digits", "--out", folder[$"run{++runs}"],
            .. count, .. size, .. options[1..]]);
    }

    private static int Whole(JsonObject line, string key) => line[key]!.GetValue<int>();
}
