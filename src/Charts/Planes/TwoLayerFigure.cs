using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// One step in the null space of a two-layer network: source, target, the projected step v_p, and the result before
/// and after clamping to [0, 1]. Step and Result hold values in channel, row, column order, of the source's size.
/// </summary>
internal sealed record TwoLayerFigure(
    string Caption, string SourceName, string TargetName, PixelImage Source, PixelImage Target,
    IReadOnlyList<float> Step, IReadOnlyList<float> Result,
    ClassPair AtSource, ClassPair AtTarget, ClassPair BeforeClamp, ClassPair AfterClamp,
    int HeldUnits, int Rank, double StepRatio) : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        float[] step = [.. Step];
        float[] result = [.. Result];
        (int width, int height, int channels) = (Source.Width, Source.Height, Source.Channels);
        PixelImage clamped = PlanarImage.Clamped(result, width, height, channels);
        (float low, float high) = Range(result);
        double scale = PlanarImage.LargestMagnitude(step, channels);

        string id = FigureFrame.Open(html, "twolayer");
        html.Open("div", ("class", "tiles")).Line();
        Tile(html, "Source", SourceName, Source, AtSource, "");
        Tile(html, "Target", TargetName, Target, AtTarget, "");
        Tile(
            html, "Step v\u209A", "projected step", PlanarImage.Signed(step, width, height, channels, scale), null,
            $"blue \u2212{ReportNumber.Short(scale)}, white 0, red +{ReportNumber.Short(scale)}");
        Tile(
            html, "Unclamped", "result before clamping",
            PlanarImage.Scaled(result, width, height, channels, Math.Min(0, low), Math.Max(1, high)), BeforeClamp,
            $"values {ReportNumber.Fixed(low, 2)} to {ReportNumber.Fixed(high, 2)}, grey scaled to fit");
        Tile(html, "Clamped", "result clamped to [0, 1]", clamped, AfterClamp, "");
        html.Close();
        html.Open("dl", ("class", "facts"));
        Fact(html, "Units held, |T|", ReportNumber.Integer(HeldUnits));
        Fact(html, "rank(M)", ReportNumber.Integer(Rank));
        Fact(html, "|v\u209A| / |v|", ReportNumber.Fixed(StepRatio, 4));
        html.Close();
        FigureFrame.Close(html, id, Caption);
    }

    private void Tile(Html html, string title, string what, PixelImage image, ClassPair? confidence, string remark)
    {
        html.Open("div", ("class", "tile")).Element("p", title, ("class", "panel-title"));
        EmbeddedImage.Write(html, image, $"{title}: {what}");
        if (confidence is { } pair)
        {
            html.Open("dl");
            Fact(html, SourceName, ReportNumber.Fixed(pair.Source, 4));
            Fact(html, TargetName, ReportNumber.Fixed(pair.Target, 4));
            html.Close();
        }
        if (remark.Length > 0) html.Element("p", remark, ("class", "remark"));
        html.Close().Line();
    }

    private static void Fact(Html html, string label, string value) =>
        html.Open("div").Element("dt", label).Element("dd", value).Close();

    private static (float Low, float High) Range(float[] values)
    {
        (float low, float high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        return low <= high ? (low, high) : (0, 1);
    }
}

/// <summary>The confidences of the source class and of the target class at one image.</summary>
internal readonly record struct ClassPair(double Source, double Target);
