using System.CommandLine;
using System.Globalization;
using MiniGrad.Lab;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Cli.Options;

/// <summary>The class that an attack is to reach: one for all images, one of each, or all in turn.</summary>
internal sealed class TargetOption(AttackEntry entry)
{
    private readonly Option<int?> towards = CliOption.Whole(
        "--target-class", "Attack towards this class, instead of away from the true one.", 0);

    private readonly Option<string?> target = CliOption.Text("--target",
        "Attack towards this class; towards a random or the least likely wrong class of each image; or towards all wrong classes in turn, "
        + "one of which is enough.", "n|random|least-likely|all");

    public Option[] Options => [towards, target];

    public AttackInput Apply(ParseResult parse, AttackInput input, Classifier classifier, long seed)
    {
        (int? number, string? word) = (parse.GetValue(towards), parse.GetValue(target));
        if (word is null) return input with { TargetClass = Known("--target-class", number, input, classifier) };
        if (number is not null) throw new UsageException($"--target {word} says what --target-class {number} says too. Leave one out.");
        if (word is not ("all" or "random" or "least-likely"))
        {
            return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int k)
                ? input with { TargetClass = Known("--target", k, input, classifier) }
                : throw new UsageException($"--target: \"{word}\" is no class. Give its number, random, least-likely or all.");
        }
        if (entry.Needs != AttackNeeds.Labels)
        {
            throw new UsageException($"{entry.Name}: --target {word} is for attacks on each image by itself. Give the number of a class.");
        }
        if (word == "all")
        {
            return entry.Type.IsSubclassOf(typeof(BallAttack))
                ? input with { AllTargets = true }
                : throw new UsageException(
                    $"{entry.Name}: --target all is for attacks within a threat. Without a target it looks for the nearest class itself.");
        }
        return input with { Aim = word, TargetClasses = OfEach(word, input, classifier, seed) };
    }

    private static int? Known(string option, int? number, AttackInput input, Classifier classifier)
    {
        if (number >= classifier.ClassCount)
        {
            throw new UsageException($"{option}: class {number} is outside 0 to {classifier.ClassCount - 1}.");
        }
        if (number is { } k && Array.TrueForAll(input.Labels, label => label == k))
        {
            throw new UsageException($"{option}: every image is of class {k} already. Name another class.");
        }
        return number;
    }

    /// <summary>A wrong class of each image: not its label, or for the smallest perturbation, not what it is taken for.</summary>
    private int[] OfEach(string word, AttackInput input, Classifier classifier, long seed)
    {
        Tensor logits = classifier.Logits(input.Sources);
        int[] left = entry.IsMinimal ? Logits.Prediction(logits) : input.Labels;
        double[] z = logits.Cast(DType.F64).ToArray<double>();
        int classes = classifier.ClassCount;
        Rng rng = new Rng(seed).At("target");
        return Array.ConvertAll([.. Enumerable.Range(0, input.Count)], i =>
        {
            int[] wrong = [.. Enumerable.Range(0, classes).Where(k => k != left[i])];
            return word == "random" ? wrong[rng.At(input.First + i).Below(wrong.Length)] : wrong.MinBy(k => z[i * classes + k]);
        });
    }
}
