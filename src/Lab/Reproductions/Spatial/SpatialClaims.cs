using System.Globalization;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The claims of the study about attacks and training, each with a verdict that follows from what was measured. Accuracies are
/// compared on the same images: they differ where the exact sign test over images that only one gets right says so at 5 %. Far is a
/// tenth of the images. Those about surfaces stand in <see cref="SurfaceClaims"/>.
/// </summary>
internal static class SpatialClaims
{
    /// <summary>Accuracies so much apart are far apart.</summary>
    private const double Far = 0.1;

    /// <summary>What augmentation is said to give under the grid, …</summary>
    private const double Given = 0.02;

    /// <summary>… and to cost of natural accuracy.</summary>
    private const double Cost = 0.1;

    /// <summary>Drops that miss their sum by less add up.</summary>
    private const double Slack = 0.05;

    /// <summary>Passes of the whole grid: 5 by 5 shifts, 31 angles.</summary>
    private const int Passes = 775;

    private const string BlackAnyway = " The borders of these images are black, so that mirroring changes little.";

    private static readonly SpatialMeasure[] Columns =
        [SpatialMeasure.Natural, SpatialMeasure.Random, SpatialMeasure.WorstOf, SpatialMeasure.Grid];

    public static IReadOnlyList<Claim> Of(SpatialResult result) =>
    [
        Order(result), FirstOrder(result), Training(result), NoCrop(result), Worst(result), Padding(result), Adds(result), Linf(result),
        Counted(result), Augmentation(result), .. SurfaceClaims.Of(result),
    ];

    /// <summary>grid ≪ worst of ten ≪ random.</summary>
    private static Claim Order(SpatialResult result)
    {
        SpatialOutcome n = result.Standard;
        SameImages first = SameImages.Of(n[SpatialMeasure.Random], n[SpatialMeasure.WorstOf]);
        SameImages second = SameImages.Of(n[SpatialMeasure.WorstOf], n[SpatialMeasure.Grid]);
        bool both = first.Sign > 0 && second.Sign > 0;
        ClaimVerdict verdict = both && first.Gap >= Far && second.Gap >= Far ? ClaimVerdict.Holds
            : both ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new("On the standard network accuracy under the grid lies far below that under the worst of ten draws, and that far below "
            + "that under one.", verdict, $"Right: {Row(n, Columns)}.");
    }

    /// <summary>Gradients are a weak attack.</summary>
    private static Claim FirstOrder(SpatialResult result)
    {
        SpatialOutcome n = result.Standard;
        MeasureOutcome ascent = n[SpatialMeasure.FirstOrder];
        MeasureOutcome grid = n[SpatialMeasure.Grid].First(ascent.Count);
        SameImages both = SameImages.Of(ascent, grid);
        return new("Gradient ascent over angle and shift is a weak attack: it leaves far more images right than the grid.",
            both.Sign > 0 && both.Gap >= Far ? ClaimVerdict.Holds : both.Sign > 0 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Of the same {ascent.Count} images {Share(ascent)} are right after {result.Preset.Steps} steps from one random start, "
            + $"{Share(grid)} under the grid.");
    }

