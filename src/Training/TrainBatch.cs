using MiniGrad.Nn;

namespace MiniGrad.Training;

/// <summary>What one step of a training is about.</summary>
/// <param name="Images">[N, C, H, W], pixels in [0, 1].</param>
/// <param name="Labels">The class of each image.</param>
/// <param name="Pass">The pass of the step: its random numbers, and where layers leave the running statistics that the step changes.</param>
/// <param name="Epoch">How far the training is, in epochs, fractions included.</param>
public sealed record TrainBatch(Tensor Images, int[] Labels, Pass Pass, double Epoch);
