using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The claims about surfaces of the loss, about networks that are anti-aliased, and about votes. Metrics of two networks differ where
/// the sign test over the same images says so at 5 % and the 95 % interval of the mean difference leaves 0 out.
/// </summary>
internal static class SurfaceClaims
{
    /// <summary>Below it the sign test has spoken.</summary>
    private const double Level = 0.05;

    /// <summary>The metrics that say how rough a surface is.</summary>
    internal static readonly RoughnessMetric[] Rough =
    [
        RoughnessMetric.GradientMean, RoughnessMetric.GradientDeviation, RoughnessMetric.TotalVariation, RoughnessMetric.LocalMaxima,
    ];

    public static IReadOnlyList<Claim> Of(SpatialResult result) => [Caught(result), Smoother(result), Stronger(result), Voting(result)];

    /// <summary>Why gradients fail.</summary>
    private static Claim Caught(SpatialResult result)
    {
        SpatialOutcome n = result.Standard;
        const string text = "Where gradient ascent fails, the surface has many local maxima and most starts end below the grid's maximum.";
        double[] maxima = n.Roughness.All(RoughnessMetric.LocalMaxima);
        double[] shares = n.Basins?.Shares ?? [];
        if (maxima.Length < 2 || shares.Length == 0) return new(text, ClaimVerdict.NotTested, "No surface was measured.");
        bool many = Evidence.OfMean(maxima.Select(m => m - 1)) > 0;
        bool caught = shares.Average() < 0.5;
        bool fails = SameImages.Of(n[SpatialMeasure.FirstOrder], n[SpatialMeasure.Grid]).Sign > 0;
        return new(text, !fails ? ClaimVerdict.NotTested
            : many && caught ? ClaimVerdict.Holds : many || caught ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Inside a surface of {ReportNumber.Integer(result.Preset.Resolution)} values on each axis lie "
            + $"{ReportNumber.Fixed(maxima.Average(), 2)} local maxima in the mean of {maxima.Length} images; "
            + $"{Wording.Percent(shares.Average())} of random starts reach 99 % of the grid's maximum ({shares.Length} images). "
            + $"At {Wording.Percent(n.Basins!.Images.Average(b => b.StallShare))} of the steps the gradient is exactly zero. "
            + "All are of a finite resolution, and none proves that maxima are the cause.");
    }

