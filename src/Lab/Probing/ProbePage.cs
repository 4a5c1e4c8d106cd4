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
        IReadOnlyList<IReportPart> figures, ReproduceSection reproduce)
    {
        Prose asked = new(string.Create(CultureInfo.InvariantCulture, $"{entry.Name}, {entry.Description} ({entry.Paper}), "
            + $"at {count} images of {images}."),
            $"Configuration: {probe}.");
        SummaryTable table = new("The numbers over the images where they are defined.",
            [new("number"), new("images", true), new("mean", true), new("deviation", true), new("smallest", true), new("largest", true)],
            [.. spreads.Select(s => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(s.Name), TableCell.Integer(s.Count), Cell(s.Mean), Cell(s.Deviation), Cell(s.Smallest), Cell(s.Largest),
            ])]);
        return new ReportPage($"{entry.Name} on {images}", entry.Description,
            [new("What was asked", "", [asked]), new("What was found", "", [table, .. figures]),
                new("How to reproduce this", "", [reproduce])]).ToHtml();
    }

    private static TableCell Cell(double value) => TableCell.Words(ReportNumber.Short(value));
}
