namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Where the rows of a search ended: what to add to each image (zero unless the row crossed), the image after that, and how
/// the search went.
/// </summary>
public sealed record MinimalResult(
    Tensor Shifts, Tensor Images, ExampleStatus[] Status, int[] Iterations, int[] Linearizations, double[] FirstOrderDistances, string?[] Notes);
