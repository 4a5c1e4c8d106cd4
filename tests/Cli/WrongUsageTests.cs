using System.Text.Json.Nodes;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>A user's mistake in the command line is one line, exit code 2, and a remedy.</summary>
public sealed class WrongUsageTests
{
    [Theory]
    [InlineData("", "no command given", "train")]
    [InlineData("trian lenet5-digits --epochs 3", "\"trian\"", "did you mean \"train\"?")]
    [InlineData("--jsn", "\"--jsn\"", "did you mean \"--json\"?")]
    [InlineData("weights", "weights: no command given", "inspect")]
    [InlineData("weights inspct f", "\"inspct\"", "did you mean \"inspect\"?")]
    [InlineData("data fecth mnist", "\"fecth\"", "did you mean \"fetch\"?")]
    [InlineData("probe", "probe: no command given", "curvature")]
    [InlineData("probe curvatur --weights f", "\"curvatur\"", "did you mean \"curvature\"?")]
    [InlineData("reproduce", "reproduce: no command given", "curvature")]
    [InlineData("reproduce spatail", "\"spatail\"", "did you mean \"spatial\"?")]
    [InlineData("reproduce spatial --preset smal", "\"smal\"", "did you mean \"small\"?")]
    [InlineData("reproduce spatial --data cifar-1", "\"cifar-1\"", "did you mean \"cifar-10\"?")]
    [InlineData("reproduce spatial --precision f64", "f32", "--precision")]
    [InlineData("reproduce robustnes", "\"robustnes\"", "did you mean \"robustness\"?")]
    [InlineData("reproduce robustness --preset ful", "\"ful\"", "did you mean \"full\"?")]
    [InlineData("reproduce robustness --precision f64", "f32", "--precision")]
    [InlineData("reproduce lsf", "\"lsf\"", "did you mean \"lst\"?")]
    [InlineData("reproduce lst --preset smal", "\"smal\"", "did you mean \"small\"?")]
    [InlineData("reproduce lst --data imagent", "\"imagent\"", "did you mean \"imagenet\"?")]
    [InlineData("reproduce lst --protocol erly", "\"erly\"", "did you mean \"early\"?")]
    [InlineData("reproduce lst --precision f64", "f32", "--precision")]
    [InlineData("train", "recipe", "train --help")]
    [InlineData("train --epoch 3", "\"--epoch\"", "did you mean \"--epochs\"?")]
    [InlineData("train lenet5-digits --epoch=3", "\"--epoch\"", "did you mean \"--epochs\"?")]
    [InlineData("train lenet5-digits --epochs three", "--epochs: \"three\"", "whole number")]
    [InlineData("train lenet5-digits --epochs 0", "--epochs: \"0\"", "1")]
    [InlineData("train lenet5-digits --epochs 99999999999", "--epochs: \"99999999999\"", "whole number")]
    [InlineData("train lenet5-digits --epochs --batch 3", "value is missing", "--epochs")]
    [InlineData("train lenet5-digits --learning-rate -1", "--learning-rate: \"-1\"", "above 0")]
    [InlineData("train lenet5-digits --learning-rate nan", "--learning-rate: \"nan\"", "number")]
    [InlineData("train lenet5-digits --optimizer adm", "\"adm\"", "did you mean \"adam\"?")]
    [InlineData("train lenet5-digits --schedule cosin", "\"cosin\"", "did you mean \"cosine\"?")]
    [InlineData("train lenet5-digits --model lenet6", "\"lenet6\"", "did you mean \"lenet5\"?")]
    [InlineData("train lenet5-digits --data mnst", "\"mnst\"", "did you mean \"mnist\"?")]
    [InlineData("train lenet5-digit", "\"lenet5-digit\"", "did you mean \"lenet5-digits\"?")]
    [InlineData("train lenet5-digits extra", "\"extra\"", "too many")]
    [InlineData("train lenet5-digits --precision f64", "f64", "eval")]
    [InlineData("train @words", "\"@words\"", "Known")]
    [InlineData("eval", "--weights", "eval --help")]
    [InlineData("eval --weights a --weights b", "--weights", "eval --help")]
    [InlineData("eval --weights a --std 0.3,0", "--std: \"0\" (value 1)", "above 0")]
    [InlineData("eval --weights a --mean 0.1,x", "--mean: \"x\" (value 1)", "number")]
    [InlineData("eval --weights a --data digit", "\"digit\"", "did you mean \"digits\"?")]
    [InlineData("eval --weights a --model lent5", "\"lent5\"", "did you mean \"lenet5\"?")]
    [InlineData("eval --weights a --classes 1", "--classes: \"1\"", "2")]
    [InlineData("evaluate", "--weights", "evaluate --help")]
    [InlineData("evaluate --weights a --attack pdg", "\"pdg\"", "did you mean \"pgd\"?")]
    [InlineData("evaluate --weights a --attack lst", "lst is no attack on single images", "Take one of apgd, apgd-t, bim, fab")]
    [InlineData("evaluate --weights a --attack deepfool", "deepfool is no attack on single images within a threat", "pgd")]
    [InlineData("evaluate --weights a --attack universal", "universal is no attack on single images", "pgd")]
    [InlineData("evaluate --weights a --attack pgd:fast", "\"fast\" is not name=value", "Write pgd:steps=100")]
    [InlineData("evaluate --weights a --attack pgd:", "\"\" is not name=value", "Write pgd:steps=100")]
    [InlineData("evaluate --weights a --attack pgd:step=3", "no option --step", "did you mean --steps?")]
    [InlineData("evaluate --weights a --attack pgd:steps=3,4", "--steps 3,4", "not a whole number")]
    [InlineData("evaluate --weights a --attack pgd:steps=3,steps=4", "steps is given twice", "once")]
    [InlineData("evaluate --weights a --attack pgd:loss=confidenc", "\"confidenc\"", "did you mean \"confidence\"?")]
    [InlineData("evaluate --weights a --attack pgd --attack fgsm --attack pgd", "--attack pgd is named twice", "once")]
    [InlineData("evaluate --weights a --attac pgd", "\"--attac\"", "did you mean \"--attack\"?")]
    [InlineData("evaluate --weights a --threat linf", "linf lacks its size", "linf:8/255")]
    [InlineData("evaluate --weights a --threat linf:-1", "radius -1", "at least 0")]
    [InlineData("evaluate --weights a --reject-at-tpr 1", "a true-positive rate of 1 is outside (0, 1)", "0.99")]
    [InlineData("evaluate --weights a --reject-at-tpr 0", "--reject-at-tpr: \"0\"", "above 0")]
    [InlineData("evaluate --weights a --count 0", "--count: \"0\"", "1")]
    [InlineData("evaluate --weights a --clean-count 1", "--clean-count: \"1\"", "2")]
    [InlineData("infer --weights a", "--input", "--image")]
    [InlineData("infer --weights a --input b", "--out is missing", "safetensors")]
    [InlineData("infer --weights a --input b --image c", "either", "--image")]
    [InlineData("infer --weights a --input b --labels 3,-1", "--labels: \"-1\" (value 1)", "whole number")]
    [InlineData("infer --weights a --input b --repeat 0", "--repeat: \"0\"", "1")]
    [InlineData("gradcheck --op conv3d", "\"conv3d\"", "did you mean \"conv2d\"?")]
    [InlineData("gradcheck --model lenet6", "\"lenet6\"", "did you mean \"lenet5\"?")]
    [InlineData("gradcheck --op exp --model mlp", "--op", "not both")]
    [InlineData("data info mnst", "\"mnst\"", "did you mean \"mnist\"?")]
    [InlineData("data fetch cifar", "\"cifar\"", "Known: mnist, fashion, digits")]
    [InlineData("devices --threads 0", "--threads: \"0\"", "1 to 1024")]
    [InlineData("devices --threads 1025", "--threads: \"1025\"", "1 to 1024")]
    [InlineData("infer --weights a --input b --out c --exact yes", "\"yes\"", "--help")]
    [InlineData("devices --exakt", "\"--exakt\"", "did you mean \"--exact\"?")]
    [InlineData("devices --device gpu:x", "\"gpu:x\"", "did you mean \"gpu:0\"?")]
    [InlineData("devices --device gpu:-1", "\"gpu:-1\"", "gpu")]
    [InlineData("devices --device cpuu", "\"cpuu\"", "did you mean \"cpu\"?")]
    [InlineData("devices --precision f16", "\"f16\"", "did you mean \"f32\"?")]
    [InlineData("devices --seed 1.5", "--seed: \"1.5\"", "whole number")]
    public void IsOneLine_ThatNamesTheValueAndTheRemedy(string line, string value, string remedy)
    {
        CliRun run = CliRun.Of(Words(line));
        run.AssertFails(2, value, remedy);
        Assert.Equal("", run.Out);
    }

    [Theory]
    [InlineData("devices --device gpu:99", "gpu:99: ")]
    [InlineData("devices --precision tf32", "tf32: only the tensor cores of a GPU compute with it, and this is the cpu. "
        + "Use --device gpu, or --precision f32.")]
    public void AMissingDevice_IsCode4(string line, string words) => CliRun.Of(Words(line)).AssertFails(4, words);

    [Fact]
    public void WithJson_TheErrorIsAnObjectToo()
    {
        CliRun run = CliRun.Of("train", "nope", "--json");
        run.AssertFails(2, "\"nope\"");
        JsonObject error = JsonNode.Parse(run.Out)!.AsObject();
        Assert.Equal(2, error["exit_code"]!.GetValue<int>());
        Assert.Contains("\"nope\"", error["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void ControlCharacters_DoNotReachTheTerminal() =>
        CliRun.Of("train", "a\nb\u001b[31m").AssertFails(2, "a b?[31m");

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
