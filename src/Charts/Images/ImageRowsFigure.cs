using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>One example of an <see cref="ImageRowsFigure"/>: its title and, for each column, an image and a line below it.</summary>
internal sealed record ImageRow(string Title, IReadOnlyList<(PixelImage Image, string Line)> Cells);

/// <summary>Examples as rows, what was made of them as columns: source, target, output.</summary>
internal sealed record ImageRowsFigure(
    string Caption, IReadOnlyList<string> Columns, IReadOnlyList<ImageRow> Rows, string Note = "") : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        string id = FigureFrame.Open(html, "grid");
        html.Open("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-labelledby", id));
        html.Open("table").Open("thead").Open("tr").Element("td", "", ("class", "corner"));
        foreach (string column in Columns) html.Element("th", column, ("scope", "col"));
        html.Close().Close().Open("tbody").Line();
        foreach (ImageRow row in Rows)
        {
            if (row.Cells.Count != Columns.Count)
                Throw.Argument($"image rows: \"{row.Title}\" has {row.Cells.Count} images for {Columns.Count} columns.");
            html.Open("tr").Element("th", row.Title, ("scope", "row"));
            for (int c = 0; c < Columns.Count; c++)
            {
                html.Open("td");
                EmbeddedImage.Write(html, row.Cells[c].Image, $"{row.Title}, {Columns[c]}: {row.Cells[c].Line}");
                html.Element("span", row.Cells[c].Line, ("class", "confidence")).Close();
            }
            html.Close().Line();
        }
        html.Close().Close().Close();
        FigureFrame.Close(html, id, Caption, Note);
    }
}
