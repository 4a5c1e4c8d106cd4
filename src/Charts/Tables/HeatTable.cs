using MiniGrad.Charts.Images;

namespace MiniGrad.Charts.Tables;

/// <summary>
/// Shares between classes as a table whose cells are coloured from violet (0) to yellow (1), as viridis: row = target, column = source. The
/// number stands in each cell, so that the colour carries nothing alone; NaN is a dash.
/// </summary>
internal sealed record HeatTable(
    string Caption, IReadOnlyList<string> ClassNames, IReadOnlyList<IReadOnlyList<double>> Rows, string Note = "")
    : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        string id = FigureFrame.Open(html, "grid");
        html.Open("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-labelledby", id));
        html.Open("table", ("class", Rows.Count > 6 ? "many heat" : "heat")).Open("thead").Open("tr");
        html.Open("td", ("class", "corner")).Element("span", "source \u2192").Element("span", "target \u2193").Close();
        foreach (string name in ClassNames) html.Element("th", name, ("scope", "col"));
        html.Close().Close().Open("tbody").Line();
        for (int r = 0; r < Rows.Count; r++)
        {
            if (Rows[r].Count != ClassNames.Count)
            {
                Throw.Argument($"heat table: row {r} has {Rows[r].Count} cells for {ClassNames.Count} classes.");
            }
            html.Open("tr").Element("th", ClassNames[r], ("scope", "row"));
            foreach (double share in Rows[r]) html.Element("td", ReportNumber.Fixed(share, 2), ("class", Shade(share)));
            html.Close().Line();
        }
        html.Close().Close().Close();
        FigureFrame.Close(html, id, Caption, Note);
    }

    // One of eleven classes: pages allow no styles of single elements.
    private static string? Shade(double share) =>
        double.IsNaN(share) ? null : $"h{ReportNumber.Integer((long)Math.Round(10 * Math.Clamp(share, 0, 1)))}";
}
