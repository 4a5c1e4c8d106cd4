namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The distance to the decision boundary by linearising it again and again. Moosavi-Dezfooli et al., arXiv:1511.04599; as in
/// the paper, the network is linearised at x + r, crossing is tested at x + (1 + overshoot) r, and the overshoot never
/// enters r. A final bisection makes the result independent of it.
/// </summary>
/// <param name="Norm">The norm that is kept small.</param>
/// <param name="Iterations">Most linearisations of an image; one that has not crossed by then is a failure.</param>
/// <param name="Overshoot">How far beyond r crossing is tested, as a share of r.</param>
/// <param name="Candidates">Classes that are considered, the predicted one included: those of the highest logits of the image. At least as many as there are means all.</param>
/// <param name="Clip">Clips every point into the pixel box, so that labels, gradients and norms are those of images. Otherwise the space is R^d.</param>
/// <param name="Refine">Bisects for the first crossing on the way to the end, which then lies on the boundary; else the end is x + (1 + overshoot) r.</param>
public sealed record DeepFool(
    PerturbationNorm Norm = PerturbationNorm.L2, int Iterations = 50, double Overshoot = 0.02, int Candidates = 10, bool Clip = false, bool Refine = true)
    : MinimalAttack(Norm, Clip)
{
    public override int Iterations { get; init; } = Iterations;

    public override void Check()
    {
        if (!Enum.IsDefined(Norm)) Throw.Argument($"deepfool: the norm {Norm} is not known. Use L2 or Linf.");
        if (Iterations < 1) Throw.Range($"deepfool: {Iterations} iterations; at least 1 is needed.");
        if (!(Overshoot >= 0 && double.IsFinite(Overshoot))) Throw.Range($"deepfool: overshoot {Overshoot} must be finite and at least 0.");
        if (Candidates < 2) Throw.Range($"deepfool: {Candidates} candidates; at least 2 are needed, the predicted class and another.");
    }

    protected override MinimalResult Search(Query query, MinimalTask task) => new DeepFoolSearch(this, query, task).Run();
}
