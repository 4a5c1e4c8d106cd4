using System.Text.Json.Serialization;
using MiniGrad.Nn;

namespace MiniGrad.Lab.Reproductions;

/// <summary>One network of a study of CURE.</summary>
/// <param name="Name">How it came about.</param>
/// <param name="Robust">How many test images it still gets right within each radius of the study.</param>
/// <param name="SlopeChange">The mean over test images of ‖∇ℓ(x + z) − ∇ℓ(x)‖ for the longest step of the training.</param>
/// <param name="LossCurvature">The mean over the first test images of the largest eigenvalue of the loss' Hessian in the image.</param>
/// <param name="Network">The network behind its normalisation, for further probes.</param>
internal sealed record CureOutcome(
    string Name, int[] Robust, double SlopeChange, double LossCurvature, [property: JsonIgnore] Network Network);
