using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Wrong inputs of <c>attack</c>: one line, the right code, and no folder is made. Image files in place of a data set.</summary>
public sealed class AttackUsageTests : IDisposable
{
    private static readonly ImageDataSet Digits = DataSets.Open("digits", Split.Test);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("pdg --data digits", "\"pdg\"", "did you mean \"pgd\"?")]
    [InlineData("pgd --data digits --epsilom 1", "\"--epsilom\"", "did you mean \"--epsilon\"?")]
    [InlineData("pgd --data digits --iterations 3", "\"--iterations\"", "--steps")]
    [InlineData("pgd --data digits --pairs grid", "\"--pairs\"", "Known")]
    [InlineData("pgd --data digits --epsilon abc", "--epsilon abc", "not a number")]
    [InlineData("pgd --data digits --epsilon -1", "radius -1", "at least 0")]
    [InlineData("pgd --data digits --epsilon nan", "radius NaN", "finite")]
    [InlineData("pgd --data digits --steps 0", "0 steps", "at least 1")]
    [InlineData("pgd --data digits --steps 1.5", "--steps 1.5", "not a whole number")]
    [InlineData("pgd --data digits --norm l3", "--norm l3", "linf or l2")]
    [InlineData("pgd --data digits --random-start maybe", "--random-start maybe", "true or false")]
    [InlineData("deepfool --data digits --epsilon 0.3", "\"--epsilon\"", "Known")]
    [InlineData("deepfool --data digits --norm l1", "--norm l1", "l2 or linf")]
    [InlineData("deepfool --data digits --overshoot nan", "overshoot NaN", "finite")]
    [InlineData("lst --data digits --projection orthogonall", "--projection orthogonall", "orthogonal or half-space")]
    [InlineData("lst --data digits --step-size 0", "step size 0", "(0, 1]")]
    [InlineData("lst --data digits --parallel-step -1", "parallel step -1", "at least 0")]
    [InlineData("lst --data digits --confidence-drop 0", "confidence drop 0", "(0, 1]")]
    [InlineData("lst --data digits --iterations -1", "-1 iterations", "at least 0")]
    [InlineData("lst --data digits --start-noise nan", "start noise NaN", "finite")]
    [InlineData("lst --data digits --adaptive maybe", "--adaptive maybe", "true or false")]
    [InlineData("lst --data digits --adaptive true --step-size 0.5", "step size 0.5", "leave out adaptive")]
    [InlineData("lst --data digits --adaptiv true", "\"--adaptiv\"", "did you mean \"--adaptive\"?")]
    [InlineData("lst --data digits --success-rmse -1", "success threshold -1", "positive")]
    [InlineData("nspgd --data digits --confidence-drop 2", "confidence drop 2", "outside")]
    [InlineData("nspgd --data digits --start-at logit-space:from=noise", "logit-space", "--from noise", "source-noise or target")]
    [InlineData("logit-space --data digits --step-size 0", "step size 0", "positive")]
    [InlineData("pgd --data digits --label 3", "--label", "image file")]
    [InlineData("pgd --data digits --target-class 99", "class 99", "0 to 9")]
    [InlineData("pgd --data digits --target 99", "--target: class 99", "0 to 9")]
    [InlineData("pgd --data digits --target most", "--target: \"most\" is no class.", "Give its number, random, least-likely or all.")]
    [InlineData("pgd --data digits --target all --target-class 3", "--target all says what --target-class 3 says too.", "Leave one out.")]
    [InlineData("deepfool --data digits --target all", "deepfool: --target all is for attacks within a threat.", "nearest class itself")]
    [InlineData("universal --data digits --target random", "universal: --target random", "Give the number of a class.")]
    [InlineData("pgd --data digits --target-class -1", "--target-class: \"-1\"", "at least 0")]
    [InlineData("pgd --data digits --count 0", "--count: \"0\"", "1")]
    [InlineData("pgd --data digits --count 10001", "10001", "10000")]
    [InlineData("lst --data digits --count 10001", "10000", "digits")]
    [InlineData("lst --data digits --pairs grid --count 9", "grid", "leave out --count")]
    [InlineData("lst --data digits --pairs gird", "\"gird\"", "did you mean \"grid\"?")]
    [InlineData("lst --data digit", "\"digit\"", "did you mean \"digits\"?")]
    [InlineData("lst --data digits --classes 12", "12", "61706")]
    [InlineData("lst --source-image a.png", "both --source-image and --target-image", "lst")]
    [InlineData("lst --target-image a.png", "both --source-image and --target-image", "lst")]
    [InlineData("pgd --image a.png --data digits", "--data", "image files")]
    [InlineData("pgd --data digits --chunk-size 0", "--chunk-size: \"0\"", "1 to 4096")]
    public void WrongUsage(string line, params string[] words)
    {
        // The one of these that is about the weights, not the words, is code 3.
        int code = line.Contains("--classes", StringComparison.Ordinal) ? 3 : 2;
        Attack([.. line.Split(' ')]).AssertFails(code, code == 3 ? [] : words);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void WrongFiles()
    {
        ImageFile.Write(folder["small.png"], new PixelImage(4, 5, 1, new byte[20]));
        folder.Put("text.png", "no image at all"u8.ToArray());
        string good = Digit("good.png", 0);
        string[] there = folder.Names;
        foreach ((string bad, string word) in ((string, string)[])[
            ("small.png", "4 x 5"), ("text.png", "text.png"), ("none.png", "does not exist"), (".", "is a folder")])
        {
            Attack("pgd", "--image", folder[bad]).AssertFails(3, word);
            Attack("lst", "--source-image", folder[bad], "--target-image", good).AssertFails(3, word);
            Attack("lst", "--source-image", good, "--target-image", folder[bad]).AssertFails(3, word);
        }
        Attack("pgd", "--image", good, "--label", "12").AssertFails(2, "--label", "class 12", "0 to 9");
        Attack("lst", "--source-image", good, "--target-image", good, "--label", "12").AssertFails(2, "--label", "class 12");
        Attack("pgd", "--image", good, "--target-class", "99").AssertFails(2, "class 99", "0 to 9");
        Assert.Equal(there, folder.Names);
    }

    [Fact]
    public void WrongWeightsAndData()
    {
        string mlp = TinyModel.Write(folder["."], "mlp");
        string[] there = folder.Names;
        CliRun.Of("attack", "pgd", "--weights", mlp, "--model", "lenet5", "--data", "digits", "--out", folder["run"])
            .AssertFails(3, "conv1.weight");
        CliRun.Of("attack", "pgd", "--weights", folder["none"], "--data", "digits", "--out", folder["run"])
            .AssertFails(3, "does not exist");
        CliRun.Of("attack", "pgd", "--data", "digits", "--out", folder["run"]).AssertFails(2, "--weights");
        Attack("pgd", "--data", "mnist", "--data-dir", folder["."]).AssertFails(3, "minigrad data fetch mnist");
        Assert.Equal(there, folder.Names);
    }

    [Fact]
    public void ANetworkOfOtherImages()
    {
        MiniGrad.Nn.ModelCatalog.Add(new("test-of-colour", "for this test", (p, classes) => new ColourNetwork(p, classes)));
        string weights = TinyModel.Write(folder["."], "test-of-colour");
        CliRun.Of("attack", "pgd", "--weights", weights, "--model", "test-of-colour", "--data", "digits", "--out", folder["run"])
            .AssertFails(2, "[3, 28, 28]", "digits");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void PlacesThatCannotTakeARun()
    {
        folder.Put("run", [1]);
        Attack("pgd", "--data", "digits", "--count", "1").AssertFails(4, "is a file");
        CliRun.Of("attack", "pgd", "--weights", AttackFolder.Weights, "--data", "digits",
            "--count", "1", "--out", Path.Combine(folder["run"], "in")).AssertFails(4, "cannot write");
        File.Delete(folder["run"]);
        Directory.CreateDirectory(folder["run"]);
        File.WriteAllText(Path.Combine(folder["run"], "summary.json"), "{}");
        Attack("pgd", "--data", "digits", "--count", "1").AssertFails(2, "summary.json", "unknown run");
        Assert.Equal(["summary.json"], Directory.GetFiles(folder["run"]).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void TwoImageFiles_AreAWalk()
    {
        (string from, string to) = (Digit("<a> & 'b'.png", 0), Digit("to.png", Other(0)));
        Assert.Equal(0, Attack("lst", "--source-image", from, "--target-image", to, "--iterations", "25").Code);
        AttackFolder run = new(folder["run"]);
        var line = Assert.Single(run.Lines);
        Assert.Equal(Digits.Images([0]).ToArray<float>(), run.Tensor("source").ToArray<float>());
        Assert.Equal(Digits.Images([Other(0)]).ToArray<float>(), run.Tensor("target").ToArray<float>());
        Assert.Equal(Digits.Labels[0], line["label"]!.GetValue<int>());
        Assert.Equal(Digits.Labels[Other(0)], line["target_label"]!.GetValue<int>());
        Assert.Equal(-1, line["source_index"]!.GetValue<int>());
        double[] d = AttackFolder.Difference(run.Tensor("output"), run.Tensor("target"), 0);
        Assert.Equal(AttackFolder.Rmse(d), line["rmse"]!.GetValue<double>(), 1e-7);
        Assert.Contains("<a> & 'b'.png", run.Page().Descendants("h1").Single().Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--label", "source_misclassified")]
    [InlineData("same", "target_equals_source")]
    public void WalksThatAreNone_StillHaveAReport(string kind, string status)
    {
        string from = Digit("from.png", 0);
        string[] more = kind == "same"
            ? ["--target-image", from]
            : ["--target-image", Digit("to.png", Other(0)), "--label", $"{(Digits.Labels[0] + 1) % 10}"];
        Assert.Equal(0, Attack(["lst", "--source-image", from, .. more]).Code);
        AttackFolder run = new(folder["run"]);
        Assert.Equal(status, Assert.Single(run.Lines)["status"]!.GetValue<string>());
        Assert.Equal(1, run.Summary["statuses"]![status]!.GetValue<int>());
        Assert.NotEmpty(run.Page().Descendants("table"));
    }

    [Fact]
    public void AnImageFile_LeavesItsLabelOrReachesAClass()
    {
        string image = Digit("i.png", 0);
        Assert.Equal(0, Attack("pgd", "--image", image, "--label", $"{Digits.Labels[0]}", "--epsilon", "0.4").Code);
        AttackFolder run = new(folder["run"]);
        Assert.True(Assert.Single(run.Lines)["success"]!.GetValue<bool>());
        Assert.NotEqual(Digits.Labels[0], AttackFolder.Measure(run.Tensor("output"), [0])[0].Prediction);
        Directory.Delete(folder["run"], recursive: true);

        int towards = (Digits.Labels[0] + 3) % 10;
        CliRun reached = Attack("pgd", "--image", image, "--target-class", $"{towards}", "--epsilon", "0.5", "--steps", "80");
        Assert.Equal(0, reached.Code);
        Assert.Contains($"pgd: 1 of 1 are class {towards} to the network, 0 of them before the attack",
            reached.Out, StringComparison.Ordinal);
        Assert.Equal(towards, AttackFolder.Measure(run.Tensor("output"), [0])[0].Prediction);
        Assert.Equal(Digits.Labels[0], Assert.Single(run.Lines)["label"]!.GetValue<int>());
        Assert.Equal(towards, run.Summary["target_class"]!.GetValue<int>());
        Assert.False(run.Summary.ContainsKey("robust_accuracy"));
        Assert.Equal(["pgd", "0 / 1 (0.0 %)", "1 / 1 (100.0 %)"], run.Row("pgd")[..3]);
    }

    private static int Other(int index) => Array.FindIndex(Digits.Labels, label => label != Digits.Labels[index]);

    private string Digit(string name, int index)
    {
        float[] pixels = Digits.Images([index]).ToArray<float>();
        ImageFile.Write(folder[name], new PixelImage(28, 28, 1, Array.ConvertAll(pixels, p => (byte)Math.Round(p * 255))));
        return folder[name];
    }

    private CliRun Attack(params string[] words) =>
        CliRun.Of(["attack", words[0], "--weights", AttackFolder.Weights, .. words[1..], "--out", folder["run"]]);

    private sealed class ColourNetwork(MiniGrad.Nn.Params p, int classes) : MiniGrad.Nn.Network(p)
    {
        private readonly MiniGrad.Nn.Layers.Linear fc = new(p / "fc", 3 * 784, classes);

        public override Shape InputShape => [3, 28, 28];

        public override int ClassCount => classes;

        public override bool IsPiecewiseLinear => true;

        public override IReadOnlyList<string> Taps => [];

        public override Tensor Forward(Tensor x, MiniGrad.Nn.Pass? pass = null) => fc.Forward(x.Flatten(), pass);
    }
}
