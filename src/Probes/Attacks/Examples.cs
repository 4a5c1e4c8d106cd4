namespace MiniGrad.Probes.Attacks;

/// <summary>What an attack is run on: images [N, …] with their labels, and what else it needs of each.</summary>
/// <param name="Images">The clean images, or those that a traversal starts from.</param>
/// <param name="Labels">The class of each image.</param>
public sealed record Examples(Tensor Images, int[] Labels)
{
    /// <summary>The images [N, …] that a traversal walks towards.</summary>
    public Tensor? Targets { get; init; }

    /// <summary>The class that each image is to reach; none to leave its own.</summary>
    public int[]? TargetClasses { get; init; }

    /// <summary>What counts as success, where it is neither of the two.</summary>
    public Goal? Goal { get; init; }

    /// <summary>The images from which an attack makes what it does to all.</summary>
    public Examples? Crafting { get; init; }

    /// <summary>How many there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The number of each example in its whole run, where they do not follow one another.</summary>
    internal int[]? Numbers { get; init; }

    /// <summary>The first half, from which something is made, and the second, on which it is measured.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    internal (Examples Crafting, Examples HeldOut) Halves(string what)
    {
        if (Count < 2) Throw.Argument($"{what}: {Count} images cannot be halved into those to make it from and others. Give at least 2.");
        return (Range(0, Count / 2), Range(Count / 2, Count - Count / 2));
    }

    /// <summary>Some consecutive examples.</summary>
    public Examples Range(int first, int count) => Take([.. Enumerable.Range(first, count)]);

    /// <summary>The examples of some rows, in their order.</summary>
    public Examples Take(int[] rows) => this with
    {
        Images = Images.TakeIndices(0, rows),
        Labels = Array.ConvertAll(rows, row => Labels[row]),
        Targets = Targets?.TakeIndices(0, rows),
        TargetClasses = TargetClasses is null ? null : Array.ConvertAll(rows, row => TargetClasses[row]),
        Goal = Goal?.Take(rows),
        Numbers = Numbers is null ? null : Array.ConvertAll(rows, row => Numbers[row]),
    };
}
