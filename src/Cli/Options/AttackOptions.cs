using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Attacks;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Cli.Options;

/// <summary>The options that say on which images an attack runs, and the images they name: those of a data set, or of files.</summary>
internal abstract class AttackOptions(AttackEntry entry)
{
    private const int UsualCount = 40;

    private readonly DataOptions data = new();
    private readonly Option<int?> count = CliOption.Whole("--count", $"How many images or pairs; {UsualCount} by default.", 1, 1_000_000);
    private readonly Option<int?> label = CliOption.Whole("--label", "The class of the image file; the predicted class by default.", 0);
    private readonly PhotoOptions photo = new();
    private readonly ClassLabels names = new();
    private ImageDataSet? opened;

    protected string Topic => entry.Name;

    /// <summary>The options of a perceptual distance, where the attack has use for one.</summary>
    public virtual LpipsOptions? Lpips => null;

    /// <summary>What only attacks of a family have.</summary>
    protected abstract Option[] Own { get; }

    /// <summary>The options of an attack, by what it needs: pairs of images, or images with their labels.</summary>
    public static AttackOptions For(AttackEntry entry) =>
        entry.Needs == AttackNeeds.Pairs ? new PairOptions(entry) : new SingleOptions(entry);

    public void AddTo(Command command)
    {
        data.AddTo(command);
        command.Add(count);
        command.Add(label);
        photo.AddTo(command);
        names.AddTo(command);
        foreach (Option option in Own) command.Add(option);
    }

    /// <summary>The image shape of the data set that is attacked; none for image files. Weights may name the set.</summary>
    public Shape? ImageShape(ParseResult parse, string? stored)
    {
        if (IsOfFiles(parse) || Source(parse, stored) is { IsFolder: true }) return null;
        opened = Source(parse, stored).Load();
        return [opened.Channels, opened.Height, opened.Width];
    }

    /// <summary>What is attacked: of a run in shards only those of one.</summary>
    public AttackInput Read(
        ParseResult parse, LoadedModel model, Session session, Classifier classifier, DType type, long seed, RunOptions runs)
    {
        AttackInput input = IsOfFiles(parse)
            ? Files(parse, model, session, classifier, type)
            : OfSet(parse, model, session, new(classifier, type, seed, runs.Part(parse), runs.Merged(parse)));
        return Asked(parse, input, classifier, seed);
    }

    protected abstract bool IsOfFiles(ParseResult parse);

    /// <summary>The image files, or the two of a pair, that were named.</summary>
    protected abstract (string First, string? Second) Paths(ParseResult parse);

    /// <summary>Whether an option was given that chooses images of a data set.</summary>
    protected virtual bool ChoosesOfSet(ParseResult parse) => parse.GetValue(data.Name) is not null || parse.GetValue(count) is not null;

    /// <summary>The number of images of a folder of images that are enough.</summary>
    protected abstract int? Enough(int? given);

    /// <summary>The examples of a data set.</summary>
    protected abstract AttackInput Choose(ParseResult parse, ImageDataSet set, Choice choice, int? given, int wanted);

    /// <summary>The examples with what else was asked.</summary>
    protected abstract AttackInput Asked(ParseResult parse, AttackInput input, Classifier classifier, long seed);

    private AttackInput OfSet(ParseResult parse, LoadedModel model, Session session, Choice choice)
    {
        if (parse.GetValue(label) is not null)
        {
            throw new UsageException($"{Topic}: --label is for an image file; the images of a data set have labels.");
        }
        int? given = parse.GetValue(count);
        ImageDataSet set = opened
            ?? (Source(parse, model.DataSet) with { Count = Enough(given) }).Load(model, photo.Transform(parse, model),
            names.Index(parse, choice.Classifier.ClassCount, data.Folder(parse)), session.Note);
        DataFit.Check(model.Network, model.Architecture, set);
        return Choose(parse, set, choice, given, given ?? UsualCount);
    }

    private AttackInput Files(ParseResult parse, LoadedModel model, Session session, Classifier classifier, DType type)
    {
        (string first, string? second) = Paths(parse);
        if (ChoosesOfSet(parse))
        {
            throw new UsageException(
                $"{Topic}: --data, --count and --pairs choose images of a data set. Leave them out, or leave out the image files.");
        }
        Tensor start = photo.Read(parse, "image", first, model, session).Cast(type);
        Tensor? end = second is null ? null : photo.Read(parse, "image", second, model, session).Cast(type);
        int own = parse.GetValue(label) ?? Logits.Prediction(classifier.Logits(start))[0];
        if (own >= classifier.ClassCount) throw new UsageException($"--label: class {own} is outside 0 to {classifier.ClassCount - 1}.");
        int[] other = end is null ? [] : Logits.Prediction(classifier.Logits(end));
        string[] numbers = [.. Enumerable.Range(0, classifier.ClassCount).Select(k => k.ToString(CultureInfo.InvariantCulture))];
        string hash = end is null ? Hash(start) : $"{Hash(start)} {Hash(end)}";
        string description = second is null ? Path.GetFileName(first) : $"{Path.GetFileName(first)} and {Path.GetFileName(second)}";
        return new(description, numbers, start, [own], end, other, [new(-1, -1)], hash);
    }

