using System.CommandLine;
using System.Globalization;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Options;

/// <summary>The options that choose images of a data set: the first ones, or those of given numbers.</summary>
/// <param name="usual">How many are taken by default.</param>
internal sealed class ProbeImageOptions(int usual = 10)
{
    private readonly DataOptions data = new();
    private readonly Option<int?> count = CliOption.Whole(
        "--count", $"How many images, from the first on; {usual} by default.", 1, 1_000_000);
    private readonly Option<int[]?> indices = CliOption.Wholes(
        "--indices", "The numbers of the images in the data set, from 0, in place of --count.");
    private readonly PhotoOptions photo = new();
    private readonly ClassLabels names = new();
    private ImageDataSet? opened;
    private DataSource? source;

    public void AddTo(Command command)
    {
        data.AddTo(command);
        command.Add(count);
        command.Add(indices);
        photo.AddTo(command);
        names.AddTo(command);
    }

    /// <summary>The shape of the data set's images; none for a folder, whose images the network shapes. Weights may name the set.</summary>
    public Shape? ImageShape(ParseResult parse, string? stored)
    {
        source = data.Source(parse,
            DataSource.Resolve(parse.GetValue(data.Name) ?? stored ?? throw new UsageException("--data is missing. Name a data set.")));
        if (source.IsFolder) return null;
        opened = source.Load();
        return [opened.Channels, opened.Height, opened.Width];
    }

    /// <summary>The whole test set, once the network is known.</summary>
    public ImageDataSet Set(ParseResult parse, LoadedModel model, Session session)
    {
        opened ??= source!.Load(model, photo.Transform(parse, model),
            names.Index(parse, model.Network.ClassCount, data.Folder(parse)), session.Note);
        DataFit.Check(model.Network, model.Architecture, opened);
        return opened;
    }

    public ProbeImages Read(ParseResult parse, ImageDataSet set, DType type)
    {
        int[] chosen = Chosen(parse, set);
        return new(set.Name, set.ClassNames, set.Images(chosen).Cast(type),
            Array.ConvertAll(chosen, i => set.Labels[i]), chosen, set.Sha256);
    }

    private int[] Chosen(ParseResult parse, ImageDataSet set)
    {
        if (parse.List(indices) is not { } given)
        {
            int wanted = parse.GetValue(count) ?? Math.Min(usual, set.Count);
            if (wanted > set.Count) throw new UsageException($"--count: {wanted} images asked for, {set.Name} has {set.Count}.");
            return [.. Enumerable.Range(0, wanted)];
        }
        if (parse.GetValue(count) is not null)
        {
            throw new UsageException("--indices: they say how many images there are. Leave out --count.");
        }
        foreach (int index in given)
        {
            if (index >= set.Count)
            {
                throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                    $"--indices: image {index} is outside 0 to {set.Count - 1} of {set.Name}."));
            }
        }
        if (given.Distinct().Count() != given.Length) throw new UsageException("--indices: an image is named twice. Name each once.");
        return given;
    }
}
