namespace MiniGrad.Charts;

/// <summary>A titled part of the page; the lead is one short paragraph below the title, or empty.</summary>
public sealed record ReportSection(string Title, string Lead, IReadOnlyList<IReportPart> Parts);

/// <summary>A block of a report section: prose, a table or a figure.</summary>
public interface IReportPart
{
    /// <summary>Writes the block where the page stands.</summary>
    void Write(Html html);
}

/// <summary>Plain paragraphs.</summary>
public sealed record Prose(params IReadOnlyList<string> Paragraphs) : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        foreach (string paragraph in Paragraphs) html.Element("p", paragraph, ("class", "prose")).Line();
    }
}
