using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Attacks;

/// <summary>The tables of traversals, one row a run: how near the target, how confident, along lines and over triangles.</summary>
internal static class TraversalTables
{
    /// <summary>Drops at which the share of a triangle above the source's confidence is reported.</summary>
    private static readonly double[] Drops = [0.0, 0.1, 0.2, 0.3];

    /// <summary>Table 1: distance to the target and what the network still says.</summary>
    public static SummaryTable Distances(IReadOnlyList<TraversalOutcome> outcomes)
    {
        string? net = outcomes[0].Lpips?.Net;
        TableColumn[] columns =
        [
            new("walk"), new("arrived", true), new("RMSE", true), new("L\u221E", true), new("SSIM", true),
            new("p at end", true), new("class kept", true), .. Perceptual(net),
        ];
        return new("Distance to the target at the end of the walk, and the confidence p of the source's class: "
            + "mean and standard deviation.",
            columns, [.. outcomes.Select(DistanceRow)],
            $"Arrived: RMSE to the target of at most {ReportNumber.Short(outcomes[0].Attack.SuccessRmse)} with the confidence kept. "
            + $"{(net is null ? "" : $"LPIPS on features of {net}. ")}"
            + "Sources that the network gets wrong and pairs of one class count in no average; Table 2 has them.");
    }

    /// <summary>How examples ended.</summary>
    public static SummaryTable Statuses(IReadOnlyList<TraversalOutcome> outcomes)
    {
        ExampleStatus[] seen = [.. outcomes.SelectMany(s => s.Result.Examples.Select(e => e.Status)).Distinct().Order()];
        return new("How the walks ended.",
            [new("walk"), .. seen.Select(status => new TableColumn(StatusWord.Of(status).Replace('_', ' '), true))],
            [.. outcomes.Select(outcome => (IReadOnlyList<TableCell>)
                [
                    TableCell.Words(outcome.Title),
                    .. seen.Select(status => TableCell.Integer(outcome.Result.Examples.Count(e => e.Status == status))),
                ])]);
    }

    /// <summary>Table 2: confidence over triangles of a source and two of its outputs.</summary>
    public static SummaryTable Hulls(IReadOnlyList<(TraversalOutcome Outcome, TriangleHull[][] Hulls)> rows)
    {
        TableColumn[] columns =
        [
            new("walk"), new("n", true), new("hull mean", true),
            .. Drops.Select(d => new TableColumn($"frac {ReportNumber.Short(d)}", true)),
            new("edge mean", true), new("edge low", true),
        ];
        return new("Confidence of the source's class over the triangles of a source and two of its outputs.", columns,
            [.. rows.Select(row => HullRow(row.Outcome, row.Hulls))],
            "n triangles of 66 points; mean and deviation over sources of the mean over a source's triangles. frac d: "
            + "share of points strictly above the source's confidence less d, so the source itself never counts at 0. "
            + "Edge: the two sides from the source; low: their lowest confidence less the source's.");
    }

    private static IEnumerable<TableColumn> Perceptual(string? net)
    {
        if (net is null) yield break;
        yield return new("LPIPS", true);
        if (TraversalLpips.HasArrival(net)) yield return new($"arrived: LPIPS < {ReportNumber.Short(TraversalLpips.Arrival)}", true);
    }

    private static IReadOnlyList<TableCell> DistanceRow(TraversalOutcome outcome)
    {
        ExampleResult[] counted = outcome.Counted;
        TableCell Spread(Func<ExampleResult, double> value, int decimals, bool population = false)
        {
            (double mean, double deviation) = Statistics.Spread(counted.Select(value), population);
            return TableCell.Spread(mean, deviation, decimals);
        }
        return
        [
            TableCell.Words(outcome.Title), TableCell.Share(outcome.Result.Successes, counted.Length),
            Spread(e => e.Rmse, 3), Spread(e => e.DistanceLinf, 2), Spread(e => e.Ssim, 2),
            Spread(e => e.Confidence, 4, population: true),
            TableCell.Share(counted.Count(e => e.Prediction == e.SourceClass), counted.Length),
            .. outcome.Lpips?.Net is null ? [] : (TableCell[])[Spread(e => e.Lpips!.Value, 4)],
            .. outcome.Lpips?.Net is { } net && TraversalLpips.HasArrival(net) ? (TableCell[])[
                TableCell.Share(TraversalLpips.Arrived(outcome.Attack, counted), counted.Length)] : [],
        ];
    }

    private static IReadOnlyList<TableCell> HullRow(TraversalOutcome outcome, TriangleHull[][] hulls)
    {
        TableCell Mean(Func<TriangleHull, double> value)
        {
            // First over the triangles of a source, then over sources.
            (double mean, double deviation) = Statistics.Spread(hulls.Select(ofOneSource => ofOneSource.Average(value)), population: true);
            return TableCell.Spread(mean, deviation, 2);
        }
        return
        [
            TableCell.Words(outcome.Title), TableCell.Integer(hulls.Sum(h => h.Length)), Mean(h => h.Mean),
            .. Drops.Select(d => Mean(h => h.ShareAbove(d))), Mean(h => h.EdgeMean),
            TableCell.Number(hulls.Min(h => h.Min(t => t.EdgeLowestDifference)), 3),
        ];
    }
}
