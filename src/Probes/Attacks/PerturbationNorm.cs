namespace MiniGrad.Probes.Attacks;

/// <summary>The norm in which a perturbation is as small as possible.</summary>
public enum PerturbationNorm
{
    /// <summary>‖r‖₂; its dual is itself.</summary>
    L2,

    /// <summary>max |rᵢ|; its dual is ‖·‖₁.</summary>
    Linf,
}
