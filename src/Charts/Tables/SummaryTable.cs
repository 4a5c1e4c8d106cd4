namespace MiniGrad.Charts.Tables;

/// <summary>A table with a numbered caption; the first cell of a row is its title, the note stands below.</summary>
public sealed record SummaryTable(
    string Caption, IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<TableCell>> Rows, string Note = "")
    : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        string id = html.NextId("table");
        // The caption stands outside the scrolling box: on a phone it would leave the screen with the columns.
        html.Open("div", ("class", "table")).Open("p", ("class", "caption"), ("id", id));
        html.Element("b", $"Table {ReportNumber.Integer(html.NextTable())}.").Text(" " + Caption).Close().Line();
        html.Open("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-labelledby", id));
        html.Open("table", ("aria-labelledby", id));
        WriteHead(html);
        html.Open("tbody").Line();
        for (int r = 0; r < Rows.Count; r++) WriteRow(html, r);
        html.Close().Close().Close();
        if (Note.Length > 0) html.Element("p", Note, ("class", "note"));
        html.Close().Line();
    }

    private void WriteHead(Html html)
    {
        html.Open("thead").Open("tr");
        foreach (TableColumn column in Columns)
        {
            html.Open("th", ("scope", "col"), ("class", StyleClass(column))).Text(column.Header);
            if (column.Unit.Length > 0) html.Element("small", column.Unit);
            html.Close();
        }
        html.Close().Close();
    }

    private void WriteRow(Html html, int index)
    {
        IReadOnlyList<TableCell> row = Rows[index];
        if (row.Count != Columns.Count)
            Throw.Argument($"report table: row {index} has {row.Count} cells, there are {Columns.Count} columns.");
        html.Open("tr");
        for (int c = 0; c < row.Count; c++)
        {
            html.Open(c == 0 ? "th" : "td", ("scope", c == 0 ? "row" : null), ("class", StyleClass(Columns[c])));
            row[c].Write(html, Columns[c].IsNumeric);
            html.Close();
        }
        html.Close().Line();
    }

    private static string? StyleClass(TableColumn column) => column.IsNumeric ? "number" : null;
}

/// <summary>A column title, whether its cells align as numbers, and the unit below the title (or empty).</summary>
public sealed record TableColumn(string Header, bool IsNumeric = false, string Unit = "");
