using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// What a run warns of as a whole. A chunk counts and numbers its own examples; what it found is kept, and worded so
/// that the report does not depend on how the run was cut into chunks.
/// </summary>
internal sealed class RunWarnings
{
    private const string ZeroGradients = "zero gradients: some examples met a gradient of exactly zero; the loss may be saturated.";

    private readonly SortedSet<string> found = new(StringComparer.Ordinal);

    public void Add(IEnumerable<string> chunk)
    {
        foreach (string warning in chunk)
        {
            // The others that count can be counted again from the results.
            if (warning.StartsWith("zero gradients:", StringComparison.Ordinal)) found.Add(ZeroGradients);
            else if (!warning.StartsWith("non-finite:", StringComparison.Ordinal)
                && !warning.StartsWith("nothing to attack:", StringComparison.Ordinal))
            {
                found.Add(warning);
            }
        }
    }

    /// <summary>The warnings for all examples of the run.</summary>
    public string[] Of(IReadOnlyList<ExampleResult> all)
    {
        List<string> warnings = [.. found];
        int undefined = all.Count(e => e.Status == ExampleStatus.NonFinite);
        if (undefined > 0)
        {
            warnings.Add($"non-finite: {undefined} of {all.Count} examples met NaN or infinite logits; no average includes them.");
        }
        // Both are how an attack in a ball ends before it begins; walks know the second only.
        bool idle = all.Any(e => e.Status == ExampleStatus.AlreadyMet)
            && all.All(e => e.Status is ExampleStatus.AlreadyMet or ExampleStatus.SameClass);
        if (idle) warnings.Add($"nothing to attack: all {all.Count} images meet the goal already.");
        return [.. warnings];
    }

    /// <summary>One warning a line, as <see cref="Add"/> takes them back.</summary>
    public override string ToString() => string.Join('\n', found);
}
