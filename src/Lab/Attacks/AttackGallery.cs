using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The first images of an attack beside what it made of them. Pixels outside the box are shown at its border.</summary>
internal static class AttackGallery
{
    private const int Most = 5;

    public static ImageRowsFigure Of(
        string caption, IReadOnlyList<string> classNames, Tensor images,
        Tensor outputs, IEnumerable<ExampleResult> examples, string note = "")
    {
        Shape shape = new(images.Shape.Sizes[1..]);
        return new(caption, ["image", "change", "attacked"], [.. examples.Take(Most).Select(e =>
        {
            float[] clean = Pictures.Floats(images.TakeIndices(0, [e.Index]));
            float[] attacked = Pictures.Floats(outputs.TakeIndices(0, [e.Index]));
            float[] change = [.. attacked.Zip(clean, (a, b) => a - b)];
            double scale = PlanarImage.LargestMagnitude(change, shape[0]);
            string label = classNames[e.SourceClass];
            string move = e.Move is { } moved ? $", {moved}" : "";
            return new ImageRow($"{label} \u2192 {classNames[e.Prediction]}{move}",
            [
                (Pictures.Of(clean, shape), $"{label} {ReportNumber.Fixed(e.SourceConfidence, 4)}"),
                (PlanarImage.Signed(change, shape[2], shape[1], shape[0], scale), $"\u00B1{ReportNumber.Short(scale)}"),
                (Pictures.Of(attacked, shape), $"{label} {ReportNumber.Fixed(e.Confidence, 4)}"),
            ]);
        })], $"Below each image: the confidence of its true class.{note}");
    }
}
