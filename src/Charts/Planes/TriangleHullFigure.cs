using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// Source class confidence over triangles spanned by a source image and two outputs, each drawn in its true shape:
/// viridis in 100 levels of the fixed range [0, 1]. A triangle without area is left out and named.
/// </summary>
internal sealed record TriangleHullFigure(string Caption, IReadOnlyList<HullPanel> Panels) : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        string id = FigureFrame.Open(html, "hulls");
        List<string> notes = [];
        html.Open("div", ("class", "panels")).Line();
        foreach (HullPanel panel in Panels)
        {
            panel.Check();
            if (panel.Shape.IsDegenerate)
            {
                notes.Add($"{panel.Title} is not drawn: its triangle has no area.");
                continue;
            }
            html.Open("div", ("class", "panel")).Line();
            int missing = new HullPanelDrawing(panel).Write(html);
            html.Element("p", panel.Title, ("class", "panel-title")).Close().Line();
            if (missing == 0) continue;
            string share = ReportNumber.Share(missing, panel.Intervals * panel.Intervals);
            notes.Add($"{panel.Title}: {share} of the cells have no value and are left blank.");
        }
        html.Close();
        ColourBar.Write(html);
        FigureFrame.Close(html, id, Caption, string.Join(" ", notes));
    }
}
