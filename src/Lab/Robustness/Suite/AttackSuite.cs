using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>How thorough a suite of attacks is.</summary>
internal enum SuiteVersion
{
    /// <summary>Each kind of attack once, targeted where that is stronger.</summary>
    Standard,

    /// <summary>Untargeted attacks from five starts as well.</summary>
    Plus,

    /// <summary>For classifiers that draw random numbers: what is attacked is the mean of twenty draws.</summary>
    Rand,
}

/// <summary>
/// Attacks of different kinds within one threat, made to be run one after another on the images that are still right. In the manner
/// of AutoAttack (Croce and Hein, arXiv:2003.01690), whose code this is not: the name of its numbers is "AutoAttack-style".
/// </summary>
internal static class AttackSuite
{
    /// <summary>Draws of random numbers that <see cref="SuiteVersion.Rand"/> takes means of.</summary>
    public const int Draws = 20;

    /// <summary>What is asked of each threat of pixels, in order, as the command evaluate names attacks.</summary>
    private static IReadOnlyList<string> OfPixels(SuiteVersion version) => version switch
    {
        SuiteVersion.Standard => ["apgd", "apgd-t", "fab:targets=9", "square"],
        SuiteVersion.Plus => ["apgd:restarts=5", "apgd:loss=dlr,restarts=5", "fab:restarts=5", "square", "apgd-t", "fab:targets=9"],
        _ => ["apgd", "apgd:loss=dlr"],
    };

    /// <summary>The attacks of a threat.</summary>
    /// <param name="threat">The changes that are allowed, as <see cref="ThreatCatalog"/> names them.</param>
    /// <param name="version">How thorough.</param>
    /// <param name="classes">How many classes there are: the targeted ratio of logits needs four.</param>
    /// <exception cref="UsageException">There is no suite for this threat.</exception>
    public static IReadOnlyList<NamedAttack> Of(string threat, SuiteVersion version, int classes)
    {
        Threat within = ThreatCatalog.Parse(threat);
        IReadOnlyList<string> names = within switch
        {
            Linf or L2 => OfPixels(version),
            // AutoPGD and Square know no L1.
            L1 => ["pgd:steps=100,restarts=5", "pgd:steps=100,loss=margin", "fab:targets=9"],
            Warp => ["spatial-grid", "spatial-first-order:restarts=3"],
            WarpLinf => ["spatial-combined"],
            FeatureBall => ["lpa", "ppgd"],
            UnionThreat => ["msd:restarts=3"],
            _ => throw new UsageException($"evaluate: there is no suite of attacks for {threat}. Name attacks by --attack."),
        };
        if (classes < 4) names = [.. names.Select(Fewer).Distinct()];
        return NamedAttack.ParseAll(names, threat);
    }

    /// <summary>What stands in for attacks that need more classes than there are.</summary>
    private static string Fewer(string name) => name switch
    {
        "apgd-t" or "apgd:loss=dlr,restarts=5" => "apgd:loss=margin,restarts=5",
        "apgd:loss=dlr" => "apgd:loss=margin",
        _ => name,
    };
}