    /// <summary>W-10 > augmentation > standard under the grid.</summary>
    private static Claim Training(SpatialResult result)
    {
        const string text = "Under the grid training on the worst of ten draws helps more than augmentation, and augmentation helps.";
        if (result.Find(SpatialRole.Worst30) is not { } worst || result.Find(SpatialRole.Aug30) is not { } aug)
        {
            return new(text, ClaimVerdict.NotTested, "It takes a network of augmentation and one of the worst of ten.");
        }
        int upper = Grid(worst, aug).Sign;
        int lower = Grid(aug, result.Standard).Sign;
        ClaimVerdict verdict = upper > 0 && lower > 0 ? ClaimVerdict.Holds
            : upper >= 0 && lower >= 0 && Grid(worst, result.Standard).Sign > 0 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"Right under the grid: {Each([worst, aug, result.Standard], SpatialMeasure.Grid)}.");
    }

    /// <summary>Without crops a network is worse all around.</summary>
    private static Claim NoCrop(SpatialResult result)
    {
        const string text =
            "Without random shifts in training (no crop) a network is worse all around: "
            + "as images are, under random turns and shifts, under the worst of ten and under the grid.";
        if (result.Find(SpatialRole.NoCrop) is not { } none)
        {
            return new(text, ClaimVerdict.NotTested, "No network without shifts is there.");
        }
        int[] signs = [.. Columns.Select(m => SameImages.Of(result.Standard[m], none[m]).Sign)];
        ClaimVerdict verdict = signs.All(s => s > 0) ? ClaimVerdict.Holds
            : signs.Any(s => s > 0) && signs.All(s => s >= 0) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"No crop: {Row(none, Columns)}. Standard: {Row(result.Standard, Columns)}.");
    }

    /// <summary>No crop is the worst of all under the grid.</summary>
    private static Claim Worst(SpatialResult result)
    {
        const string text = "Of plain, augmented and worst-of-ten training none is worse under the grid than that without random shifts.";
        SpatialOutcome[] others = [.. result.Networks.Where(n => n.Subject.Role is SpatialRole.Standard or SpatialRole.Aug30
            or SpatialRole.Aug40 or SpatialRole.Worst30 or SpatialRole.Worst40)];
        if (result.Find(SpatialRole.NoCrop) is not { } none || others.Length < 2)
        {
            return new(text, ClaimVerdict.NotTested, "It takes a network without shifts and two others.");
        }
        int[] signs = [.. others.Select(n => Grid(n, none).Sign)];
        ClaimVerdict verdict = signs.All(s => s > 0) ? ClaimVerdict.Holds
            : signs.All(s => s >= 0) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"Right under the grid: {Each([none, .. others], SpatialMeasure.Grid)}.");
    }

    /// <summary>Black corners do not explain it.</summary>
    private static Claim Padding(SpatialResult result)
    {
        SpatialOutcome n = result.Standard;
        MeasureOutcome mirrored = n[SpatialMeasure.Mirrored];
        SameImages drop = SameImages.Of(n[SpatialMeasure.Natural], mirrored);
        double between = SameImages.Of(mirrored, n[SpatialMeasure.Grid]).Gap;
        double black = SameImages.Of(n[SpatialMeasure.Natural], n[SpatialMeasure.Grid]).Gap;
        ClaimVerdict verdict = drop.Sign > 0 && Math.Abs(between) <= Slack ? ClaimVerdict.Holds
            : drop.Sign > 0 && drop.Gap >= black / 2 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        string trained = result.Find(SpatialRole.Reflect) is { } reflect
            ? $" Trained on the worst of ten with mirrored borders: {Share(reflect[SpatialMeasure.Grid])} black, "
                + $"{Share(reflect[SpatialMeasure.Mirrored])} mirrored." : "";
        return new(
            "What comes in black from outside does not explain it: with mirrored borders the grid breaks about as many images.",
            verdict, $"Right under the grid, standard: {Share(n[SpatialMeasure.Grid])} black, {Share(mirrored)} mirrored; "
            + $"{Share(n[SpatialMeasure.Natural])} as they are.{trained}{(result.Setting.Data.Channels == 1 ? BlackAnyway : "")}");
    }

    /// <summary>Rotations and pixels are different weaknesses.</summary>
    private static Claim Adds(SpatialResult result)
    {
        const string text = "Rotation and shift together with a change of pixels cost about the sum of what each costs alone.";
        SpatialOutcome[] able = [.. result.Networks.Where(n => n.Additivity.CanAdd)];
        if (able.Length == 0)
        {
            Additivity all = result.Standard.Additivity;
            return new(text, ClaimVerdict.NotTested, "On every network the two alone leave next to nothing to lose: on the standard one "
                + $"{ReportNumber.Share(all.Spatial, all.Natural)} of the right images fall by rotation and shift, "
                + $"{ReportNumber.Share(all.Pixels, all.Natural)} by pixels.");
        }
        (double Mean, double Error)[] excess = [.. able.Select(n =>
        {
            (double mean, double deviation) = Statistics.Spread(n.Additivity.Excess);
            return (mean, deviation / Math.Sqrt(n.Additivity.Count));
        })];
        ClaimVerdict verdict = excess.All(e => Math.Abs(e.Mean) + 2 * e.Error <= Slack) ? ClaimVerdict.Holds
            : excess.All(e => Math.Abs(e.Mean) - 2 * e.Error > Slack) ? ClaimVerdict.DoesNotHold : ClaimVerdict.InPart;
        return new(text, verdict, "Of right images fall by rotation and shift, by pixels, by both: "
            + string.Join("; ", able.Select((n, k) => string.Create(CultureInfo.InvariantCulture, $"{n.Subject.Title} ")
                + $"{Of(n.Additivity.Spatial, n)}, {Of(n.Additivity.Pixels, n)}, {Of(n.Additivity.Both, n)} "
                + $"({Points(excess[k].Mean)} ± {ReportNumber.Fixed(200 * excess[k].Error, 1)} against the sum)")) + ".");

        static string Of(int count, SpatialOutcome n) => Wording.Percent((double)count / n.Additivity.Natural);
    }

    /// <summary>Robustness against pixels is another one.</summary>
    private static Claim Linf(SpatialResult result)
    {
        const string text = "Training against changes of pixels does not help against the grid.";
        if (result.Find(SpatialRole.Linf) is not { } linf) return new(text, ClaimVerdict.NotTested, "No network trained in L∞ is there.");
        SameImages own = Grid(linf, result.Standard);
        SpatialOutcome? worst = result.Find(SpatialRole.Worst30);
        double most = worst is null ? 2 * Far : Grid(worst, result.Standard).Gap;
        // No gain that was found is not yet none: the interval must leave out one that matters.
        ClaimVerdict verdict = own.Gap + 2 * own.Error <= Slack ? ClaimVerdict.Holds
            : own.Sign <= 0 || own.Gap < most / 2 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        IReadOnlyList<SpatialOutcome> shown = worst is null ? [result.Standard, linf] : [result.Standard, linf, worst];
        return new(text, verdict, $"Right under the grid: {Each(shown, SpatialMeasure.Grid)}. "
            + $"Under the change of pixels: {Each([result.Standard, linf], SpatialMeasure.Linf)}."
            + (linf.Subject.Weights.StartsWith("lenet-lite", StringComparison.Ordinal)
                ? $" {linf.Subject.Weights} is a wider network."
                : ""));
    }

    /// <summary>The first correction of the review: what a grid costs.</summary>
    private static Claim Counted(SpatialResult result)
    {
        const string text =
            "The grid costs 775 passes of an image that nothing breaks, not about 150 (31 angles times 5 shifts of one axis).";
        int most = result.Networks.Max(n => n[SpatialMeasure.Grid].MostForwards);
        MeasureOutcome grid = result.Standard[SpatialMeasure.Grid];
        bool survives = result.Networks.Any(n => n[SpatialMeasure.Grid].Right > 0);
        ClaimVerdict verdict = most == Passes ? ClaimVerdict.Holds : survives ? ClaimVerdict.DoesNotHold : ClaimVerdict.NotTested;
        return new(text, verdict, $"Counted: {most} at most; {ReportNumber.Fixed(grid.Forwards, 1)} in the mean "
            + "on the standard network, since an image leaves with the first turn that breaks it.");
    }

    /// <summary>The second correction: what augmentation gives and costs.</summary>
    private static Claim Augmentation(SpatialResult result)
    {
        const string text =
            "Augmentation recovers about 2 points under the grid and costs about 10 of natural accuracy (a review of the study).";
        if (result.Find(SpatialRole.Aug30) is not { } aug) return new(text, ClaimVerdict.NotTested, "No network of augmentation is there.");
        double gain = Grid(aug, result.Standard).Gap;
        SameImages paid = SameImages.Of(result.Standard[SpatialMeasure.Natural], aug[SpatialMeasure.Natural]);
        double cost = paid.Gap;
        bool small = Math.Abs(gain - Given) <= Given;
        bool dear = paid.Sign > 0 && Math.Abs(cost - Cost) <= Cost / 2;
        return new(text, small && dear ? ClaimVerdict.Holds : small || dear ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Here it gives {Points(gain)} points under the grid and costs {Points(cost)} of natural accuracy; on ImageNet the authors "
            + "published 17.2 and 2.4.");
    }

    /// <summary>By how much the first is right more often under the grid.</summary>
    private static SameImages Grid(SpatialOutcome first, SpatialOutcome second) =>
        SameImages.Of(first[SpatialMeasure.Grid], second[SpatialMeasure.Grid]);

    internal static string Share(MeasureOutcome outcome) => Wording.Percent(outcome.Accuracy);

    private static string Row(SpatialOutcome n, IEnumerable<SpatialMeasure> measures) =>
        string.Join(", ", measures.Select(m => $"{SpatialSetting.TitleOf(m)} {Share(n[m])}"));

    private static string Each(IEnumerable<SpatialOutcome> networks, SpatialMeasure measure) =>
        string.Join(", ", networks.Select(n => $"{n.Subject.Title} {Share(n[measure])}"));

    private static string Points(double share) => ReportNumber.Fixed(100 * share, 1);
}
