using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Jacobians;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The tables of the report on universal perturbations, Jacobians and regions.</summary>
internal static class RegionTables
{
    /// <summary>Universal perturbations, published ones below.</summary>
    public static SummaryTable Fooling(RobustResult result, string note) => new(
        "Predictions that a universal perturbation in L∞ changes, on images that it was made from and on others.",
        [
            new("network"), new("radius", true), new("made from", true), new("others", true), new("others, clipped", true, "to pixels"),
            new("wrong", true, "before → after"), new("80 % reached"),
        ],
        [
            .. result.Networks.SelectMany(n => n.Universal.Balls.Select(ball => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Number(ball.Radius, 3),
                TableCell.Share(ball.Crafting.Fooled, ball.Crafting.Count), TableCell.Share(ball.HeldOut.Fooled, ball.HeldOut.Count),
                TableCell.Words(Wording.Percent(ball.HeldOut.ShareClipped)),
                TableCell.Words($"{Wording.Percent((double)ball.HeldOut.WrongBefore / ball.HeldOut.Count)} → "
                    + Wording.Percent(ball.HeldOut.Error)),
                TableCell.Words(ball.Reached ? "yes" : "no"),
            ])),
            .. PublishedRobustness.Universal.Select(row => (IReadOnlyList<TableCell>)
            [
                TableCell.Words($"published, ImageNet: {row.Network}"), TableCell.Words("10/255"), TableCell.Words(""),
                TableCell.Words($"{ReportNumber.Fixed(row.Own, 1)} %"), TableCell.Words(""), TableCell.Words(""), TableCell.Words(""),
            ]),
        ], note);

    /// <summary>The smallest radii.</summary>
    public static SummaryTable Smallest(RobustResult result, string note) => new(
        "The smallest radius in L∞ that changes nine of ten predictions.",
        [
            new("network"), new("crafted", true), new("singular direction", true), new("random signs", true, "median, quartiles"),
            new("random over crafted", true), new("crafted over ‖x‖∞", true),
        ],
        [.. result.Networks.Where(n => n.Universal.Smallest is not null).Select(n =>
        {
            SmallestRadii s = n.Universal.Smallest!;
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Number(s.CraftedRadius, 3), TableCell.Number(s.SingularRadius, 3),
                RobustTables.Cell(s.RandomRadii, 3), TableCell.Number(s.Ratio, 1),
                TableCell.Number(s.CraftedRadius / n.Universal.MeanLinf, 3),
            ];
        })], note);

    /// <summary>Transfer between the networks of the study.</summary>
    public static SummaryTable Transfer(RobustResult result, string note) => new(
        "Predictions changed by perturbations made on the network of the row, measured on that of the column, within "
        + $"{ReportNumber.Fixed(result.Transfer.Radius, 3)}.",
        [new("made on"), .. result.Transfer.Networks.Select(name => new TableColumn(name, true))],
        [.. result.Transfer.Cells.Select((row, k) => (IReadOnlyList<TableCell>)
            [TableCell.Words(result.Transfer.Networks[k]), .. row.Select(rate => TableCell.Words(Wording.Percent(rate.Share)))])], note);

    /// <summary>Singular values of the Jacobian, and the direction of the first.</summary>
    public static SummaryTable Jacobians(RobustResult result, string note) => new(
        "Jacobians of the logits: medians with quartiles.",
        [
            new("network"), new("σ₁", true), new("σ₂", true), new("‖J‖ (Frobenius)", true), new("stable rank", true),
            new("centred", true, "stable rank"), new("|cos(r, v₁)|", true), new("centred", true, "|cos(r, v₁)|"),
        ],
        [.. result.Wholes.Select(n =>
        {
            JacobianSpectrum.Row[] rows = n.Whole!.Jacobians.Rows;
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title),
                RobustTables.Cell(rows.Select(r => r.Sigma[0]), 2), RobustTables.Cell(rows.Select(r => r.Sigma[1]), 2),
                RobustTables.Cell(rows.Select(r => r.Frobenius), 2), RobustTables.Cell(rows.Select(r => r.StableRank), 2),
                RobustTables.Cell(rows.Select(r => r.CentredStableRank), 2), RobustTables.Cell(rows.Select(r => r.Cosine), 2),
                RobustTables.Cell(rows.Select(r => r.CentredCosine), 2),
            ];
        })], note);

    /// <summary>The energy of the matrix of normals.</summary>
    public static SummaryTable Normals(RobustResult result, string note)
    {
        int[] tops = [.. result.Wholes.SelectMany(n => n.Whole!.Jacobians.Energies).Select(e => e.Top).Distinct().Order()];
        return new("The share of the energy of the normals in the first singular values, of as many random rows in brackets.",
            [
                new("network"), new("normals", true), .. tops.Select(top => new TableColumn($"first {top}", true)),
                new("fooled by their span", true, "median"), new("by the rest", true, "median"),
            ],
            [.. result.Wholes.Select(n =>
            {
                JacobianParts j = n.Whole!.Jacobians;
                return (IReadOnlyList<TableCell>)
                [
                    TableCell.Words(n.Subject.Title), TableCell.Integer(j.Normals),
                    .. tops.Select(top => TableCell.Words(j.Energies.FirstOrDefault(e => e.Top == top) is { } e
                        ? $"{Wording.Percent(e.Normals)} ({Wording.Percent(e.Random)})" : ReportNumber.Missing)),
                    TableCell.Words(Wording.Percent(RobustClaims.Median(j.Leading))),
                    TableCell.Words(Wording.Percent(RobustClaims.Median(j.Rest))),
                ];
            })], note);
    }

    /// <summary>Paths in regions.</summary>
    public static SummaryTable Paths(RobustResult result, string note) => new(
        "Paths inside the region of one class, by what their ends are.",
        [
            new("network"), new("ends"), new("found", true), new("95 %", true), new("straight", true),
            new("length", true, "over the straight line"), new("longest", true), new("anchors", true),
            new("chord inside", true), new("inconclusive", true),
        ],
        [.. result.Wholes.SelectMany(n => n.Whole!.Paths.Kinds.Select(kind =>
        {
            ClassPathSummary s = kind.Summary;
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Words(RegionClaims.TitleOf(kind.Kind)), TableCell.Share(s.Found, s.Pairs),
                TableCell.Words($"{ReportNumber.Fixed(100 * s.SuccessInterval.Low, 1)}–"
                    + ReportNumber.Fixed(100 * s.SuccessInterval.High, 1)),
                TableCell.Share(s.Straight, s.Pairs), TableCell.Words(RobustClaims.Three(s.RelativeLength, 3)),
                TableCell.Number(s.LongestRelativeLength, 3), TableCell.Words(RobustClaims.Three(s.Anchors, 0)),
                TableCell.Words(RobustClaims.Three(s.ChordPurity, 2)), TableCell.Integer(s.Inconclusive),
            ];
        }))], note);

    /// <summary>Mixtures of images of one class.</summary>
    public static SummaryTable Mixed(RobustResult result, string note) => new(
        "Mixtures of images that are seen as one class, and are seen as it.",
        [new("network"), new("weights"), .. RobustSetting.Sizes.Select(size => new TableColumn($"{size} images", true))],
        [
            .. result.Wholes.SelectMany(n => Rows(n.Subject.Title, n.Whole!.Mixtures)),
            .. Rows($"linear control (accuracy {Wording.Percent(result.Control.Accuracy)})", result.Control),
        ], note);

    private static IEnumerable<IReadOnlyList<TableCell>> Rows(string title, Mixtures mixtures) =>
    [
        [TableCell.Words(title), TableCell.Words("random"), .. mixtures.Totals.Select(row => Cell(row.Hits, row))],
        [TableCell.Words(""), TableCell.Words("equal"), .. mixtures.Totals.Select(row => Cell(row.EqualHits, row))],
    ];

    private static TableCell Cell(int hits, ConvexityRow row) =>
        row.Draws == 0 ? TableCell.Words("too few images") : TableCell.Share(hits, row.Draws);
}
