using MiniGrad.Cli.Reports;
using MiniGrad.Files;
using MiniGrad.Probes;

namespace MiniGrad.Cli.Studies;

/// <summary>Tensors of one image as pictures for a report.</summary>
internal static class Pixels
{
    public static PixelImage Of(Tensor image) => Of(Floats(image), new Shape(image.Shape.Sizes[1..]));

    public static PixelImage Of(float[] values, Shape shape) => PlanarImage.Clamped(values, shape[2], shape[1], shape[0]);

    public static float[] Floats(Tensor image) => image.Detach().Cast(DType.F32).ToArray<float>();

    /// <summary>Sample mean and standard deviation.</summary>
    public static (double Mean, double Deviation) Spread(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0) return (double.NaN, double.NaN);
        double mean = all.Average();
        return (mean, all.Length < 2 ? 0 : Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1)));
    }

    public static BadgeKind Badge(ExampleStatus status) => status switch
    {
        ExampleStatus.Completed or ExampleStatus.Reached or ExampleStatus.TargetEqualsSource => BadgeKind.Good,
        ExampleStatus.SourceMisclassified or ExampleStatus.SameClass or ExampleStatus.AlreadyMet => BadgeKind.Neutral,
        ExampleStatus.NonFinite or ExampleStatus.Interrupted => BadgeKind.Bad,
        _ => BadgeKind.Warning,
    };
}
