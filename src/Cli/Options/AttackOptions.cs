using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Attacks;
using MiniGrad.Lab.Models;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Cli.Options;

/// <summary>The options that say on which images an attack runs, and the images they name.</summary>
internal sealed class AttackOptions(AttackEntry entry)
{
    private readonly DataOptions data = new();
    private readonly Option<int?> count = CliOption.Whole("--count", "How many images or pairs; 40 by default.", 1, 1_000_000);
    private readonly Option<string?> pairs = CliOption.Choice("--pairs", "Pairs: each image with a random target, or a grid of one image of every class with all others.", "random", "grid");
    private readonly Option<string?> source = CliOption.Text("--source-image", "An image file to start from, in place of a data set.", "file");
    private readonly Option<string?> target = CliOption.Text("--target-image", "An image file to walk towards.", "file");
    private readonly Option<string?> image = CliOption.Text("--image", "An image file to attack, in place of a data set.", "file");
    private readonly Option<int?> label = CliOption.Whole("--label", "The class of the image file; the predicted class by default.", 0);
    private readonly Option<int?> towards = CliOption.Whole("--target-class", "Attack towards this class, instead of away from the true one.", 0);

    private readonly Option<bool> force = CliOption.Flag("--force", "Walk between images of one class too; such pairs stay out of all averages.");

    private readonly PhotoOptions photo = new();
    private readonly ClassLabels names = new();
    private ImageDataSet? opened;

    public void AddTo(Command command)
    {
        data.AddTo(command);
        command.Add(count);
        command.Add(label);
        photo.AddTo(command);
        names.AddTo(command);
        foreach (Option option in entry.IsTraversal ? (Option[])[pairs, source, target, force] : [image, towards]) command.Add(option);
    }

    /// <summary>The class to reach, if one was named.</summary>
    public int? TargetClass(ParseResult parse) => entry.IsTraversal ? null : parse.GetValue(towards);

    /// <summary>The image shape of the data set that is attacked; none for image files. Weights may name the set.</summary>
    public Shape? ImageShape(ParseResult parse, string? stored)
    {
        if (IsOfFiles(parse) || DataSource.IsFolder(SetName(parse, stored))) return null;
        opened = DataSource.Open(SetName(parse, stored), Split.Test, data.Folder(parse));
        return [opened.Channels, opened.Height, opened.Width];
    }

    public AttackInput Read(ParseResult parse, LoadedModel model, Session session, Classifier classifier, DType type, long seed) =>
        Find(parse, model, session, classifier, type, seed) with { Force = entry.IsTraversal && parse.GetValue(force) };

    private AttackInput Find(ParseResult parse, LoadedModel model, Session session, Classifier classifier, DType type, long seed)
    {
        if (IsOfFiles(parse)) return Files(parse, model, session, classifier, type, parse.GetValue(entry.IsTraversal ? source : image), entry.IsTraversal ? parse.GetValue(target) : null);
        if (parse.GetValue(label) is not null) throw new UsageException($"{entry.Name}: --label is for an image file; the images of a data set have labels.");
        ImageDataSet set = opened ?? DataSource.OpenFolder(SetName(parse, model.DataSet), model, photo.Transform(parse, model),
            names.Index(parse, classifier.ClassCount, data.Folder(parse)), session, entry.IsTraversal ? null : parse.GetValue(count));
        DataFit.Check(model.Network, model.Architecture, set);
        int wanted = parse.GetValue(count) ?? 40;
        if (!entry.IsTraversal) return AttackInput.Images(set, wanted, type);
        if (parse.GetValue(pairs) != "grid") return AttackInput.Walks(set, PairSelection.Random(classifier, set, wanted, seed), type);
        if (parse.GetValue(count) is not null) throw new UsageException($"{entry.Name}: a grid has all pairs of its classes; leave out --count.");
        return AttackInput.Walks(set, PairSelection.Grid(classifier, set), type);
    }

    /// <summary>Of the pixels, which depend on how a photo was resized.</summary>
    private static string Hash(Tensor image) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(image.Cast(DType.F64).ToArray<double>().AsSpan())));

    private bool IsOfFiles(ParseResult parse) =>
        entry.IsTraversal ? parse.GetValue(source) is not null || parse.GetValue(target) is not null : parse.GetValue(image) is not null;

    private string SetName(ParseResult parse, string? stored) => DataSource.Resolve(parse.GetValue(data.Name) ?? stored
        ?? throw new UsageException($"{entry.Name}: --data is missing. Name a data set, or an image file."));

    private AttackInput Files(ParseResult parse, LoadedModel model, Session session, Classifier classifier, DType type, string? first, string? second)
    {
        if (entry.IsTraversal && (first is null || second is null)) throw new UsageException($"{entry.Name}: a walk needs both --source-image and --target-image.");
        bool ofData = parse.GetValue(data.Name) is not null || parse.GetValue(count) is not null || (entry.IsTraversal && parse.GetValue(pairs) is not null);
        if (ofData) throw new UsageException($"{entry.Name}: --data, --count and --pairs choose images of a data set. Leave them out, or leave out the image files.");
        Tensor start = photo.Read(parse, "image", first!, model, session).Cast(type);
        Tensor? end = second is null ? null : photo.Read(parse, "image", second, model, session).Cast(type);
        int own = parse.GetValue(label) ?? Confidence.Prediction(classifier.Logits(start))[0];
        if (own >= classifier.ClassCount) throw new UsageException($"--label: class {own} is outside 0 to {classifier.ClassCount - 1}.");
        int[] other = end is null ? [] : Confidence.Prediction(classifier.Logits(end));
        string[] names = [.. Enumerable.Range(0, classifier.ClassCount).Select(k => k.ToString(CultureInfo.InvariantCulture))];
        string hash = end is null ? Hash(start) : $"{Hash(start)} {Hash(end)}";
        return new(second is null ? Path.GetFileName(first!) : $"{Path.GetFileName(first!)} and {Path.GetFileName(second)}", names, start, [own], end, other, [new(-1, -1)], hash);
    }
}
