using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The tables of the report on attacks and training.</summary>
internal static class SpatialTables
{
    private static readonly SpatialMeasure[] Published =
        [SpatialMeasure.Natural, SpatialMeasure.Random, SpatialMeasure.WorstOf, SpatialMeasure.Grid];

    /// <summary>Accuracies under some attacks with their intervals and with what they cost.</summary>
    public static SummaryTable Accuracies(SpatialResult result, string caption, string note, params SpatialMeasure[] measures) => new(
        caption,
        [
            new("network"),
            .. measures.Select(m => new TableColumn(SpatialSetting.TitleOf(m), true, $"{SpatialSetting.Images(m, result.Preset)} images")),
        ],
        [.. result.Networks.SelectMany(n => (IReadOnlyList<TableCell>[])
        [
            [TableCell.Words(n.Subject.Title), .. measures.Select(m => TableCell.Words(Accuracy(n.Measures.GetValueOrDefault(m))))],
            [TableCell.Words("95 %"), .. measures.Select(m => TableCell.Words(Interval(n.Measures.GetValueOrDefault(m))))],
            [TableCell.Words("passes"), .. measures.Select(m => TableCell.Words(Passes(n.Measures.GetValueOrDefault(m))))],
        ])],
        note);

    /// <summary>What all attacks break together, and how far weak attacks are from the grid.</summary>
    public static SummaryTable Gaps(SpatialResult result, string note) => new("What the attacks break together, and the gaps to the grid.",
        [
            new("network"), new("spatial together", true), new("all together", true), new("worst of ten − grid", true, "points"),
            new("first order − grid", true, "points"), new("first order finds", true, "of what the grid breaks"),
        ],
        [.. result.Networks.Select(n =>
        {
            (int found, int of) = SurfaceClaims.Found(n);
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Share(n.SpatialUnion.Right, n.SpatialUnion.Count),
                TableCell.Share(n.Union.Right, n.Union.Count), Gap(n, SpatialMeasure.WorstOf), Gap(n, SpatialMeasure.FirstOrder),
                TableCell.Share(found, of),
            ];
        })], note);

    /// <summary>The published accuracies of ImageNet beside ours.</summary>
    public static SummaryTable Beside(SpatialResult result, string note) => new(
        "Accuracy in per cent: published (ImageNet, ResNet-18) and ours.",
        [
            new("training"),
            .. Published.SelectMany(m => (TableColumn[])
                [new(SpatialSetting.TitleOf(m), true, "published"), new(SpatialSetting.TitleOf(m), true, "ours")]),
        ],
        [.. result.Networks.Where(n => PublishedSpatial.Accuracy(n.Subject.Role) is not null).Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title),
            .. Published.SelectMany((m, k) => (TableCell[])
                [TableCell.Number(PublishedSpatial.Accuracy(n.Subject.Role)![k], 1), TableCell.Number(100 * n[m].Accuracy, 1)]),
        ])], note);

    /// <summary>Drops by rotation and shift, by pixels, by both.</summary>
    public static SummaryTable Additive(SpatialResult result, string note) => new(
        "Of images that are right as they are, those that each attack breaks.",
        [
            new("network"), new("worst of ten", true), new("L∞", true), new("sum", true), new("both at once", true),
            new("both − sum", true, "points of all images, ± 2 standard errors"),
        ],
        [.. result.Networks.Select(n =>
        {
            Additivity a = n.Additivity;
            (double mean, double deviation) = a.Count < 2 ? (double.NaN, double.NaN) : Statistics.Spread(a.Excess);
            return (IReadOnlyList<TableCell>)
            [
                TableCell.Words(n.Subject.Title), TableCell.Share(a.Spatial, a.Natural), TableCell.Share(a.Pixels, a.Natural),
                TableCell.Words(a.CanAdd ? Wording.Percent((double)(a.Spatial + a.Pixels) / a.Natural) : "nothing left to fall"),
                TableCell.Share(a.Both, a.Natural), TableCell.Spread(100 * mean, 200 * deviation / Math.Sqrt(a.Count), 1),
            ];
        })], note);

    private static TableCell Gap(SpatialOutcome n, SpatialMeasure measure) =>
        TableCell.Number(100 * SameImages.Of(n[measure], n[SpatialMeasure.Grid]).Gap, 1);

    private static string Accuracy(MeasureOutcome? outcome) =>
        outcome is null ? ReportNumber.Missing : Wording.Percent(outcome.Accuracy);

    private static string Interval(MeasureOutcome? outcome)
    {
        if (outcome is null) return ReportNumber.Missing;
        (double low, double high) = outcome.Interval();
        return $"{ReportNumber.Fixed(100 * low, 1)}–{ReportNumber.Fixed(100 * high, 1)}";
    }

    /// <summary>Forward (F) and backward (B) passes of an image.</summary>
    private static string Passes(MeasureOutcome? outcome) => outcome is null ? ReportNumber.Missing
        : outcome.Gradients > 0 ? $"{ReportNumber.Short(outcome.Forwards)} F, {ReportNumber.Short(outcome.Gradients)} B"
        : $"{ReportNumber.Short(outcome.Forwards)} F";
}

/// <summary>The tables about surfaces and about anti-aliasing.</summary>
internal static class SurfaceTables
{
    private static readonly RoughnessMetric[] All = Enum.GetValues<RoughnessMetric>();

