using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;

namespace MiniGrad.Charts.Tables;

/// <summary>
/// Shares between classes as a table whose cells are coloured from violet (0) to yellow (1): row = target, column = source. The
/// number stands in each cell, so that the colour carries nothing alone; NaN is a dash.
/// </summary>
internal sealed record HeatTable(
    string Caption, IReadOnlyList<string> ClassNames, IReadOnlyList<IReadOnlyList<double>> Rows, string Note = "")
    : IReportPart
{
    /// <summary>Yellow and green are light from here on.</summary>
    private const double Light = 0.6;

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
            foreach (double share in Rows[r]) html.Element("td", ReportNumber.Fixed(share, 2), ("style", Style(share)));
            html.Close().Line();
        }
        html.Close().Close().Close();
        FigureFrame.Close(html, id, Caption, Note);
    }

    private static string? Style(double share) =>
        double.IsNaN(share) ? null : $"background:{Viridis.At(share).Hex};color:{(share < Light ? "#fff" : "#000")}";
}
