namespace MiniGrad.Lab.Reproductions;

/// <summary>Everything that was measured of one network.</summary>
/// <param name="Subject">The network.</param>
/// <param name="L2">Its nearest boundaries in L2.</param>
/// <param name="Linf">Those in L∞.</param>
/// <param name="Fgsm">How long one step must be.</param>
/// <param name="Universal">Universal perturbations.</param>
/// <param name="Rungs">Images that are wrong, as they are and under each attack but the suite.</param>
/// <param name="Suite">What the suite leaves.</param>
internal sealed record RobustOutcome(
    RobustSubject Subject, Distances L2, Distances Linf, FgsmBaseline Fgsm, Universals Universal,
    IReadOnlyDictionary<RobustRung, MeasureOutcome> Rungs, SuiteLadder Suite)
{
    /// <summary>What is measured of some networks only.</summary>
    public WholeOutcome? Whole { get; init; }

    /// <summary>Images that are wrong under a rung.</summary>
    public MeasureOutcome this[RobustRung rung] => rung == RobustRung.Suite ? Suite.Outcome : Rungs[rung];

    /// <summary>What any attack breaks, on the images that all of them looked at.</summary>
    public MeasureOutcome Union => MeasureOutcome.Union([.. Rungs.Values, Suite.Outcome]);

    /// <summary>Throws unless attacks leave no more images right than what they include.</summary>
    /// <exception cref="InvalidOperationException">One does.</exception>
    public void Check()
    {
        foreach (RobustRung rung in Enum.GetValues<RobustRung>()) Check(RobustRung.Natural, rung);
        Check(RobustRung.Pgd, RobustRung.PgdRestarts);
        Check(RobustRung.Apgd, RobustRung.Suite);
        Check(RobustRung.ApgdTargeted, RobustRung.Suite);
    }

    private void Check(RobustRung weak, RobustRung strong)
    {
        int count = Math.Min(this[weak].Count, this[strong].Count);
        int[] more = [.. this[weak].First(count).Wrong.Except(this[strong].First(count).Wrong)];
        if (more.Length == 0) return;
        throw new InvalidOperationException(
            $"reproduce robustness: {Subject.Weights}: image {more[0]} is wrong under {weak} and right under {strong}, which includes it.");
    }
}

/// <summary>What is measured of the networks that everything is measured of.</summary>
/// <param name="Random">Random lines.</param>
/// <param name="Subspaces">Random subspaces.</param>
/// <param name="Jacobians">Jacobians and normals.</param>
/// <param name="Paths">Paths in regions.</param>
/// <param name="Mixtures">Mixtures of images.</param>
internal sealed record WholeOutcome(
    RandomDistances Random, SubspaceDistances Subspaces, JacobianParts Jacobians, RegionPaths Paths, Mixtures Mixtures);

/// <summary>Everything that was measured.</summary>
/// <param name="Setting">What it stands on.</param>
/// <param name="Preset">How much was run.</param>
/// <param name="Networks">Each network, the standard one first.</param>
/// <param name="Transfer">Universal perturbations on other networks.</param>
/// <param name="Control">Mixtures under a linear classifier.</param>
/// <param name="Short">PGD whose steps are too short.</param>
internal sealed record RobustResult(
    RobustSetting Setting, RobustPreset Preset, IReadOnlyList<RobustOutcome> Networks, Transfers Transfer, Mixtures Control,
    ShortSteps Short)
{
    /// <summary>The network that all others are compared with.</summary>
    public RobustOutcome Standard => Networks[0];

    /// <summary>The outcome of a role; none where it is not there.</summary>
    public RobustOutcome? Find(RobustRole role) => Networks.FirstOrDefault(n => n.Subject.Role == role);

    /// <summary>The networks that everything is measured of.</summary>
    public IEnumerable<RobustOutcome> Wholes => Networks.Where(n => n.Whole is not null);
}
