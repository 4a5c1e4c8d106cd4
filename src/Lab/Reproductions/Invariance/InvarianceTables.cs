using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The tables of the report, published numbers beside ours.</summary>
internal static class InvarianceTables
{
    /// <summary>Table 1: how many walks arrive.</summary>
    public static SummaryTable Successes(InvarianceResult result, string note)
    {
        return new("Table 1 of the study: the share of walks that end nearer to their target than 0.03.",
            [
                new("network"), new("printed", true), new("corrected", true), new("ours", true, "95 % interval"),
                new("as they count", true), new("wrong = failed", true), new("walks", true), new("wrong", true, "sources"),
            ],
            [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title),
                TableCell.Number(PublishedInvariance.Printed(result.IsMnist, n.Subject.Method), 4),
                TableCell.Number(PublishedInvariance.Corrected(result.IsMnist, n.Subject.Method), 4),
                TableCell.Words(Interval(n.Success())), TableCell.Number(n.Success(WrongSources.Succeed).Rate, 4),
                TableCell.Number(n.Success(WrongSources.Fail).Rate, 4),
                TableCell.Integer(n.Success().Count), TableCell.Integer(n.Relative.Rows.Count(row => row.IsWrong)),
            ])],
            note);
    }

    /// <summary>How near walks come by measures that do not depend on the metric's scale, those under other conditions too.</summary>
    public static SummaryTable Nearness(InvarianceResult result, string note)
    {
        IReadOnlyList<TableCell> Row(string name, Walks walks) =>
        [
            TableCell.Words(name), TableCell.Words(Interval(walks.Success(WalkMeasure.PerceptualShare, InvarianceResult.Near))),
            TableCell.Number(walks.Success(WalkMeasure.Rmse, InvarianceResult.Rmse).Rate, 4), TableCell.Number(walks.WayLeft, 3),
            TableCell.Integer(walks.Success(WalkMeasure.Rmse, InvarianceResult.Rmse).Count),
        ];
        return new("How near walks come, on any scale of the metric; and what it depends on.",
            [
                new("network"), new("a quarter left", true, "95 % interval"), new("RMSE ≤ 0.05", true), new("way left", true, "mean share"),
                new("walks", true),
            ],
            [
                .. result.Networks.Select(n => Row(n.Subject.Title, n.Relative)), .. result.Controls.Select(c => Row(c.Name, c.Walks)),
            ],
            note);
    }

    /// <summary>The same at several thresholds, and in steps of one length.</summary>
    public static IEnumerable<IReportPart> Curves(InvarianceResult result, string note)
    {
        double[] thresholds = ThresholdCurve.Usual;
        yield return new SummaryTable("The share of walks that arrive, by how near they must come.",
            [new("network"), new(""), .. thresholds.Select(t => new TableColumn($"< {ReportNumber.Short(t)}", true))],
            [.. result.Networks.SelectMany(n => (IReadOnlyList<TableCell>[])
            [
                [
                    TableCell.Words(n.Subject.Title), TableCell.Words("ours"),
                    .. ThresholdCurve.Of(n.Relative.Ends()).Points.Select(p => TableCell.Number(p.Share.Rate, 3)),
                ],
                .. n.Subject.IsPublished ? (IReadOnlyList<TableCell>[])
                [[
                    TableCell.Words(n.Subject.Title), TableCell.Words("published, corrected"),
                    .. PublishedInvariance.Curve(result.IsMnist, n.Subject.Method).Select(share => TableCell.Number(share, 3)),
                ]] : [],
            ])],
            note);
        if (result.Networks.All(n => n.Normalized is null)) yield break;
        yield return new SummaryTable("The same walks in steps of length 0.01, as the problem is stated.",
            [new("network"), .. thresholds.Select(t => new TableColumn($"< {ReportNumber.Short(t)}", true)), new("walks", true)],
            [.. result.Networks.Where(n => n.Normalized is not null).Select(n => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title),
                .. ThresholdCurve.Of(n.Normalized!.Ends()).Points.Select(p => TableCell.Number(p.Share.Rate, 3)),
                TableCell.Integer(n.Normalized.Rows.Length),
            ])]);
    }

    /// <summary>Table 2, and what rejection makes of it.</summary>
    public static SummaryTable Errors(InvarianceResult result, string caption, string note) => new(caption,
        [
            new("network"), new("published", true), new("clean", true), new("PGD-CE", true), new("PGD-Conf", true), new("worst", true),
            new("τ", true), new("accepted", true, "clean images"), new("worst, RErr(τ)", true), new("FPR(τ)", true), new("ROC-AUC", true),
        ],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title), TableCell.Number(PublishedInvariance.Attacked(result.IsMnist, n.Subject.Method), 3),
            TableCell.Words(Wording.Percent(n.Errors.CleanError)), TableCell.Words(Wording.Percent(n.Errors.CrossEntropy.Error)),
            TableCell.Words(Wording.Percent(n.Errors.Confidence.Error)), TableCell.Words(Wording.Percent(n.Errors.Worst.Error)),
            TableCell.Number(n.Errors.Threshold, 3), TableCell.Words(Wording.Percent(n.Errors.TruePositiveRate)),
            TableCell.Words(n.Errors.Worst.NoneAccepted ? "nothing accepted" : Wording.Percent(n.Errors.Worst.AcceptedError)),
            TableCell.Words(Wording.Percent(n.Errors.Worst.FalsePositiveRate)), TableCell.Number(n.Errors.Worst.Area, 3),
        ])],
        note);

    /// <summary>Robust accuracy in each norm, as the paper of MSD reports it.</summary>
    public static SummaryTable Norms(InvarianceResult result, string note)
    {
        string[] balls = result.Networks[0].Norms.Balls;
        return new("Images that stay right within balls of several norms.",
            [new("network"), new("clean", true), .. balls.Select(ball => new TableColumn(ball, true)), new("all of them", true)],
            [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Share(n.Norms.Clean, n.Norms.Count),
                .. n.Norms.Right.Select(right => TableCell.Share(right, n.Norms.Count)), TableCell.Share(n.Norms.All, n.Norms.Count),
            ])],
            note);
    }

    /// <summary>How brittle each network's confidence is.</summary>
    public static SummaryTable Brittleness(InvarianceResult result, string note)
    {
        double[] sizes = result.Networks[0].Brittleness.Sizes;
        return new("The mean confidence in the right class of images classified correctly, before and after a change of every pixel.",
            [
                new("network"), new("before", true),
                .. sizes.Select(size => new TableColumn($"L∞ {ReportNumber.Short(size)}", true, "all; of those still right")),
            ],
            [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Number(n.Brittleness.Before, 3),
                .. n.Brittleness.After.Select((after, k) => TableCell.Words(
                    $"{ReportNumber.Fixed(after, 3)}; {ReportNumber.Fixed(n.Brittleness.RightConfidence[k], 3)} "
                    + $"of {ReportNumber.Integer(n.Brittleness.StillRight[k])}")),
            ])],
            note);
    }

    /// <summary>The mean widths of walks.</summary>
    public static SummaryTable Widths(InvarianceResult result, string note) => new(
        "How wide the walks of each network are: the radius at which 5 % of the points across have lost half of the confidence.",
        [new("network"), new("mean over walks", true), new("walks", true), new("wider than normal in", true)],
        [.. result.Networks.Select(n =>
        {
            double[] made = [.. n.Widths.Widths.Where(double.IsFinite)];
            (double mean, double deviation) = made.Length == 0 ? (double.NaN, double.NaN) : Statistics.Spread(made);
            (double Own, double Normal)[] both = [.. n.Widths.Widths.Zip(result.Networks[0].Widths.Widths)
                .Where(pair => double.IsFinite(pair.First + pair.Second))];
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Spread(mean, deviation, 2), TableCell.Integer(made.Length),
                TableCell.Share(both.Count(pair => pair.Own > pair.Normal), both.Length),
            ];
        })],
        note);

    private static string Interval(SuccessShare share) =>
        $"{ReportNumber.Fixed(share.Rate, 4)} ({ReportNumber.Fixed(share.Interval.Low, 3)}–{ReportNumber.Fixed(share.Interval.High, 3)})";
}
