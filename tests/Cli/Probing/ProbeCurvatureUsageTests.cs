using MiniGrad.Probes;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>What cannot be measured is one line, the right code, and no folder.</summary>
public sealed class ProbeCurvatureUsageTests : IDisposable
{
    private readonly CurvatureFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--metod exact", "\"--metod\"", "did you mean \"--method\"?")]
    [InlineData("--method exakt", "\"exakt\"", "did you mean \"exact\"?")]
    [InlineData("--method central --step 0", "--step: \"0\"", "above 0")]
    [InlineData("--method central --step inf", "--step: \"inf\"", "not a number")]
    [InlineData("--step 0.1", "--step", "Add --method central")]
    [InlineData("--method exact --step 0.1", "--step", "Add --method central")]
    [InlineData("--memory-gb 1", "--memory-gb", "only --full")]
    [InlineData("--full --memory-gb 0", "--memory-gb: \"0\"", "above 0")]
    [InlineData("--lanczos-steps 50", "--lanczos-steps", "Add --lanczos k")]
    [InlineData("--full --average trace", "--full", "Leave out --average")]
    [InlineData("--full --samples 9", "--full", "Leave out --average and --samples")]
    [InlineData("--average trace --samples 9", "--samples", "samples nothing")]
    [InlineData("--average hutch++ --samples 5", "5 products", "at least 6")]
    [InlineData("--average mean", "\"mean\"", "Known")]
    [InlineData("--samples 1", "--samples: \"1\"", "2 to 1000000")]
    [InlineData("--lanczos 784", "784 eigenvalues", "there are 783 in all")]
    [InlineData("--lanczos 10 --lanczos-steps 5", "5 steps", "Take more steps")]
    [InlineData("--softplus 0", "--softplus: \"0\"", "above 0")]
    [InlineData("--orientation other", "\"other\"", "other-minus-current")]
    [InlineData("--at edge", "\"edge\"", "Known")]
    [InlineData("--indices 10000", "image 10000", "0 to 9999 of digits")]
    [InlineData("--indices 3,3", "named twice", "--indices")]
    [InlineData("--indices 3,-1", "--indices: \"-1\" (value 1)", "at least 0")]
    [InlineData("--indices 1 --count 2", "--indices", "Leave out --count")]
    [InlineData("--count 10001", "10001", "digits has 10000")]
    [InlineData("--count 0", "--count: \"0\"", "1")]
    [InlineData("--competitors 10", "competitor 10", "0 to 9")]
    [InlineData("--competitors 2,1,2", "competitor 2", "named twice")]
    [InlineData("--full --memory-gb 0.0001", "784 pixels and 9 competitors take 44.3 MB, the limit is 0.1 MB", "Lanczos")]
    public void WrongUsage(string options, params string[] words)
    {
        CliRun run = CliRun.Of(folder.Command(AttackFolder.Weights, "run", options));
        run.AssertFails(2, words);
        Assert.Equal("", run.Out);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AnImagesOwnClassIsNoCompetitor()
    {
        int[] indices = [3, 8, 5];
        int[] own = Logits.Prediction(AttackFolder.Network.Forward(CurvatureFolder.Digits.Images(indices)));
        int k = Array.FindIndex(own, c => c != own[0]);
        CliRun.Of(folder.Command(AttackFolder.Weights, "run", $"--indices 3,8,5 --competitors {own[k]}"))
            .AssertFails(2, "--competitors", $"{own[k]} is the class of image {indices[k]} itself", "--indices");
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void WrongWeightsAndData()
    {
        string own = TinyModel.Write(folder["."]);
        string fixedActivation = CountingNetwork.Write(folder["fixed.safetensors"]);
        string[] there = folder.Names;
        CliRun Of(params string[] words) => CliRun.Of(["probe", "curvature", .. words, "--out", folder["run"]]);
        Of("--data", "digits").AssertFails(2, "--weights");
        Of("--weights", folder["none"], "--data", "digits").AssertFails(3, "none");
        Of("--weights", own, "--model", "lenet5").AssertFails(2, "--data is missing");
        Of("--weights", own, "--model", "lenet5", "--data", "digit").AssertFails(2, "\"digit\"", "did you mean \"digits\"?");
        Of("--weights", own, "--data", "digits").AssertFails(2, "--model", "lenet5");
        Of("--weights", own, "--model", "lenet5", "--data", "mnist", "--data-dir", folder["."]).AssertFails(3, "minigrad data fetch mnist");
        Of("--weights", own, "--model", "mlp", "--data", "digits").AssertFails(3, "fc1.weight");
        Of("--weights", fixedActivation, "--data", "digits", "--softplus", "10").AssertFails(2, "activation cannot be chosen");
        Assert.Equal(there, folder.Names);
    }

    [Fact]
    public void PlacesThatCannotTakeARun()
    {
        File.WriteAllText(folder["run"], "");
        CliRun.Of(folder.Command(AttackFolder.Weights, "run", "--count 1")).AssertFails(4, "is a file", "--out");
    }

    [Theory]
    [InlineData("reproduce curvature --preset tiny", "\"tiny\"", "small")]
    [InlineData("reproduce curvature --precision f32", "f64", "probe curvature")]
    [InlineData("reproduce curvature --target-success 1.5", "1.5", "up to 1")]
    [InlineData("reproduce curvature --target-success 0", "--target-success: \"0\"", "above 0")]
    [InlineData("reproduce curvature --data mnist", "\"--data\"", "--data-dir")]
    public void WrongUsageOfTheStudy(string line, params string[] words)
    {
        CliRun.Of([.. line.Split(' '), "--out", folder["run"]]).AssertFails(2, words);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void TheStudyNeedsItsData()
    {
        Directory.CreateDirectory(folder["empty"]);
        CliRun.Of("reproduce", "curvature", "--data-dir", folder["empty"], "--out", folder["run"])
            .AssertFails(3, "minigrad data fetch mnist");
        Assert.Equal(["empty"], folder.Names);
    }
}
