using System.Globalization;

namespace MiniGrad.Lab.Curvature;

/// <summary>The images a probe is pointed at, with their labels and their numbers in the data set.</summary>
internal sealed record ProbeImages(
    string Description, IReadOnlyList<string> ClassNames, Tensor Images, int[] Labels, int[] Indices, string Hash)
{
    public int Count => Indices.Length;

    /// <summary>The name of a class; its number where the data has none.</summary>
    public string ClassName(int k) => k < ClassNames.Count ? ClassNames[k] : k.ToString(CultureInfo.InvariantCulture);

    public Tensor One(int k) => Images.Take(0, new AxisRange(k, 1)).Contiguous();
}
