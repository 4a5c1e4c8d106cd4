namespace MiniGrad.Charts.Tables;

/// <summary>A row of the few numbers that carry the result.</summary>
public sealed record KeyFigures(params IReadOnlyList<KeyFigure> Items) : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        html.Open("dl", ("class", "key"));
        foreach (KeyFigure item in Items)
        {
            html.Open("div").Element("dt", item.Label).Element("dd", item.Value, ("class", "value"));
            if (item.Remark.Length > 0) html.Element("dd", item.Remark, ("class", "remark"));
            html.Close();
        }
        html.Close().Line();
    }
}

/// <summary>One number worth projecting large, what it is, and a short remark (or empty).</summary>
public sealed record KeyFigure(string Value, string Label, string Remark = "");