    /// <summary>The mean metrics of every network.</summary>
    public static SummaryTable Means(SpatialResult result, string note) => new(
        "How rough the loss is over angle and shift to the right: means over images.",
        [
            new("network"), .. All.Select(m => new TableColumn(SurfaceClaims.TitleOf(m), true, Unit(m))),
            new("basin", true, "starts that reach the grid's maximum"), new("zero gradients", true, "of all steps"),
        ],
        [.. result.Networks.Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title), .. All.Select(m => TableCell.Words(SurfaceClaims.Number(Mean(n.Roughness.All(m))))),
            TableCell.Words(n.Basins is null ? ReportNumber.Missing : Wording.Percent(Mean(n.Basins.Shares))),
            TableCell.Words(n.Basins is null ? ReportNumber.Missing : Wording.Percent(Mean(n.Basins.Images.Select(b => b.StallShare)))),
        ])], note);

    /// <summary>Every network against the standard one, on the same images.</summary>
    public static SummaryTable Pairs(SpatialResult result, string note) => new(
        "Standard minus each network, on the same images: mean difference (95 % interval, p of the sign test).",
        [new("network"), .. SurfaceClaims.Rough.Select(m => new TableColumn(SurfaceClaims.TitleOf(m), true, Unit(m)))],
        [.. result.Networks.Skip(1).Select(n => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(n.Subject.Title),
            .. SurfaceClaims.Rough.Select(m =>
                TableCell.Words(SurfaceClaims.Difference(SurfaceClaims.Compare(result, result.Standard, n, m)))),
        ])], note);

    /// <summary>All that is measured of the standard network and of the anti-aliased one, paired.</summary>
    public static SummaryTable AntiAliasing(SpatialResult result, SpatialOutcome blur, string note)
    {
        SpatialOutcome plain = result.Standard;
        IReadOnlyList<TableCell> Accuracy(SpatialMeasure m)
        {
            PairedTest test = PairedTest.Of(
                plain[m].AreRight(), blur[m].AreRight(), new Rng(result.Setting.Seed).At("paired").At(m.ToString()));
            return Row($"accuracy, {SpatialSetting.TitleOf(m)}", Wording.Percent(plain[m].Accuracy), Wording.Percent(blur[m].Accuracy),
                $"{ReportNumber.Fixed(100 * test.MeanDifference, 1)} points ({ReportNumber.Fixed(100 * test.Low, 1)} to "
                + $"{ReportNumber.Fixed(100 * test.High, 1)}, {SurfaceClaims.Chance(test)})");
        }
        IReadOnlyList<TableCell> Metric(RoughnessMetric m) => Row(
            SurfaceClaims.TitleOf(m), SurfaceClaims.Number(Mean(plain.Roughness.All(m))),
            SurfaceClaims.Number(Mean(blur.Roughness.All(m))), SurfaceClaims.Difference(SurfaceClaims.Compare(result, plain, blur, m)));
        string basin = plain.Basins is null || blur.Basins is null ? ReportNumber.Missing
            : SurfaceClaims.Difference(PairedTest.Of(plain.Basins.Shares, blur.Basins.Shares, new Rng(result.Setting.Seed).At("paired")));
        return new("The standard network and the anti-aliased one, on the same images.",
            [new(""), new("standard", true), new("anti-aliased", true), new("standard − anti-aliased", true, "95 % interval, sign test")],
            [
                .. ((SpatialMeasure[])[SpatialMeasure.Natural, SpatialMeasure.WorstOf, SpatialMeasure.Grid, SpatialMeasure.FirstOrder])
                    .Select(Accuracy),
                Row("shift consistency", Wording.Percent(plain.Consistency.Share), Wording.Percent(blur.Consistency.Share),
                    $"{ReportNumber.Fixed(100 * (plain.Consistency.Share - blur.Consistency.Share), 1)} points"),
                .. All.Select(Metric),
                Row("basin", Wording.Percent(Mean(plain.Basins?.Shares ?? [])), Wording.Percent(Mean(blur.Basins?.Shares ?? [])), basin),
            ], note);
    }

    /// <summary>What was published of anti-aliasing.</summary>
    public static SummaryTable Published(string note) => new("Published: accuracy and shift consistency on ImageNet, in per cent.",
        [
            new("filter"), new("ResNet-50", true, "accuracy"), new("ResNet-50", true, "consistency"), new("ResNet-18", true, "accuracy"),
            new("ResNet-18", true, "consistency"),
        ],
        [.. PublishedSpatial.AntiAliasing.Select(row => (IReadOnlyList<TableCell>)
            [TableCell.Words(row.Filter), .. row.Values.Select(v => TableCell.Number(v, 2))])], note);

    private static IReadOnlyList<TableCell> Row(params string[] cells) => [.. cells.Select(TableCell.Words)];

    private static string Unit(RoughnessMetric metric) => metric switch
    {
        RoughnessMetric.GradientMean or RoughnessMetric.GradientDeviation => "loss per half-width",
        RoughnessMetric.TotalVariation => "loss per cell",
        RoughnessMetric.Frequency => "cycles per pixel",
        _ => "",
    };

    private static double Mean(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
}
