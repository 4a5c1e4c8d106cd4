namespace MiniGrad.Probes.Attacks;

/// <summary>One row of the attack catalogue: the name on the command line, the record's type, what it does, its paper.</summary>
public sealed record AttackEntry(string Name, Type Type, string Description, string Paper)
{
    /// <summary>The radius of its threat where none is named.</summary>
    public double UsualEpsilon { get; init; } = 0.3;

    /// <summary>Its threat where none is named, and no radius either, as <see cref="ThreatCatalog"/> has it.</summary>
    public string? UsualThreat { get; init; }

    /// <summary>What the radius is one of where no threat is named: a norm, or <c>features</c>.</summary>
    public string UsualNorm { get; init; } = "linf";

    /// <summary>What it asks of its examples.</summary>
    public AttackNeeds Needs =>
        IsTraversal ? AttackNeeds.Pairs : Type.IsAssignableTo(typeof(UniversalPerturbation)) ? AttackNeeds.Crafting : AttackNeeds.Labels;

    /// <summary>Whether it walks between pairs of images; otherwise it searches around each.</summary>
    public bool IsTraversal => Type.IsSubclassOf(typeof(Traversal));

    /// <summary>Whether it searches within perceptual distances only.</summary>
    public bool IsPerceptual => UsualNorm == "features";

    /// <summary>Whether it looks for the smallest perturbation and has no budget.</summary>
    public bool IsMinimal => Type.IsSubclassOf(typeof(MinimalAttack));
}
