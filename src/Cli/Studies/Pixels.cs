using MiniGrad.Cli.Reports;
using MiniGrad.Files;

namespace MiniGrad.Cli.Studies;

/// <summary>Tensors of one image as pictures for a report.</summary>
internal static class Pixels
{
    public static PixelImage Of(Tensor image) => Of(Floats(image), new Shape(image.Shape.Sizes[1..]));

    public static PixelImage Of(float[] values, Shape shape) => PlanarImage.Clamped(values, shape[2], shape[1], shape[0]);

    public static float[] Floats(Tensor image) => image.Detach().Cast(DType.F32).ToArray<float>();

    /// <summary>Mean and standard deviation: of the sample for distances, of the population for confidences.</summary>
    public static (double Mean, double Deviation) Spread(IEnumerable<double> values, bool population = false)
    {
        double[] all = [.. values];
        if (all.Length == 0) return (double.NaN, double.NaN);
        double mean = all.Average();
        double squares = all.Sum(v => (v - mean) * (v - mean));
        return (mean, all.Length < 2 ? 0 : Math.Sqrt(squares / (population ? all.Length : all.Length - 1)));
    }
}
