using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>
/// The iterates of one path from a source to a target image: a slider with a large image on screen, a film strip of
/// all frames below it, in print and without scripts.
/// </summary>
internal sealed record ImagePathFigure(
    string Caption, string SourceName, string TargetName, IReadOnlyList<PathFrame> Frames, int Decimals = 4)
    : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        if (Frames.Count == 0) Throw.Argument("image path: no frames. Give at least the source image.");
        string id = FigureFrame.Open(html, "path");
        WriteViewer(html);
        html.Open("ol", ("class", "strip"), ("tabindex", "0"), ("aria-label", "All frames of the path")).Line();
        foreach (PathFrame frame in Frames) WriteFrame(html, frame);
        html.Close();
        FigureFrame.Close(html, id, Caption);
    }

    private void WriteViewer(Html html)
    {
        PathFrame first = Frames[0];
        string control = html.NextId("slider");
        html.Open("div", ("class", "viewer"));
        EmbeddedImage.Write(html, first.Image, Alternative(first), "large");
        html.Open("div", ("class", "readout"));
        html.Open("p", ("class", "route")).Element("span", SourceName).Element("span", " \u2192 ", ("class", "arrow"));
        html.Element("span", TargetName).Close();
        html.Open("dl");
        Field(html, "Iteration", "iteration", ReportNumber.Integer(first.Iteration));
        Field(html, "Confidence of " + SourceName, "confidence", Confidence(first));
        Field(html, "Prediction", "prediction", first.Prediction);
        html.Close();
        html.Open(
            "svg", ("class", "meter"), ("viewBox", "0 0 100 4"), ("preserveAspectRatio", "none"),
            ("aria-hidden", "true"));
        html.Empty("rect", ("class", "track"), ("width", "100"), ("height", "4"));
        html.Empty("rect", ("class", "fill"), ("width", Percent(first)), ("height", "4")).Close();
        html.Open("div", ("class", "control"), ("hidden", "hidden"));
        html.Element("button", "Play", ("type", "button"));
        html.Element("label", "Iteration", ("for", control), ("class", "unseen"));
        html.Empty(
            "input", ("id", control), ("type", "range"), ("min", "0"), ("max", ReportNumber.Integer(Frames.Count - 1)),
            ("step", "1"), ("value", "0"), ("aria-valuetext", Alternative(first)));
        html.Close().Close().Close().Line();
    }

    private void WriteFrame(Html html, PathFrame frame)
    {
        html.Open(
            "li", ("data-iteration", ReportNumber.Integer(frame.Iteration)), ("data-confidence", Confidence(frame)),
            ("data-percent", Percent(frame)), ("data-prediction", frame.Prediction));
        EmbeddedImage.Write(html, frame.Image, Alternative(frame));
        html.Element("span", "it. " + ReportNumber.Integer(frame.Iteration), ("class", "iteration"));
        html.Element("span", Confidence(frame), ("class", "confidence"));
        html.Element("span", frame.Prediction, ("class", "prediction")).Close().Line();
    }

    private static void Field(Html html, string label, string name, string value) =>
        html.Open("div").Element("dt", label).Element("dd", value, ("data-field", name)).Close();

    private string Alternative(PathFrame frame) =>
        $"Iteration {ReportNumber.Integer(frame.Iteration)}: confidence of {SourceName} {Confidence(frame)}, " +
        $"predicted {frame.Prediction}";

    private string Confidence(PathFrame frame) => ReportNumber.Fixed(frame.SourceConfidence, Decimals);

    private static string Percent(PathFrame frame) =>
        double.IsNaN(frame.SourceConfidence)
            ? "0" : ReportNumber.Coordinate(100 * Math.Clamp(frame.SourceConfidence, 0, 1));
}

/// <summary>One iterate of an image path: number, image, confidence of the source class, predicted class.</summary>
internal sealed record PathFrame(int Iteration, PixelImage Image, double SourceConfidence, string Prediction);
