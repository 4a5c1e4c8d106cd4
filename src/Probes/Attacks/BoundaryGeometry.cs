namespace MiniGrad.Probes.Attacks;

/// <summary>
/// What a minimal-norm attack says of an image beyond the size of its perturbation r. All of it is about the region of the
/// class that the network predicts, right or wrong. Where the search failed, what r would be needed for is NaN.
/// </summary>
/// <param name="StartClass">The class predicted before.</param>
/// <param name="FirstOrderDistance">min over j of |G_j| / ‖∇G_j‖ in the dual norm, G_j = f_j − f_start:
/// the distance if the network were affine. Carlini and Wagner's attacks know it of the class of the highest other logit alone.</param>
/// <param name="NormalCosine">Cosine of r and ∇G at the output, G of the class predicted there: 1 at the nearest point of a
/// smooth boundary in L2.</param>
/// <param name="Linearizations">Points at which the network was linearised.</param>
/// <param name="RelativeL2">‖r‖₂ / ‖x‖₂.</param>
/// <param name="RelativeLinf">‖r‖∞ / ‖x‖∞.</param>
public sealed record BoundaryGeometry(
    int StartClass, double FirstOrderDistance, double NormalCosine, int Linearizations, double RelativeL2, double RelativeLinf);
