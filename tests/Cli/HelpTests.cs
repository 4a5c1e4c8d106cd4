using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Every command explains itself, with an example that the program understands.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("train")]
    [InlineData("eval")]
    [InlineData("evaluate")]
    [InlineData("infer")]
    [InlineData("attack")]
    [InlineData("attack fgsm")]
    [InlineData("attack pgd")]
    [InlineData("attack deepfool")]
    [InlineData("attack lst")]
    [InlineData("attack nspgd")]
    [InlineData("attack logit-space")]
    [InlineData("probe class-paths")]
    [InlineData("probe convexity")]
    [InlineData("probe star")]
    [InlineData("demo")]
    [InlineData("distance")]
    [InlineData("gradcheck")]
    [InlineData("fuzz")]
    [InlineData("weights")]
    [InlineData("weights inspect")]
    [InlineData("weights convert")]
    [InlineData("weights add")]
    [InlineData("weights verify")]
    [InlineData("data")]
    [InlineData("data info")]
    [InlineData("data fetch")]
    [InlineData("devices")]
    public void HasAnExample(string command)
    {
        CliRun run = CliRun.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Error);
        foreach (string option in (string[])["--json", "--seed", "--threads", "--exact", "--device", "--precision"])
        {
            Assert.Contains(option, run.Out, StringComparison.Ordinal);
        }
        string[] lines = run.Out.Split('\n');
        string example = lines[Array.IndexOf(lines, "Example:") + 1].Trim();
        Assert.StartsWith($"minigrad {command}".TrimEnd(), example, StringComparison.Ordinal);
        // A command line whose only mistake is this one, so every word of the example is understood.
        CliRun.Of([.. example.Split(' ')[1..], "--threads", "0"]).AssertFails(2, "--threads: \"0\"");
    }

    [Fact]
    public void VersionIsOneLine()
    {
        CliRun run = CliRun.Of("--version");
        Assert.Equal(0, run.Code);
        Assert.Matches("^minigrad [0-9]+\\.[0-9]+\\.[0-9]+[^\n]*\n$", run.Out);
    }
}
