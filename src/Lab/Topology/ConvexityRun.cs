using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Topology;

/// <summary>How convex the region of one class is, as a line of a run has it: one element of each list for each size.</summary>
/// <param name="Index">The number of the line.</param>
/// <param name="Subject">Whose region: the network's, or that of the linear control.</param>
/// <param name="Class">The class.</param>
/// <param name="Images">Images that are seen as it.</param>
/// <param name="Sizes">Images in each combination.</param>
/// <param name="Draws">Combinations; 0 where there are too few images.</param>
/// <param name="Hits">Those with random weights that are seen as the class.</param>
/// <param name="EqualHits">Those with equal weights that are.</param>
internal sealed record ConvexityLine(
    int Index, string Subject, int Class, int Images, int[] Sizes, int[] Draws, int[] Hits, int[] EqualHits) : IRunRow
{
    public const string OfNetwork = "network";
    public const string OfControl = "control";

    public IEnumerable<ConvexityRow> Rows() =>
        Sizes.Select((size, k) => new ConvexityRow(Class, Images, size, Draws[k], Hits[k], EqualHits[k]));
}

/// <summary>A run of convexity, class by class: first the network's, then those of a linear classifier of the same images.</summary>
internal sealed class ConvexityRun(
    RegionConvexity probe, Classifier classifier, LinearControl control, ProbeImages input, RunFolder folder, long seed)
    : Run<ConvexityLine>(folder, classifier.ClassCount + control.Classes.Count)
{
    /// <summary>Combinations that go through the network together.</summary>
    private const int Batch = 256;
    private int[]? predicted;
    private int[]? controlled;

    public override string Noun => "class";

    protected override string LineNoun => "the convexity of a class";

    /// <summary>What was found of the network, or of the control.</summary>
    public ConvexityResult Of(string subject) => new([.. Rows.Where(line => line.Subject == subject).SelectMany(line => line.Rows())]);

    protected override IEnumerable<ConvexityLine> Measure(int first, int length, RunContext context)
    {
        List<ConvexityLine> lines = [];
        try
        {
            for (int index = first; index < first + length; index++)
            {
                lines.Add(Line(index, context with { Seed = seed, FirstIndex = 0, ChunkSize = Batch }));
            }
        }
        catch (OperationCanceledException)
        {
            // The classes that were finished by then are kept.
        }
        return lines;
    }

    private ConvexityLine Line(int index, RunContext context)
    {
        bool isControl = index >= classifier.ClassCount;
        int own = isControl ? index - classifier.ClassCount : index;
        ConvexityRow[] rows = isControl
            ? [.. probe.OfClass(control.Classifier, input.Images,
                controlled ??= probe.Predicted(control.Classifier, input.Images, context), own, context)]
            : [.. probe.OfClass(classifier, input.Images, predicted ??= probe.Predicted(classifier, input.Images, context), own, context)];
        return new(index, isControl ? ConvexityLine.OfControl : ConvexityLine.OfNetwork, isControl ? control.Classes[own] : own,
            rows[0].Images, Of(rows, row => row.Size), Of(rows, row => row.Draws), Of(rows, row => row.Hits),
            Of(rows, row => row.EqualHits));
    }

    private static int[] Of(ConvexityRow[] rows, Func<ConvexityRow, int> value) => [.. rows.Select(value)];
}
