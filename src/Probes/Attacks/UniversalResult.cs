namespace MiniGrad.Probes.Attacks;

/// <summary>What the search for a universal perturbation found: the one of its passes that fooled most held-out images.</summary>
/// <param name="Configuration">The search, printed.</param>
/// <param name="Perturbation">v [1, …].</param>
/// <param name="Reached">Whether v fools the share of held-out images that was asked for.</param>
/// <param name="BestPass">The pass, from 1 on, that v is the end of; the first of equals.</param>
/// <param name="Crafting">What v does to the images it was made from.</param>
/// <param name="HeldOut">What v does to the others.</param>
/// <param name="Passes">What v did to the others at the end of each pass.</param>
/// <param name="Updates">Images that changed v.</param>
/// <param name="Failures">Images from which no boundary was found; they changed nothing.</param>
/// <param name="Interrupted">Whether the search was cancelled.</param>
public sealed record UniversalResult(
    string Configuration, Tensor Perturbation, bool Reached, int BestPass, FoolingRate Crafting, FoolingRate HeldOut,
    IReadOnlyList<FoolingRate> Passes, int Updates, int Failures, bool Interrupted);
