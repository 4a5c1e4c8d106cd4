using MiniGrad.Cli.Reports;
using MiniGrad.Probes;
using MiniGrad.Probes.Geometry;

namespace MiniGrad.Cli.Studies;

/// <summary>The tables of walk runs, one row a run: how near the target, how confident, along lines and over triangles.</summary>
internal static class WalkTables
{
    /// <summary>Drops at which the share of a triangle above the source's confidence is reported.</summary>
    private static readonly double[] Drops = [0.0, 0.1, 0.2, 0.3];

    /// <summary>Table 1: distance to the target and what the network still says.</summary>
    public static SummaryTable Distances(IReadOnlyList<WalkStudy> studies)
    {
        TableColumn[] columns =
        [
            new("walk"), new("arrived", true), new("RMSE", true), new("L\u221E", true), new("SSIM", true),
            new("p at source", true), new("p at end", true), new("class kept", true),
        ];
        return new("Distance to the target at the end of the walk, and the confidence p of the source's class: mean and standard deviation.",
            columns, [.. studies.Select(DistanceRow)],
            $"Arrived: RMSE to the target of at most {ReportNumber.Short(studies[0].Attack.SuccessRmse)} with the confidence kept; a perceptual distance will take its place. "
            + "Sources that the network gets wrong and pairs of one class count in no average; Table 2 has them.");
    }

    /// <summary>How examples ended.</summary>
    public static SummaryTable Statuses(IReadOnlyList<WalkStudy> studies)
    {
        ExampleStatus[] seen = [.. studies.SelectMany(s => s.Result.Examples.Select(e => e.Status)).Distinct().Order()];
        return new("How the walks ended.",
            [new("walk"), .. seen.Select(status => new TableColumn(Words(status), true))],
            [.. studies.Select(study => (IReadOnlyList<TableCell>)
                [TableCell.Words(study.Name), .. seen.Select(status => TableCell.Integer(study.Result.Examples.Count(e => e.Status == status)))])]);
    }

    /// <summary>Table 2: confidence over triangles of a source and two of its outputs.</summary>
    public static SummaryTable Hulls(IReadOnlyList<(WalkStudy Study, TriangleHull[] Hulls)> rows)
    {
        TableColumn[] columns =
        [
            new("walk"), new("triangles", true), new("source", true), new("mean over hull", true),
            .. Drops.Select(d => new TableColumn($"share above p \u2212 {ReportNumber.Short(d)}", true)),
            new("mean over edges", true), new("lowest on edges \u2212 source", true),
        ];
        return new("Confidence of the source's class over the triangles of a source and two of its outputs.", columns,
            [.. rows.Select(row => HullRow(row.Study, row.Hulls))],
            "66 points a triangle. The comparison is strict, so the source itself never counts at drop 0.");
    }

    public static string Words(ExampleStatus status) =>
        string.Concat(status.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private static IReadOnlyList<TableCell> DistanceRow(WalkStudy study)
    {
        ExampleResult[] counted = [.. study.Counted];
        TableCell Spread(Func<ExampleResult, double> value, int decimals)
        {
            (double mean, double deviation) = Pixels.Spread(counted.Select(value));
            return TableCell.Spread(mean, deviation, decimals);
        }
        return
        [
            TableCell.Words(study.Name), TableCell.Share(study.Result.Successes, counted.Length),
            Spread(e => e.Rmse, 3), Spread(e => e.DistanceLinf, 2), Spread(e => e.Ssim, 2),
            Spread(e => e.SourceConfidence, 3), Spread(e => e.Confidence, 3),
            TableCell.Share(counted.Count(e => e.Prediction == e.SourceClass), counted.Length),
        ];
    }

    private static IReadOnlyList<TableCell> HullRow(WalkStudy study, TriangleHull[] hulls)
    {
        TableCell Spread(Func<TriangleHull, double> value)
        {
            (double mean, double deviation) = Pixels.Spread(hulls.Select(value));
            return TableCell.Spread(mean, deviation, 3);
        }
        return
        [
            TableCell.Words(study.Name), TableCell.Integer(hulls.Length), Spread(h => h.SourceConfidence), Spread(h => h.Mean),
            .. Drops.Select(d => Spread(h => h.ShareAbove(d))), Spread(h => h.EdgeMean), Spread(h => h.EdgeLowestDifference),
        ];
    }
}