    private DataSource Source(ParseResult parse, string? stored) =>
        data.Source(parse, DataSource.Resolve(parse.GetValue(data.Name) ?? stored
        ?? throw new UsageException($"{Topic}: --data is missing. Name a data set, or an image file.")));

    /// <summary>Of the pixels, which depend on how a photo was resized.</summary>
    private static string Hash(Tensor image) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(image.Cast(DType.F64).ToArray<double>().AsSpan())));
}

/// <summary>For whom examples of a data set are chosen.</summary>
/// <param name="Classifier">Who must see them as they are labelled, where that matters.</param>
/// <param name="Type">The numbers of the images.</param>
/// <param name="Seed">Of the choice.</param>
/// <param name="Shard">The part of the run that they are for; none for all of it.</param>
/// <param name="Merged">The shards that have chosen already; none where none have.</param>
internal sealed record Choice(Classifier Classifier, DType Type, long Seed, Shard? Shard, ShardFolder? Merged);

/// <summary>Images with their labels.</summary>
internal sealed class SingleOptions(AttackEntry entry) : AttackOptions(entry)
{
    /// <summary>As many images as an attack that is made from others takes at most.</summary>
    private const int MostCrafting = 200;

    private readonly bool needsCrafting = entry.Needs == AttackNeeds.Crafting;
    private readonly Option<string?> image = CliOption.Text("--image", "An image file to attack, in place of a data set.", "file");
    private readonly TargetOption target = new(entry);

    public override LpipsOptions? Lpips { get; } = entry.IsPerceptual ? new() : null;

    protected override Option[] Own => [image, .. target.Options];

    protected override bool IsOfFiles(ParseResult parse) => parse.GetValue(image) is not null;

    protected override (string First, string? Second) Paths(ParseResult parse) => (parse.GetValue(image)!, null);

    protected override int? Enough(int? given) => given;

    protected override AttackInput Choose(ParseResult parse, ImageDataSet set, Choice choice, int? given, int wanted)
    {
        AttackInput input = AttackInput.Images(set, wanted, choice.Type, choice.Shard);
        if (!needsCrafting) return input;
        int[] others = [.. Enumerable.Range(wanted, Math.Min(MostCrafting, set.Count - wanted))];
        if (others.Length == 0)
        {
            throw new UsageException(
                $"{Topic}: it is made from images that are not attacked, and --count takes all of {set.Name}. Attack fewer.");
        }
        return input with { Crafting = new(set.Images(others).Cast(choice.Type), Array.ConvertAll(others, i => set.Labels[i])) };
    }

    protected override AttackInput Asked(ParseResult parse, AttackInput input, Classifier classifier, long seed) =>
        target.Apply(parse, input, classifier, seed);
}

/// <summary>Pairs of images: the source of a traversal and its target.</summary>
internal sealed class PairOptions(AttackEntry entry) : AttackOptions(entry)
{
    private readonly Option<string?> pairs = CliOption.Choice(
        "--pairs", "Pairs: each image with a random target, or a grid of one image of every class with all others.", "random", "grid");
    private readonly Option<string?> source = CliOption.Text(
        "--source-image", "An image file to start from, in place of a data set.", "file");
    private readonly Option<string?> target = CliOption.Text("--target-image", "An image file to walk towards.", "file");
    private readonly Option<bool> force = CliOption.Flag(
        "--force", "Walk between images of one class too; such pairs stay out of all averages.");

    public override LpipsOptions Lpips { get; } = new();

    protected override Option[] Own => [pairs, source, target, force];

    protected override bool IsOfFiles(ParseResult parse) => parse.GetValue(source) is not null || parse.GetValue(target) is not null;

    protected override (string First, string? Second) Paths(ParseResult parse) =>
        parse.GetValue(source) is { } first && parse.GetValue(target) is { } second
        ? (first, second)
        : throw new UsageException($"{Topic}: a walk needs both --source-image and --target-image.");

    protected override bool ChoosesOfSet(ParseResult parse) => base.ChoosesOfSet(parse) || parse.GetValue(pairs) is not null;

    // Targets are drawn from all images of the set.
    protected override int? Enough(int? given) => null;

    protected override AttackInput Choose(ParseResult parse, ImageDataSet set, Choice choice, int? given, int wanted)
    {
        if (parse.GetValue(pairs) != "grid")
        {
            (int first, int count) = choice.Shard?.Range(wanted) ?? new(0, wanted);
            ImagePair[] chosen = choice.Merged?.Pairs() ?? PairSelection.Random(choice.Classifier, set, count, choice.Seed, first);
            return AttackInput.Traversals(set, chosen, choice.Type) with { First = first, Total = wanted };
        }
        if (given is not null) throw new UsageException($"{Topic}: a grid has all pairs of its classes; leave out --count.");
        AttackInput all = AttackInput.Traversals(set, PairSelection.Grid(choice.Classifier, set), choice.Type);
        return choice.Shard is { } part ? all.Part(part.Range(all.Count)) : all;
    }

    protected override AttackInput Asked(ParseResult parse, AttackInput input, Classifier classifier, long seed) =>
        input with { Force = parse.GetValue(force) };
}
