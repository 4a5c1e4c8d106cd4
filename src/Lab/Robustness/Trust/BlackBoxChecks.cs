using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>Checks by attacks that look at no slope: what they break, slopes should have broken.</summary>
internal static class BlackBoxChecks
{
    /// <summary>The share of images that Square may break beyond attacks by slopes. AutoAttack's own flag.</summary>
    private const double SquareAlone = 0.002;

    public static IReadOnlyList<TrustCheck> All { get; } =
    [
        new("Square beside slopes", "images that only Square breaks, of all", Square),
        new("noise", "200 random points of the threat on images that PGD leaves", Noise),
        new("labels only", "a walk along the boundary that sees labels only, on images that the suite left (L2 only)", Walk),
    ];

    private static (string, string?)? Square(TrustSample sample)
    {
        SuiteFate[] fates = [.. sample.Fates];
        if (!sample.HasSquare) return null;
        int alone = fates.Count(fate => fate.BrokenBy is { } name && name.StartsWith("square", StringComparison.Ordinal));
        string words = $"{alone} of {sample.Total} images";
        return (words, alone > SquareAlone * sample.Total && alone >= 2
            ? $"an attack without slopes breaks what slopes do not: {words}. Slopes are masked." : null);
    }

    private static (string, string?)? Noise(TrustSample sample)
    {
        if (!sample.IsBall) return null;
        bool[] broken = sample.Broken("pgd:steps=40");
        int[] left = [.. sample.Right.Where(i => !broken[i])];
        int found = sample.Attacked("noise:draws=200", sample.Threat, left).Length;
        string words = $"{found} of {left.Length} images that stood are broken by noise";
        return (words, sample.IsMany(found) ? $"random points beat PGD: {words}." : null);
    }

    private static (string, string?)? Walk(TrustSample sample)
    {
        // It shortens the L2 norm, which says little about others.
        if (sample.Threat is not L2 || sample.Left.Length == 0) return null;
        AttackResult found =
            new BoundaryWalk().Run(sample.Classifier, sample.Examples.Take(sample.Left) with { Numbers = sample.Left }, sample.Run);
        sample.Run.Cancellation.ThrowIfCancellationRequested();
        int inside = found.Examples.Count(e => e.Success && e.DistanceL2 <= sample.Threat.Radius);
        string words = $"{inside} of {sample.Left.Length} images that stood are broken within the threat";
        return (words, sample.IsMany(inside) ? $"an attack that sees labels only finds what slopes do not: {words}." : null);
    }
}