    /// <summary>The review's question: smoother?</summary>
    private static Claim Smoother(SpatialResult result)
    {
        const string text = "The surface of an anti-aliased network is smoother.";
        if (result.Find(SpatialRole.Blur) is not { } blur) return new(text, ClaimVerdict.NotTested, "No anti-aliased network is there.");
        (RoughnessMetric Metric, PairedTest Test)[] tests = [.. Rough.Select(m => (m, Compare(result, result.Standard, blur, m)))];
        int[] signs = [.. tests.Select(t => Sign(t.Test))];
        // Local maxima are few, so that a fall of the three others decides.
        ClaimVerdict verdict = signs.Take(3).All(s => s > 0) && signs[3] >= 0 ? ClaimVerdict.Holds
            : signs.Any(s => s > 0) && signs.All(s => s >= 0) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Standard minus anti-aliased: "
            + string.Join("; ", tests.Select(t => $"{TitleOf(t.Metric)} {Difference(t.Test)}")) + ".");
    }

    /// <summary>The review's other question: is the first-order attack stronger?</summary>
    private static Claim Stronger(SpatialResult result)
    {
        const string text = "Gradient ascent is a stronger attack on an anti-aliased network: it finds more of what the grid finds.";
        if (result.Find(SpatialRole.Blur) is not { } blur) return new(text, ClaimVerdict.NotTested, "No anti-aliased network is there.");
        (int found, int of) = Found(result.Standard);
        (int foundBlur, int ofBlur) = Found(blur);
        if (of == 0 || ofBlur == 0) return new(text, ClaimVerdict.NotTested, "The grid breaks no image of one of the two.");
        // On the same images: those that the grid breaks on both.
        int[] both = [.. Broken(result.Standard).Intersect(Broken(blur))];
        int[] byPlain = [.. both.Intersect(result.Standard[SpatialMeasure.FirstOrder].Wrong)];
        int[] byBlur = [.. both.Intersect(blur[SpatialMeasure.FirstOrder].Wrong)];
        int sign = Evidence.OfPairs(byBlur.Except(byPlain).Count(), byPlain.Except(byBlur).Count());
        int right = SameImages.Of(result.Standard[SpatialMeasure.FirstOrder], blur[SpatialMeasure.FirstOrder]).Sign;
        ClaimVerdict verdict = sign > 0 ? ClaimVerdict.Holds : sign == 0 && right > 0 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Of images that the grid breaks it breaks "
            + $"{ReportNumber.Share(foundBlur, ofBlur)} on the anti-aliased network, {ReportNumber.Share(found, of)} on the standard one; "
            + $"right after it are {SpatialClaims.Share(blur[SpatialMeasure.FirstOrder])} and "
            + $"{SpatialClaims.Share(result.Standard[SpatialMeasure.FirstOrder])}.");
    }

    /// <summary>Votes at test time.</summary>
    private static Claim Voting(SpatialResult result)
    {
        const string text = "A vote over ten random rotations and shifts at test time helps.";
        (SpatialOutcome N, int Attacked, int Natural)[] all = [.. result.Networks.Select(n => (n,
            SameImages.Of(n[SpatialMeasure.VoteWorstOf], n[SpatialMeasure.WorstOf]).Sign,
            SameImages.Of(n[SpatialMeasure.Vote], n[SpatialMeasure.Natural]).Sign))];
        bool standard = all[0].Attacked > 0;
        ClaimVerdict verdict = standard && all[0].Natural >= 0 ? ClaimVerdict.Holds
            : all.Any(a => a.Attacked > 0) ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        SpatialOutcome s = result.Standard;
        string Names(IEnumerable<(SpatialOutcome N, int, int)> some) =>
            string.Join(", ", some.Select(a => a.N.Subject.Title)) is { Length: > 0 } names ? names : "none";
        return new(text, verdict, $"Standard network, worst of ten: {SpatialClaims.Share(s[SpatialMeasure.WorstOf])} without, "
            + $"{SpatialClaims.Share(s[SpatialMeasure.VoteWorstOf])} with; natural {SpatialClaims.Share(s[SpatialMeasure.Natural])} and "
            + $"{SpatialClaims.Share(s[SpatialMeasure.Vote])}. It helps under attack: {Names(all.Where(a => a.Attacked > 0))}; "
            + $"it costs natural accuracy: {Names(all.Where(a => a.Natural < 0))}.");
    }

    /// <summary>Images right as they are that the grid breaks, and those of them that gradient ascent breaks.</summary>
    internal static (int Found, int Of) Found(SpatialOutcome n)
    {
        int[] broken = Broken(n);
        return (broken.Intersect(n[SpatialMeasure.FirstOrder].Wrong).Count(), broken.Length);
    }

    private static int[] Broken(SpatialOutcome n) =>
        [.. n[SpatialMeasure.Grid].First(n[SpatialMeasure.FirstOrder].Count).Wrong.Except(n[SpatialMeasure.Natural].Wrong)];

    /// <summary>A metric of two networks on the same images, first minus second, without images where it is undefined.</summary>
    internal static PairedTest Compare(SpatialResult result, SpatialOutcome first, SpatialOutcome second, RoughnessMetric metric)
    {
        (double A, double B)[] pairs = [.. first.Roughness.All(metric).Zip(second.Roughness.All(metric))
            .Where(pair => double.IsFinite(pair.First) && double.IsFinite(pair.Second))];
        return PairedTest.Of([.. pairs.Select(p => p.A)], [.. pairs.Select(p => p.B)],
            new Rng(result.Setting.Seed).At("paired").At(metric.ToString()));
    }

    /// <summary>1 where the first network's number is larger beyond chance, −1 where the second's is.</summary>
    internal static int Sign(PairedTest test) =>
        !(test.PValue < Level) ? 0 : Evidence.OfInterval(test.Low, test.High, 0) is var sign
            && sign == Math.Sign(test.Positive - test.Negative) ? sign : 0;

    internal static string TitleOf(RoughnessMetric metric) => metric switch
    {
        RoughnessMetric.GradientMean => "mean gradient",
        RoughnessMetric.GradientDeviation => "spread of the gradient",
        RoughnessMetric.TotalVariation => "total variation",
        RoughnessMetric.LocalMaxima => "local maxima inside",
        RoughnessMetric.RimMaxima => "local maxima on the rim",
        _ => "strongest frequency",
    };

    /// <summary>The mean difference with its interval and the p value of the sign test.</summary>
    internal static string Difference(PairedTest test) => test.Count == 0 ? ReportNumber.Missing
        : $"{Number(test.MeanDifference)} ({Number(test.Low)} to {Number(test.High)}, {Chance(test)})";

    /// <summary>The p value of the sign test.</summary>
    internal static string Chance(PairedTest test) =>
        test.PValue < 0.001 ? "p < 0.001" : $"p = {ReportNumber.Fixed(test.PValue, 3)}";

    /// <summary>As many decimals as three digits take, up to five; what rounding leaves of nothing is nothing.</summary>
    internal static string Number(double value) =>
        ReportNumber.Fixed(value, Math.Abs(value) switch { >= 10 => 1, >= 1 => 2, >= 0.1 => 3, >= 0.01 => 4, _ => 5 });
}
