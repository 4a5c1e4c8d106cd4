using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>
/// A grid of images between classes: row = target, column = source, number = confidence of the column's class, the
/// diagonal = the original images. An absent cell (an excluded sample) shows a dash.
/// </summary>
internal sealed record ImageGridFigure(
    string Caption, IReadOnlyList<string> ClassNames, IReadOnlyList<IReadOnlyList<GridCell?>> Rows, int Decimals = 4)
    : IReportPart
{
    private const string Key = "Rows are targets, columns are sources. Thick border: the original image. " +
        "Number: confidence of the column's class.";

    /// <inheritdoc/>
    public void Write(Html html)
    {
        if (Rows.Count != ClassNames.Count)
            Throw.Argument($"image grid: {Rows.Count} rows for {ClassNames.Count} class names. Give one row a class.");
        string id = FigureFrame.Open(html, "grid");
        html.Open("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-labelledby", id));
        html.Open("table", ("class", Rows.Count > 6 ? "many" : null)).Open("thead").Open("tr");
        html.Open("td", ("class", "corner")).Element("span", "source \u2192").Element("span", "target \u2193").Close();
        foreach (string name in ClassNames) html.Element("th", name, ("scope", "col"));
        html.Close().Close().Open("tbody").Line();
        for (int r = 0; r < Rows.Count; r++) WriteRow(html, r);
        html.Close().Close().Close();
        FigureFrame.Close(html, id, Caption, Key);
    }

    private void WriteRow(Html html, int target)
    {
        IReadOnlyList<GridCell?> row = Rows[target];
        if (row.Count != ClassNames.Count)
            Throw.Argument($"image grid: row {target} has {row.Count} cells for {ClassNames.Count} classes.");
        html.Open("tr").Element("th", ClassNames[target], ("scope", "row"));
        for (int source = 0; source < row.Count; source++)
        {
            string? style = source == target ? "original" : null;
            if (source == 0) style = style is null ? "first" : "first original";
            html.Open("td", ("class", style));
            WriteCell(html, row[source], target, source);
            html.Close();
        }
        html.Close().Line();
    }

    private void WriteCell(Html html, GridCell? cell, int target, int source)
    {
        if (cell is null)
        {
            html.Element("span", ReportNumber.Missing, ("class", "absent"), ("aria-label", "no image"));
            return;
        }
        string confidence = ReportNumber.Fixed(cell.Confidence, Decimals);
        string what = source == target
            ? $"Original image of {ClassNames[source]}"
            : $"From {ClassNames[source]} towards {ClassNames[target]}";
        EmbeddedImage.Write(html, cell.Image, $"{what}; confidence of {ClassNames[source]}: {confidence}");
        html.Element("span", confidence, ("class", "confidence"));
    }
}

/// <summary>An image of a grid and the confidence of its column's class.</summary>
internal sealed record GridCell(PixelImage Image, double Confidence);
