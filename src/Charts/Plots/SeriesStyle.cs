using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>Style classes of the series of a chart.</summary>
internal static class SeriesStyle
{
    // Beyond eight series colours repeat; a chart with more should use faint lines.
    private const int Colours = 8;

    /// <summary>The class that gives series number k its colour, and a line its dashes.</summary>
    public static string Of(string kind, int index) => $"{kind} s{ReportNumber.Integer(index % Colours)}";

    /// <summary>The note on values that are left out, empty if there are none.</summary>
    public static string LeftOut(string why, int count, int of) =>
        count > 0 ? $"Not drawn, as {why}: {ReportNumber.Share(count, of)}." : "";
}
