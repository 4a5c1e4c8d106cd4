using MiniGrad.Data;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// The images of an attack run, example by example; targets only for traversals. Indices
/// are those of the data set, −1 for image files.
/// </summary>
internal sealed record AttackInput(
    string Description, IReadOnlyList<string> ClassNames, Tensor Sources,
    int[] Labels, Tensor? Targets, int[] TargetLabels, ImagePair[] Pairs, string Hash)
{
    public int Count => Labels.Length;

    /// <summary>The number in the run of the first of these, which may be those of one shard.</summary>
    public int First { get; init; }

    /// <summary>Examples of the whole run.</summary>
    public int Total { get; init; } = Labels.Length;

    /// <summary>The images from which an attack makes what it does to all.</summary>
    public Examples? Crafting { get; init; }

    /// <summary>Whether traversals are made between images of one class too.</summary>
    public bool Force { get; init; }

    /// <summary>The class to reach, if one was named; otherwise the attack is to leave the class.</summary>
    public int? TargetClass { get; init; }

    /// <summary>The class that each image is to reach, where they are of each.</summary>
    public int[]? TargetClasses { get; init; }

    /// <summary>How these were chosen.</summary>
    public string? Aim { get; init; }

    /// <summary>Whether every wrong class is to be tried, one of which is enough.</summary>
    public bool AllTargets { get; init; }

    /// <summary>What is attacked, for a count.</summary>
    public string Noun => Targets is null ? "images" : "pairs of images";

    /// <summary>The first images of a data set, for attacks in a ball.</summary>
    public static AttackInput Images(ImageDataSet data, int count, DType type, Shard? shard = null)
    {
        if (count > data.Count) throw new UsageException($"--count: {count} images asked for, {data.Name} has {data.Count}.");
        (int first, int length) = shard?.Range(count) ?? new(0, count);
        int[] indices = [.. Enumerable.Range(first, length)];
        return new(data.Name, data.ClassNames, data.Images(indices).Cast(type), data.Labels[first..(first + length)],
            null, [], [.. indices.Select(i => new ImagePair(i, -1))], data.Sha256)
        { First = first, Total = count };
    }

    /// <summary>Pairs of images of a data set, for traversals.</summary>
    public static AttackInput Traversals(ImageDataSet data, ImagePair[] pairs, DType type)
    {
        int[] sources = Array.ConvertAll(pairs, p => p.Source);
        int[] targets = Array.ConvertAll(pairs, p => p.Target);
        return new(data.Name, data.ClassNames, data.Images(sources).Cast(type), Array.ConvertAll(sources, i => data.Labels[i]),
            data.Images(targets).Cast(type), Array.ConvertAll(targets, i => data.Labels[i]), pairs, data.Sha256);
    }

    /// <summary>Some consecutive examples.</summary>
    public AttackInput Range(int first, int count) => this with
    {
        Sources = Sources.Take(0, new AxisRange(first, count)),
        Labels = Labels[first..(first + count)],
        Targets = Targets?.Take(0, new AxisRange(first, count)),
        TargetLabels = Targets is null ? [] : TargetLabels[first..(first + count)],
        Pairs = Pairs[first..(first + count)],
        TargetClasses = TargetClasses?[first..(first + count)],
    };

    /// <summary>The examples of one shard of these, which are all.</summary>
    public AttackInput Part(ExampleRange range) => Range(range.First, range.Count) with { First = range.First, Total = Count };

    /// <summary>What an attack is run on.</summary>
    public Examples Examples() => new(Sources, Labels)
    {
        Targets = Targets,
        TargetClasses = TargetClass is { } k ? [.. Enumerable.Repeat(k, Count)] : TargetClasses,
        Crafting = Crafting,
    };
}
