using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// The width of walks: the lower quantile of the confidence on spheres around the images of a walk, over iteration and radius, as
/// filled contours of the fixed range [0, 1] with level lines. Flat, not in perspective: a ridge hides what is behind it, and a
/// value cannot be read off it.
/// </summary>
/// <param name="Caption">What is shown.</param>
/// <param name="Panels">The walks, side by side.</param>
/// <param name="Note">What else to know.</param>
internal sealed record SurfaceFigure(string Caption, IReadOnlyList<SurfacePanel> Panels, string Note = "") : IReportPart
{
    /// <summary>The confidences at which lines are drawn.</summary>
    internal static readonly double[] Levels = [0.1, 0.25, 0.5, 0.75, 0.9];

    /// <inheritdoc/>
    public void Write(Html html)
    {
        foreach (SurfacePanel panel in Panels) panel.Check();
        List<string> notes = [$"Lines: confidence {string.Join(", ", Levels.Select(ReportNumber.Short))}."];
        if (Note.Length > 0) notes.Add(Note);
        string id = FigureFrame.Open(html, "surfaces");
        html.Open("div", ("class", "panels")).Line();
        foreach (SurfacePanel panel in Panels)
        {
            html.Open("div", ("class", "panel")).Line();
            int missing = new SurfaceDrawing(panel).Write(html, Panels.Count > 1);
            html.Element("p", panel.Title, ("class", "panel-title")).Close().Line();
            if (missing == 0) continue;
            string share = ReportNumber.Share(missing, panel.Radii.Count * panel.Iterations.Count);
            notes.Add($"{panel.Title}: {share} of the spheres have no value; the cells at them are left blank.");
        }
        html.Close();
        ColourBar.Write(html);
        FigureFrame.Close(html, id, Caption, string.Join(" ", notes));
    }
}

/// <summary>One walk: Values[radius][iteration] is the confidence, for ascending radii and iterations, evenly spaced or not.</summary>
internal sealed record SurfacePanel(
    string Title, IReadOnlyList<int> Iterations, IReadOnlyList<double> Radii, IReadOnlyList<IReadOnlyList<double>> Values)
{
    internal void Check()
    {
        if (Iterations.Count < 2 || Radii.Count < 2)
        {
            Throw.Argument($"surface \"{Title}\": {Radii.Count} radii at {Iterations.Count} iterations. Give at least 2 of each.");
        }
        for (int k = 1; k < Iterations.Count; k++)
        {
            if (Iterations[k] > Iterations[k - 1]) continue;
            Throw.Argument($"surface \"{Title}\": iteration {Iterations[k]} after {Iterations[k - 1]}. Let them ascend.");
        }
        for (int k = 1; k < Radii.Count; k++)
        {
            if (Radii[k] > Radii[k - 1]) continue;
            Throw.Argument($"surface \"{Title}\": radius {Radii[k]} after {Radii[k - 1]}. Let them ascend.");
        }
        if (Values.Count != Radii.Count)
        {
            Throw.Argument($"surface \"{Title}\": {Values.Count} rows of values for {Radii.Count} radii. Give one each.");
        }
        for (int row = 0; row < Values.Count; row++)
        {
            if (Values[row].Count == Iterations.Count) continue;
            Throw.Argument($"surface \"{Title}\": row {row} has {Values[row].Count} values for {Iterations.Count} iterations.");
        }
    }
}
