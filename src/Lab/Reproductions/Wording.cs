using System.Globalization;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Numbers of detection as tables and texts write them; a dash where there is none.</summary>
internal static class Wording
{
    public static string Percent(double share) =>
        double.IsNaN(share) ? ReportNumber.Missing : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");

    /// <summary>Mean and standard deviation of shares; the mean alone of one.</summary>
    public static string Spread(IEnumerable<double> shares)
    {
        double[] all = [.. shares.Where(double.IsFinite)];
        if (all.Length == 0) return ReportNumber.Missing;
        (double mean, double deviation) = Statistics.Spread(all);
        return all.Length == 1 ? Percent(mean) : string.Create(CultureInfo.InvariantCulture, $"{100 * mean:F1} ± {100 * deviation:F1} %");
    }

    /// <summary>Mean and range of the accuracy that a small study would report.</summary>
    public static string Protocol(SmallSampleAccuracy? protocol) =>
        protocol is { } p ? $"{Percent(p.Mean)} ({Percent(p.Low)} to {Percent(p.High)})" : ReportNumber.Missing;

    /// <summary>The area under the curve with its interval.</summary>
    public static string Area(DetectionResult d) => d is { Roc: { } roc, Interval: { } interval }
        ? string.Create(CultureInfo.InvariantCulture, $"{roc.Area:F3} ({interval.Low:F3}–{interval.High:F3})") : ReportNumber.Missing;

    /// <summary>One number or the range of several.</summary>
    public static string Range(IEnumerable<double> values)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        if (all.Length == 0) return ReportNumber.Missing;
        (string low, string high) = (ReportNumber.Fixed(all.Min(), 2), ReportNumber.Fixed(all.Max(), 2));
        return low == high ? low : $"{low} to {high}";
    }
}
