namespace MiniGrad.Charts;

/// <summary>Plain paragraphs.</summary>
public sealed record Prose(params IReadOnlyList<string> Paragraphs) : IReportPart
{
    public void Write(Html html)
    {
        foreach (string paragraph in Paragraphs) html.Element("p", paragraph, ("class", "prose")).Line();
    }
}
