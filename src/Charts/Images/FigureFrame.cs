using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Images;

/// <summary>The element around every figure: its number, caption and note.</summary>
internal static class FigureFrame
{
    /// <summary>Opens the figure and returns the id of the caption that names it.</summary>
    public static string Open(Html html, string kind)
    {
        string id = html.NextId("caption");
        html.Open("figure", ("class", "figure " + kind), ("aria-labelledby", id)).Line();
        return id;
    }

    public static void Close(Html html, string captionId, string caption, string note = "")
    {
        html.Line().Open("figcaption", ("id", captionId));
        html.Element("b", $"Figure {ReportNumber.Integer(html.NextFigure())}.").Text(" " + caption);
        if (note.Length > 0) html.Element("span", note, ("class", "note"));
        html.Close().Close().Line();
    }
}
