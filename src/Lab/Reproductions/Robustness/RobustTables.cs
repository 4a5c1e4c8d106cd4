using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Directions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The tables of the report on distances, directions and attacks.</summary>
internal static class RobustTables
{
    private static readonly RobustRung[] Rungs = Enum.GetValues<RobustRung>();

    /// <summary>ρ beside that of the paper of DeepFool.</summary>
    public static SummaryTable Rho(RobustResult result, string note) => new(
        "Mean relative size of what fools: published and ours.",
        [
            new("network"), new("DeepFool", true, "ρ, L2"), new("FGSM", true, "L2, nine of ten"), new("L-BFGS", true, "L2"),
            new("DeepFool", true, "ρ, L∞"), new("FGSM", true, "L∞, nine of ten"),
        ],
        [
            .. PublishedRobustness.Distances(result.Setting.DataSet).Select(row => (IReadOnlyList<TableCell>)
                [TableCell.Words($"published: {row.Network}"), .. row.Values.Select(v => TableCell.Words(ReportNumber.Short(v)))]),
            .. result.Networks.Select(n => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Number(n.L2.Rho, 3), TableCell.Number(n.Fgsm.RelativeL2, 3),
                TableCell.Number(double.NaN, 0), TableCell.Number(n.Linf.Rho, 3), TableCell.Number(n.Fgsm.RelativeLinf, 3),
            ]),
        ], note);

    /// <summary>Medians and quartiles of the same.</summary>
    public static SummaryTable Spreads(RobustResult result, string note) => new(
        "Distances of the nearest boundary: medians with quartiles.",
        [
            new("network"), new("‖r‖₂", true), new("‖r‖₂ / ‖x‖₂", true), new("‖r‖∞", true), new("iterations", true, "L2"),
            new("one gradient", true, "its estimate over ‖r‖₂"), new("cos(r, normal)", true), new("no boundary", true, "L2"),
        ],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title), Cell(n.L2.Norm, 3), Cell(n.L2.Relative, 3), Cell(n.Linf.Norm, 4),
            Cell(n.L2.Iterations.Select(i => (double)i), 0), Cell(n.L2.FirstOrderRatio, 2), Cell(n.L2.Cosine, 3),
            TableCell.Share(n.L2.Failures, n.L2.Norm.Length),
        ])], note);

    /// <summary>Random directions beside the worst one.</summary>
    public static SummaryTable Lines(RobustResult result, string note) => new(
        "The boundary along random lines over that in the worst direction: medians with quartiles.",
        [
            new("network"), new("directions"), new("length", true), new("over the nearest", true), new("law", true, "of a flat boundary"),
            new("over the law", true), new("no crossing", true),
        ],
        [.. result.Wholes.SelectMany(n => Enum.GetValues<LineKind>().Select(kind =>
        {
            LineSummary s = n.Whole!.Random.Of(kind);
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Words(kind == LineKind.Gaussian ? "Gaussian, L2" : "signs, L∞"),
                Cell(s.Length, 2), Cell(s.Ratio, 1), Cell(s.Law, 1), Cell(s.OverLaw, 2), TableCell.Share(s.Length.Infinite, s.Length.Count),
            ];
        }))], note);

    /// <summary>β beside published ones.</summary>
    public static SummaryTable Betas(RobustResult result, string note) => new(
        "β(f; m), mean ± deviation: published and ours.",
        [new("network"), new("m/d = 1", true), .. RobustSetting.Divisors.Select(divisor => new TableColumn($"1/{divisor}", true))],
        [
            .. PublishedRobustness.Betas.Select(row => (IReadOnlyList<TableCell>)
            [
                TableCell.Words($"published: {row.Network}"), TableCell.Number(1, 2),
                .. row.Betas.Select(b => TableCell.Spread(b.Mean, b.Deviation, 2)),
            ]),
            [
                TableCell.Words($"flat boundary, d = {result.Setting.Size}"), TableCell.Number(1, 2),
                .. RobustSetting.Divisors.Select(divisor =>
                {
                    (double mean, double deviation) = LinearLaw.Beta(result.Setting.Size, Math.Max(1, result.Setting.Size / divisor));
                    return TableCell.Spread(mean, deviation, 2);
                }),
            ],
            .. result.Wholes.SelectMany(n =>
            {
                IReadOnlyList<(SubspaceAt At, SubspaceSummary Beta)> all = n.Whole!.Subspaces.Summaries(result.Setting.Seed);
                return (IReadOnlyList<TableCell>[])
                [
                    [
                        TableCell.Words(n.Subject.Title), TableCell.Number(1, 2),
                        .. all.Select(s => TableCell.Spread(s.Beta.Beta, s.Beta.Deviation, 2)),
                    ],
                    [
                        TableCell.Words("95 % of the mean"), TableCell.Words(""), .. all.Select(s => TableCell.Words(
                            $"{ReportNumber.Fixed(s.Beta.Low, 2)}–{ReportNumber.Fixed(s.Beta.High, 2)}")),
                    ],
                ];
            }),
        ], note);

    /// <summary>What attacks leave right, published and ours.</summary>
    public static SummaryTable Ladder(RobustResult result, string note) => new(
        $"Right under attacks within {result.Setting.Threat}, from the weakest to the strongest.",
        [
            new("network"),
            .. Rungs.Select(rung => new TableColumn(
                RobustSetting.TitleOf(rung), true, $"{RobustSetting.Count(rung, result.Preset)} images")),
        ],
        [.. result.Networks.SelectMany(n => (IReadOnlyList<TableCell>[])
        [
            [TableCell.Words(n.Subject.Title), .. Rungs.Select(rung => TableCell.Words(Wording.Percent(n[rung].Accuracy)))],
            [TableCell.Words("95 %"), .. Rungs.Select(rung => TableCell.Words(Interval(n[rung])))],
            [TableCell.Words("passes"), .. Rungs.Select(rung => TableCell.Words(
                $"{ReportNumber.Short(n[rung].Forwards)} F, {ReportNumber.Short(n[rung].Gradients)} B"))],
        ])], note);

    /// <summary>The published ladders.</summary>
    public static SummaryTable PublishedLadder(RobustResult result, string note) => new(
        "Published accuracies in per cent.",
        [new("network"), new("natural", true), new("FGSM", true), new("PGD", true), new("with restarts", true), new("lowest", true)],
        [.. PublishedRobustness.Ladder(result.Setting.DataSet).Select(row => (IReadOnlyList<TableCell>)
            [TableCell.Words(row.Network), .. row.Values.Select(v => TableCell.Number(v, 2))])], note);

    /// <summary>The members of the suite on each network.</summary>
    public static SummaryTable Members(RobustResult result, string note) => new(
        "What each attack of the suite breaks, of what those before it left.",
        [
            new("network"), .. result.Standard.Suite.Members.Select(member => new TableColumn(member.Name, true)),
            new("any attack", true, "right"),
        ],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title), .. n.Suite.Members.Select(m => TableCell.Share(m.Broken, m.Tried)),
            TableCell.Share(n.Union.Right, n.Union.Count),
        ])], note);

    /// <summary>What is published of networks like those of the table.</summary>
    public static string Kinds(RobustResult result) => string.Join(" ", result.Networks
        .Select(n => (n.Subject.Weights, Kind: PublishedRobustness.KindOf(n.Subject.Weights))).Where(n => n.Kind.Length > 0)
        .Select(n => $"{n.Weights}: {n.Kind}."));

    internal static TableCell Cell(IEnumerable<double> values, int decimals) =>
        TableCell.Words(RobustClaims.Three(RobustClaims.Spread(values), decimals));

    internal static TableCell Cell(MedianSpread values, int decimals) => TableCell.Words(RobustClaims.Three(values, decimals));

    private static string Interval(MeasureOutcome outcome)
    {
        (double low, double high) = outcome.Interval();
        return $"{ReportNumber.Fixed(100 * low, 1)}–{ReportNumber.Fixed(100 * high, 1)}";
    }
}
