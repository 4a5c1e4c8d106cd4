using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Probing;

/// <summary>The page of a run of any probe.</summary>
internal static class ProbePage
{
    public static string Html(
        ProbeEntry entry, Probe probe, string images, int count, IReadOnlyList<NumberSpread> spreads,
        ProbeSummary? summary, IReadOnlyList<IReportPart> figures, ReproduceSection reproduce)
    {
        Prose asked = new(string.Create(CultureInfo.InvariantCulture, $"{entry.Name}, {entry.Description} ({entry.Paper}), "
            + $"at {count} images of {images}."),
            $"Configuration: {probe}.");
        IReportPart[] tables = summary is null ? [Means(spreads)] : [.. Medians(summary)];
        return new ReportPage($"{entry.Name} on {images}", entry.Description,
            [new("What was asked", "", [asked]), new("What was found", "", [.. tables, .. figures]),
                new("How to reproduce this", "", [reproduce])]).ToHtml();
    }

    /// <summary>Numbers without a mean, as medians and quartiles; single ones beside them.</summary>
    private static IEnumerable<IReportPart> Medians(ProbeSummary summary)
    {
        yield return new SummaryTable("Medians and quartiles of the numbers that are defined, the infinite among them.",
            [
                new("number"), new("count", true), new("infinite", true), new("undefined", true), new("lower quartile", true),
                new("median", true), new("upper quartile", true),
            ],
            [.. summary.Medians.Select(m => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(m.Name), TableCell.Integer(m.Spread.Count), TableCell.Integer(m.Spread.Infinite),
                TableCell.Integer(m.Spread.Missing), Cell(m.Spread.LowerQuartile), Cell(m.Spread.Median), Cell(m.Spread.UpperQuartile),
            ])]);
        if (summary.Values.Count > 0)
        {
            yield return new SummaryTable("Single numbers.", [new("number"), new("value", true)],
                [.. summary.Values.Select(v => (IReadOnlyList<TableCell>)[TableCell.Words(v.Name), Cell(v.Value)])]);
        }
        yield return new Prose(summary.Note);
    }

    private static SummaryTable Means(IReadOnlyList<NumberSpread> spreads) =>
        new("The numbers over the images where they are defined.",
            [new("number"), new("images", true), new("mean", true), new("deviation", true), new("smallest", true), new("largest", true)],
            [.. spreads.Select(s => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(s.Name), TableCell.Integer(s.Count), Cell(s.Mean), Cell(s.Deviation), Cell(s.Smallest), Cell(s.Largest),
            ])]);

    private static TableCell Cell(double value) => TableCell.Words(ReportNumber.Short(value));
}
