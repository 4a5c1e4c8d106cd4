namespace MiniGrad.Probes.Attacks;

/// <summary>
/// A search for an image that a classifier mistakes. An attack is a record of hyper-parameters, which prints itself as
/// the configuration line of a report; classifier, images and goal arrive at the call.
/// </summary>
public abstract record Attack
{
    /// <summary>Throws, naming the first hyper-parameter that makes no sense.</summary>
    public virtual void Check()
    {
    }
}
