using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// Straight lines from a source image to other images, at equal angles and drawn equally long, coloured by the confidence of the
/// source's class on them: viridis of the fixed range [0, 1].
/// </summary>
/// <param name="Caption">What is shown.</param>
/// <param name="Panels">The stars, side by side.</param>
/// <param name="Note">What else to know.</param>
internal sealed record StarFigure(string Caption, IReadOnlyList<StarPanel> Panels, string Note = "") : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        foreach (StarPanel panel in Panels) panel.Check();
        List<string> notes = Note.Length > 0 ? [Note] : [];
        string id = FigureFrame.Open(html, "stars");
        html.Open("div", ("class", "panels")).Line();
        foreach (StarPanel panel in Panels)
        {
            html.Open("div", ("class", "panel")).Line();
            new StarDrawing(panel).Write(html, Panels.Count > 1);
            html.Element("p", panel.Title, ("class", "panel-title")).Close().Line();
            int missing = panel.Limbs.Sum(limb => limb.Confidence.Count(p => !double.IsFinite(p)));
            if (missing == 0) continue;
            string share = ReportNumber.Share(missing, panel.Limbs.Sum(limb => limb.Confidence.Count));
            notes.Add($"{panel.Title}: {share} of the points have no value and are grey.");
        }
        html.Close();
        ColourBar.Write(html);
        if (Panels.Any(panel => panel.Lowest is not null)) notes.Add("A ring: the first point that is not above what is allowed.");
        FigureFrame.Close(html, id, Caption, string.Join(" ", notes));
    }
}

/// <summary>One star.</summary>
/// <param name="Title">What stands below it.</param>
/// <param name="SourceName">The class of the source.</param>
/// <param name="Source">The image in the centre.</param>
/// <param name="Limbs">The lines, clockwise from the top.</param>
/// <param name="Lowest">The confidence that points must be above; where one is not, the first is ringed. None for no rings.</param>
internal sealed record StarPanel(
    string Title, string SourceName, PixelImage Source, IReadOnlyList<StarFigureLimb> Limbs, double? Lowest = null)
{
    /// <summary>More than these are too thin to tell apart.</summary>
    private const int Most = 60;

    internal void Check()
    {
        if (Limbs.Count is < 1 or > Most) Throw.Argument($"star \"{Title}\": {Limbs.Count} lines. Give 1 to {Most}.");
        foreach (StarFigureLimb limb in Limbs)
        {
            if (limb.Confidence.Count >= 2) continue;
            Throw.Argument($"star \"{Title}\": the line to {limb.Name} has {limb.Confidence.Count} points. Give at least 2.");
        }
    }
}

/// <summary>A line of a star: what it leads to, and the confidence at even distances from the source to there.</summary>
internal sealed record StarFigureLimb(string Name, PixelImage Image, IReadOnlyList<double> Confidence);
