namespace MiniGrad.Charts.Tables;

/// <summary>A column title, whether its cells align as numbers, and the unit below the title (or empty).</summary>
public sealed record TableColumn(string Header, bool IsNumeric = false, string Unit = "");
