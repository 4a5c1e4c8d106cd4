namespace MiniGrad.Charts;

/// <summary>A titled part of the page; the lead is one short paragraph below the title, or empty.</summary>
public sealed record ReportSection(string Title, string Lead, IReadOnlyList<IReportPart> Parts);
