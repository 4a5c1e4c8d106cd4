using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// The sign of G, competitor minus current logit, over planes through an image: where it is negative lies the current
/// region, at zero the boundary. Both axes of a panel have equal units, so angles and curvature look as they are.
/// </summary>
internal sealed record SectionMap(string Caption, IReadOnlyList<SectionPanel> Panels, string Note = "") : IReportPart
{
    // Middle tones with some transparency: they keep their hue on white and on black paper.
    internal static readonly Rgb Below = new(0x4F, 0x8F, 0xE8);
    internal static readonly Rgb Above = new(0xF0, 0x8A, 0x4B);
    internal const byte Opacity = 112;

    private static readonly LegendKey[] Keys =
    [
        new("current region, G < 0", "region below", LegendKey.Box),
        new("competitor's region, G > 0", "region above", LegendKey.Box),
        new("boundary, G = 0", "boundary", LegendKey.Line),
    ];

    /// <inheritdoc/>
    public void Write(Html html)
    {
        List<string> notes = Note.Length > 0 ? [Note] : [];
        foreach (SectionPanel panel in Panels) panel.Check();
        string id = FigureFrame.Open(html, "sections");
        LegendKey.WriteList(html, Keys);
        html.Open("div", ("class", "panels")).Line();
        foreach (SectionPanel panel in Panels)
        {
            html.Open("div", ("class", "panel")).Line();
            new SectionDrawing(panel).Write(html, Panels.Count > 1);
            html.Element("p", panel.Title, ("class", "panel-title")).Close().Line();
            int missing = panel.Values.Sum(row => row.Count(double.IsNaN));
            if (missing == 0) continue;
            string share = ReportNumber.Share(missing, panel.Rows * panel.Columns);
            notes.Add($"{panel.Title}: {share} of the grid points have no value and are left blank.");
        }
        html.Close();
        FigureFrame.Close(html, id, Caption, string.Join(" ", notes));
    }
}
