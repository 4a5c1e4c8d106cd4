using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The tables of the report, over all networks.</summary>
internal static class LevelSetTables
{
    /// <summary>What became of the claims on each network.</summary>
    public static SummaryTable Verdicts(IReadOnlyList<NetworkVerdicts> each, string note) => new(
        "What became of each claim on each network.",
        [
            new("network"),
            .. Enum.GetValues<LevelSetQuestion>().Select((question, k) => new TableColumn($"{k + 1}: {LevelSetClaims.TitleOf(question)}")),
        ],
        [.. each.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Network.Subject.Title), .. n.Claims.Select(claim => claim.Verdict == ClaimVerdict.NotTested
                ? TableCell.Words(ReportNumber.Missing) : TableCell.Badge(claim.Badge.Words, claim.Badge.Kind)),
        ])], note);

    /// <summary>The claims about one network, with its numbers.</summary>
    public static SummaryTable Verdicts(NetworkVerdicts n) => new(
        $"{n.Network.Subject.Title}: the claims.", [new("claim"), new("here"), new("numbers")],
        [.. Enum.GetValues<LevelSetQuestion>().Where(question => n[question].Verdict != ClaimVerdict.NotTested)
            .Select(question => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(LevelSetClaims.TitleOf(question)), TableCell.Badge(n[question].Badge.Words, n[question].Badge.Kind),
                TableCell.Words(n[question].Numbers),
            ])]);

    /// <summary>What the networks are.</summary>
    public static SummaryTable Networks(LevelSetResult result) => new("The networks.",
        [new("network"), new("in the catalogue"), new("built of"), new("training"), new("radius", true, "L∞"), new("compared with")],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Weights), TableCell.Words(n.Subject.Architecture),
            TableCell.Words(LevelSetSubject.TitleOf(n.Subject.Family)), TableCell.Words(n.Subject.Training.Words),
            TableCell.Number(n.Subject.Training.Radius ?? double.NaN, 3),
            TableCell.Words(n.Subject.IsRobust && result.PartnerOf(n) is var (partner, _) ? partner.Subject.Weights : ReportNumber.Missing),
        ])]);

    /// <summary>Table 1 of the study.</summary>
    public static SummaryTable Distances(LevelSetResult result, string note) => new(
        "Table 1 of the study: distance to the target at the end of the walk, mean ± standard deviation over walks.",
        [new("network"), .. DistanceColumns(result)],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)[TableCell.Words(n.Subject.Title), .. DistanceCells(n.Distances)])],
        note);

    /// <summary>Table 2 of the study.</summary>
    public static SummaryTable Hulls(LevelSetResult result, string note) => new(
        "Table 2 of the study: confidence in the source's class over triangles of a source and two ends, mean ± standard deviation over "
            + "sources.",
        [new("network"), new("triangles", true), .. HullColumns()],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
            [TableCell.Words(n.Subject.Title), TableCell.Integer(n.Hulls.Triangles), .. HullCells(n.Hulls)])],
        note);

    /// <summary>How many straight lines stay at high confidence, beside controls.</summary>
    public static SummaryTable Stars(LevelSetResult result, string note)
    {
        int[] drops = [.. Enumerable.Range(1, SourceRegion.Drops.Length - 1)];
        return new("Straight lines from a source that stay at high confidence, by how much it may drop (95 % interval).",
            [
                new("network"), new("lines to", true),
                .. drops.Select(d => new TableColumn($"within {ReportNumber.Short(SourceRegion.Drops[d])}", true)),
                new("reach", true, "mean share of a line"), new("lines", true),
            ],
            [.. result.Networks.SelectMany(n => (IReadOnlyList<TableCell>[])
            [
                Row(n.Subject.Title, "ends of walks", n.Stars.Walked, n.Stars.WalkedReach),
                Row("", "random", n.Stars.Random, n.Stars.RandomReach),
                Row("", "targets", n.Stars.Targets, n.Stars.TargetReach),
            ])], note);

        IReadOnlyList<TableCell> Row(string name, string to, IReadOnlyList<SuccessShare> shares, Spread reach) =>
        [
            TableCell.Words(name), TableCell.Words(to), .. drops.Select(d => TableCell.Words(LevelSetClaims.Share(shares[d]))),
            TableCell.Number(reach.Mean, 2), TableCell.Integer(shares[0].Count),
        ];
    }

    /// <summary>How much of the hull of all ends is at high confidence, and how large it is.</summary>
    public static SummaryTable Volumes(LevelSetResult result, string note) => new(
        "The hull of a source and all ends of its walks, and one of the same edges in random directions.",
        [
            new("network"), new("within 0.2", true, "of its points"), new("random", true, "of its points"),
            new("log10 volume", true, "mean ± deviation over sources"), new("random", true, "log10 volume"), new("edges", true, "mean L2"),
        ],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title), TableCell.Words(LevelSetClaims.Share(n.Stars.Hull)),
            TableCell.Words(LevelSetClaims.Share(n.Stars.RandomHull)), Cell(n.Stars.LogVolume, 2), Cell(n.Stars.RandomLogVolume, 2),
            TableCell.Number(n.Stars.Length.Mean, 2),
        ])], note);

    /// <summary>Robust networks beside normal ones, on the same sources.</summary>
    public static SummaryTable Pairs(LevelSetResult result, string note) => new(
        "Robust networks less normal ones, on the same sources and targets: mean difference (95 % interval).",
        [
            new("robust network"), new("compared with"), new("radius", true, "L∞"), new("walks go", true, "radii in L∞"),
            new("share of triangles within 0.2", true), new("beyond the radius", true, "share within 0.2"), new("RMSE to the target", true),
            new("perceptual distance", true), new("mean of the line", true),
        ],
        [.. result.Networks.Where(n => n.Subject.IsRobust && result.PartnerOf(n) is not null).Select(n =>
        {
            (LevelSetOutcome partner, bool isTwin) = result.PartnerOf(n)!.Value;
            int radius = result.IndexOf(n.Subject.Training.Radius);
            double length = n.Subject.Training.Radius ?? double.NaN;
            string Hull(Func<HullNumbers, double> value) => Words(
                PairedMean.OfSources(n, partner, region => region.Hull is { } hull ? value(hull) : double.NaN), 2);
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Weights), TableCell.Words(partner.Subject.Weights + (isTwin ? "" : " (built differently)")),
                TableCell.Number(length, 3), TableCell.Number(n.Distances.Moved.Mean / length, 1),
                TableCell.Words(Hull(h => h.Shares[2])),
                TableCell.Words(radius < 0 ? ReportNumber.Missing : Hull(h => h.BeyondHigh[radius])),
                TableCell.Words(Words(PairedMean.OfWalks(n, partner, walk => walk.Rmse), 3)),
                TableCell.Words(Words(PairedMean.OfWalks(n, partner, walk => walk.Distance), 3)),
                TableCell.Words(Hull(h => h.EdgeMean)),
            ];
        })], note);

    /// <summary>Convolutional networks beside transformers: means over networks.</summary>
    public static SummaryTable Families(LevelSetResult result, string note) => new(
        "By what networks are built of and how they were trained: means over networks.",
        [
            new("networks"), new("training"), new("number", true), new("RMSE", true), new("way left", true), new("perceptual", true),
            new("p at the end", true), new("hull mean", true), new("within 0.2", true), new("edge mean", true),
            new("lines that stay", true),
        ],
        [.. result.Networks.GroupBy(n => (n.Subject.Family, n.Subject.IsRobust)).OrderBy(of => of.Key).Select(of =>
        {
            TableCell Mean(Func<LevelSetOutcome, double> value, int decimals) =>
                TableCell.Number(of.Select(value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average(), decimals);
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(LevelSetSubject.TitleOf(of.Key.Family)), TableCell.Words(of.Key.IsRobust ? "robust" : "normal"),
                TableCell.Integer(of.Count()), Mean(n => n.Distances.Rmse.Mean, 3), Mean(n => n.Distances.WayLeft.Mean, 3),
                Mean(n => n.Distances.Distance.Mean, 3), Mean(n => n.Distances.Confidence.Mean, 3), Mean(n => n.Hulls.Mean.Mean, 3),
                Mean(n => n.Hulls.Shares[2].Mean, 3), Mean(n => n.Hulls.EdgeMean.Mean, 3), Mean(n => n.Stars.Walked[2].Rate, 3),
            ];
        })], note);

    /// <summary>What the numbers depend on.</summary>
    public static SummaryTable Sensitivity(LevelSetResult result, string note) => new(
        "Tables 1 and 2 again with one setting changed.",
        [new("network"), new("setting"), .. DistanceColumns(result), .. HullColumns()],
        [.. result.Sweeps.Select(sweep => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(sweep.Subject.Weights), TableCell.Words(sweep.Variant.Title),
            .. DistanceCells(DistanceSummary.Of(sweep.Block.Walks)), .. HullCells(HullSummary.Of(sweep.Block.Regions)),
        ])], note);

    /// <summary>How walks ended, and what no average includes.</summary>
    public static SummaryTable Statuses(LevelSetResult result, string note)
    {
        ExampleStatus[] seen = [.. result.Networks.SelectMany(n => n.All.Walks.Select(walk => walk.Status)).Distinct().Order()];
        return new("How walks ended, and what was left out.",
            [
                new("network"), .. seen.Select(status => new TableColumn(StatusWord.Of(status).Replace('_', ' '), true)),
                new("excluded", true, "walks"), new("fewer than 2 ends", true, "sources"), new("degenerate", true, "triangles"),
                new("no line", true, "ends at the source"),
            ],
            [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), .. seen.Select(status => TableCell.Integer(n.All.Walks.Count(w => w.Status == status))),
                TableCell.Integer(n.Distances.Excluded), TableCell.Integer(n.Hulls.Without), TableCell.Integer(n.Hulls.Degenerate),
                TableCell.Integer(n.Stars.Skipped),
            ])], note);
    }

    /// <summary>The networks of the table that are not here.</summary>
    public static SummaryTable Absent(LevelSetResult result) => new("Networks of the study that are not here.",
        [new("network"), new("reason")],
        [.. result.Setting.Roster.Absent.Select(a => (IReadOnlyList<TableCell>)[TableCell.Words(a.Name), TableCell.Words(a.Reason)])]);

    private static IEnumerable<TableColumn> DistanceColumns(LevelSetResult result) =>
    [
        new("walks", true), new("arrived", true, "95 % interval"), new("RMSE", true), new("L∞", true), new("SSIM", true),
        new(result.Setting.Metric.IsStandard ? "LPIPS" : "features", true), new("p at the end", true), new("class kept", true),
    ];

    private static TableCell[] DistanceCells(DistanceSummary d) =>
    [
        TableCell.Integer(d.Count), TableCell.Words(LevelSetClaims.Share(new(d.Arrived, d.Count))), Cell(d.Rmse, 3), Cell(d.Linf, 2),
        Cell(d.Ssim, 3), Cell(d.Distance, 3), Cell(d.Confidence, 3), TableCell.Share(d.Kept, d.Count),
    ];

    private static IEnumerable<TableColumn> HullColumns() =>
    [
        new("p source", true), new("hull mean", true),
        .. SourceRegion.Drops.Select(drop => new TableColumn($"frac {ReportNumber.Short(drop)}", true)), new("edge mean", true),
        new("edge low", true),
    ];

    private static TableCell[] HullCells(HullSummary h) =>
    [
        Cell(h.SourceConfidence, 3), Cell(h.Mean, 3), .. h.Shares.Select(share => Cell(share, 2)), Cell(h.EdgeMean, 3),
        TableCell.Number(h.EdgeLowest, 3),
    ];

    private static TableCell Cell(Spread spread, int decimals) => TableCell.Spread(spread.Mean, spread.Deviation, decimals);

    private static string Words(PairedMean mean, int decimals) => mean.Count < 2 ? ReportNumber.Missing : mean.Words(decimals);
}
