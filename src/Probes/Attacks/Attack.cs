namespace MiniGrad.Probes.Attacks;

/// <summary>What an attack asks of its <see cref="Examples"/>.</summary>
public enum AttackNeeds
{
    /// <summary>Images and labels.</summary>
    Labels,

    /// <summary>Images with labels, and for each an image to walk towards.</summary>
    Pairs,

    /// <summary>Images and labels, and a set of others from which what they share is made.</summary>
    Crafting,
}

/// <summary>
/// A search for images that a classifier mistakes. An attack is a record of hyper-parameters, which prints itself as the
/// configuration line of a report; classifier and examples arrive at the call.
/// </summary>
public abstract record Attack
{
    /// <summary>What its examples must hold. A method, since every property of an attack is a hyper-parameter.</summary>
    public abstract AttackNeeds Needs();

    /// <summary>Attacks every example; the results are in their order, and the same bits however they are cut into runs.</summary>
    /// <exception cref="ArgumentException">The examples do not fit the classifier, or lack what the attack needs.</exception>
    public abstract AttackResult Run(Classifier classifier, Examples examples, RunContext? run = null);

    /// <summary>Throws, naming the first hyper-parameter that makes no sense.</summary>
    /// <exception cref="ArgumentException">A hyper-parameter makes no sense.</exception>
    public virtual void Check()
    {
    }

    /// <summary>
    /// What decides the outcome of a run: the attack as it prints itself, without what it
    /// leaves at a value that was once the only one.
    /// </summary>
    public virtual string Identity() => ToString();
}
