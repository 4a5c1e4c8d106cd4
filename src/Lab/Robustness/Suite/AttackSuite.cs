using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>How thorough a suite of attacks is.</summary>
internal enum SuiteVersion
{
    /// <summary>Each kind of attack once, targeted where that is stronger.</summary>
    Standard,

    /// <summary>Untargeted attacks from five starts as well.</summary>
    Plus,

    /// <summary>For classifiers that draw random numbers: what is attacked is the mean of twenty looks.</summary>
    Rand,
}

/// <summary>
/// Attacks of different kinds within one threat, made to be run one after another on the images that are still right. For balls of
/// pixels in the manner of AutoAttack (Croce and Hein, arXiv:2003.01690), whose code this is not: the name of its numbers is
/// "AutoAttack-style".
/// </summary>
internal static class AttackSuite
{
    /// <summary>Looks that <see cref="SuiteVersion.Rand"/> takes means of.</summary>
    public const int Looks = 20;

    private const int LeastClasses = 4;

    /// <summary>The attacks of a threat.</summary>
    /// <param name="threat">The changes that are allowed, as <see cref="ThreatCatalog"/> names them.</param>
    /// <param name="version">How thorough.</param>
    /// <param name="classes">How many classes there are: the targeted ratio of logits needs four.</param>
    /// <exception cref="UsageException">There is no suite for this threat.</exception>
    public static IReadOnlyList<NamedAttack> Of(string threat, SuiteVersion version, int classes) =>
        NamedAttack.ParseAll(Names(threat, version, classes), threat);

    /// <summary>Whether the version chooses among the attacks of a threat.</summary>
    public static bool HasVersions(string threat) => ThreatCatalog.Parts(threat).Any(part => ThreatCatalog.Parse(part) is Linf or L2);

    /// <summary>The attacks as the command evaluate names them.</summary>
    private static string[] Names(string threat, SuiteVersion version, int classes) => ThreatCatalog.Parse(threat) switch
    {
        Linf or L2 => OfPixels(version, classes >= LeastClasses),
        // AutoPGD and Square know no L1.
        L1 => ["pgd:steps=100,restarts=5", "pgd:steps=100,loss=margin", "fab:targets=9"],
        Warp => ["spatial-grid", "spatial-first-order:restarts=3"],
        WarpLinf => ["spatial-combined"],
        FeatureBall => ["lpa", "ppgd"],
        // The steepest steps of all norms at once, and each ball's own attacks, which are allowed as well.
        UnionThreat =>
        [
            "msd", .. ThreatCatalog.Parts(threat).SelectMany(part => Names(part, version, classes)
                .Select(name => $"{name}{(name.Contains(':', StringComparison.Ordinal) ? ',' : ':')}threat={part}")),
        ],
        _ => throw new UsageException($"evaluate: there is no suite of attacks for {threat}. Name attacks by --attack."),
    };

    // The attack without slopes comes last: what it alone breaks tells that slopes are masked.
    private static string[] OfPixels(SuiteVersion version, bool hasRatio)
    {
        string ratio = hasRatio ? "dlr" : "margin";
        string[] targeted = [hasRatio ? "apgd-t" : "apgd:loss=margin,steps=200", "fab:targets=9"];
        return version switch
        {
            SuiteVersion.Standard => ["apgd", .. targeted, "square"],
            SuiteVersion.Plus => ["apgd:restarts=5", $"apgd:loss={ratio},restarts=5", "fab:restarts=5", .. targeted, "square"],
            _ => ["apgd", $"apgd:loss={ratio}"],
        };
    }
}
