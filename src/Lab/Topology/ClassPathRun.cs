using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Topology;

/// <summary>The path of one pair as a line of a run has it; NaN, written as null, where there is no path.</summary>
internal sealed record ClassPathRow(
    int Index, string Kind, int Class, int StartIndex, int? EndIndex, string Status, double Push, int Depth, int Refined, int Anchors,
    double ChordPurity, double RelativeLength, double Deviation, double TurningDegrees, double LowestMargin, int Forwards, int Gradients)
    : IRunRow
{
    private static readonly (PathStatus Status, string Word)[] Statuses =
    [
        (PathStatus.Found, "found"), (PathStatus.Projection, "projection"), (PathStatus.Depth, "depth"), (PathStatus.Recheck, "recheck"),
        (PathStatus.NoEnd, "no-end"),
    ];

    /// <summary>The kinds of pairs and their words.</summary>
    public static readonly (PairKind Kind, string Word)[] Kinds =
        [(PairKind.Natural, "natural"), (PairKind.OtherClass, "other-class"), (PairKind.Noise, "noise")];

    /// <summary>The row of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="pair">Its pair.</param>
    /// <param name="indices">The numbers of the images in the data set.</param>
    public static ClassPathRow Of(ClassPath path, RegionPair pair, int[] indices)
    {
        PathNumbers n = PathNumbers.Of(path);
        return new(path.Index, Word(pair.Kind), path.Class, indices[pair.Start], pair.End is { } end ? indices[end] : null,
            Array.Find(Statuses, s => s.Status == n.Status).Word, n.Push, n.Depth, n.Refined, n.Anchors, n.ChordPurity, n.RelativeLength,
            n.Deviation, n.TurningDegrees, n.LowestMargin, n.Forwards, n.Gradients);
    }

    /// <summary>The word of a kind.</summary>
    public static string Word(PairKind kind) => Array.Find(Kinds, k => k.Kind == kind).Word;

    /// <summary>What a summary needs of it.</summary>
    public PathNumbers Numbers() => new(Array.Find(Statuses, s => s.Word == Status).Status, Push, Depth, Refined, Anchors, ChordPurity,
        RelativeLength, Deviation, TurningDegrees, LowestMargin, Forwards, Gradients);
}

/// <summary>A run of paths inside class regions, pair by pair, many of them searched together.</summary>
internal sealed class ClassPathRun(
    ClassPaths settings, Classifier classifier, ProbeImages input, IReadOnlyList<RegionPair> pairs, RunFolder folder, long seed)
    : Run<ClassPathRow>(folder, pairs.Count)
{
    /// <summary>Pairs that are searched together.</summary>
    public const int Together = 64;

    /// <summary>Points that go through the network together.</summary>
    private const int Batch = 256;

    public override string Noun => "pair";

    protected override string LineNoun => "the path of a pair";

    /// <summary>The numbers of a kind.</summary>
    public ClassPathSummary Summary(PairKind kind) =>
        ClassPathSummary.Of(Rows.Where(row => row.Kind == ClassPathRow.Word(kind)).Select(row => row.Numbers()));

    /// <summary>The path of one pair again, with its points; lines hold numbers alone.</summary>
    public ClassPath Path(int pair, CancellationToken cancellation) => Find(pair, 1, new() { Cancellation = cancellation })[0];

    protected override IEnumerable<ClassPathRow> Measure(int first, int length, RunContext context)
    {
        try
        {
            return Find(first, length, context).Select((path, k) => ClassPathRow.Of(path, pairs[first + k], input.Indices));
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    private ClassPath[] Find(int first, int length, RunContext context) => settings.Between(classifier, input.Images,
        [.. pairs.Skip(first).Take(length)], context with { Seed = seed, FirstIndex = first, ChunkSize = Batch });
}
