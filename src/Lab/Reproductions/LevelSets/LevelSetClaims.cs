using System.Globalization;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The four claims of the study.</summary>
internal enum LevelSetQuestion
{
    /// <summary>Ends of walks look like the target, and the network still sees the source.</summary>
    Blind,

    /// <summary>The straight line from the source to the end stays at high confidence.</summary>
    StarLike,

    /// <summary>Robust networks have a larger share of the hull at high confidence, beyond the radius they were trained for.</summary>
    LargerHull,

    /// <summary>Ends of walks on robust networks keep visible traces of the source.</summary>
    Traces,
}

/// <summary>What became of the claims on one network, in their order.</summary>
internal sealed record NetworkVerdicts(LevelSetOutcome Network, IReadOnlyList<Claim> Claims)
{
    public Claim this[LevelSetQuestion question] => Claims[(int)question];
}

/// <summary>
/// The claims of the study with a verdict for each network that follows from what was measured: shares by their 95 % intervals
/// (Wilson), differences between two networks by the mean over the sources of both and two standard errors.
/// </summary>
internal static class LevelSetClaims
{
    /// <summary>The share of lines that must stay.</summary>
    private const double Nearly = 0.9;

    /// <summary>The place of the drop that walks are allowed among the drops.</summary>
    private static readonly int Drop = Array.IndexOf(SourceRegion.Drops, SourceRegion.Drop);

    public static string TextOf(LevelSetQuestion question) => question switch
    {
        LevelSetQuestion.Blind => "Walks on normal networks end at images that nearly are the target, which the network still sees as the "
            + "source with high confidence.",
        LevelSetQuestion.StarLike => "The straight line from the source to where a walk ended stays at high confidence, for nearly every "
            + "target (a star), which lines of the same length in random directions do not.",
        LevelSetQuestion.LargerHull => "Robust networks have a larger share of the triangles at high confidence than normal ones, also "
            + "beyond the radius they were trained for.",
        _ => "Walks on robust networks end farther from the target: traces of the source stay visible.",
    };

    /// <summary>In a few words.</summary>
    public static string TitleOf(LevelSetQuestion question) => question switch
    {
        LevelSetQuestion.Blind => "ends look like targets",
        LevelSetQuestion.StarLike => "a star",
        LevelSetQuestion.LargerHull => "a larger hull than normal",
        _ => "traces of the source",
    };

    /// <summary>The claims with what became of them on all networks together.</summary>
    public static IReadOnlyList<Claim> Of(LevelSetResult result) => Of(result, Each(result));

    /// <inheritdoc cref="Of(LevelSetResult)"/>
    public static IReadOnlyList<Claim> Of(LevelSetResult result, IReadOnlyList<NetworkVerdicts> each) =>
        [.. Enum.GetValues<LevelSetQuestion>().Select(question => Together(result, question, each))];

    /// <summary>The verdicts of every network.</summary>
    public static IReadOnlyList<NetworkVerdicts> Each(LevelSetResult result) =>
        [.. result.Networks.Select(n => new NetworkVerdicts(n, [Blind(n), StarLike(n), LargerHull(result, n), Traces(result, n)]))];

    /// <summary>It holds where it holds on all networks that it is about; pairs of twins go before others.</summary>
    private static Claim Together(LevelSetResult result, LevelSetQuestion question, IReadOnlyList<NetworkVerdicts> each)
    {
        NetworkVerdicts[] tested = [.. each.Where(n => n[question].Verdict != ClaimVerdict.NotTested)];
        if (question is LevelSetQuestion.LargerHull or LevelSetQuestion.Traces)
        {
            NetworkVerdicts[] twins = [.. tested.Where(n => result.PartnerOf(n.Network) is { IsTwin: true })];
            if (twins.Length > 0) tested = twins;
        }
        if (tested.Length == 0) return new(TextOf(question), ClaimVerdict.NotTested, "No network that it is about is here.");
        int holds = tested.Count(n => n[question].Verdict == ClaimVerdict.Holds);
        bool none = tested.All(n => n[question].Verdict == ClaimVerdict.DoesNotHold);
        string of = question is LevelSetQuestion.Blind or LevelSetQuestion.StarLike ? "networks"
            : tested.All(n => result.PartnerOf(n.Network) is { IsTwin: true }) ? "pairs of one architecture"
            : "pairs, of different architectures";
        IEnumerable<string> words = tested.GroupBy(n => n[question].Verdict).OrderBy(by => by.Key)
            .Select(by => $"{by.First()[question].Badge.Words}: {string.Join(", ", by.Select(n => n.Network.Subject.Weights))}");
        return new(TextOf(question), holds == tested.Length ? ClaimVerdict.Holds : none ? ClaimVerdict.DoesNotHold : ClaimVerdict.InPart,
            $"Holds on {holds} of {tested.Length} {of}. {string.Join("; ", words)}.");
    }

    private static Claim Blind(LevelSetOutcome n)
    {
        string text = TextOf(LevelSetQuestion.Blind);
        DistanceSummary d = n.Distances;
        if (n.Subject.IsRobust) return new(text, ClaimVerdict.NotTested, "It is about normal networks.");
        if (d.Count == 0) return new(text, ClaimVerdict.NotTested, "No walk counts.");
        SuccessShare share = new(d.Arrived, d.Count);
        ClaimVerdict verdict = share.Interval.Low > 0.5 ? ClaimVerdict.Holds
            : share.Interval.High < 0.5 ? ClaimVerdict.DoesNotHold : ClaimVerdict.InPart;
        return new(text, verdict, $"{Share(share)} of {d.Count} walks end within RMSE {Text(LevelSetResult.Arrival, 2)} of the target and "
            + $"keep the class, at a mean confidence of {Text(d.Confidence.Mean, 2)}.");
    }

    private static Claim StarLike(LevelSetOutcome n)
    {
        string text = TextOf(LevelSetQuestion.StarLike);
        (SuccessShare walked, SuccessShare random) = (n.Stars.Walked[Drop], n.Stars.Random[Drop]);
        if (walked.Count == 0) return new(text, ClaimVerdict.NotTested, "No walk moved.");
        bool isStar = walked.Interval.Low > Nearly;
        bool isOwn = Evidence.OfShares(walked.Successes, walked.Count, random.Successes, random.Count) > 0;
        // Where most lines stay, but not nearly all, the region is a star in most directions only.
        ClaimVerdict verdict = isStar && isOwn ? ClaimVerdict.Holds
            : walked.Interval.High < Nearly && !(isOwn && walked.Interval.Low > 0.5) ? ClaimVerdict.DoesNotHold : ClaimVerdict.InPart;
        return new(text, verdict, $"{Share(walked)} of {walked.Count} lines stay; random ones {Share(random)}"
            + $"{(isOwn ? "" : ", not fewer")}; to the targets {Share(n.Stars.Targets[Drop])}.");
    }

    private static Claim LargerHull(LevelSetResult result, LevelSetOutcome n)
    {
        string text = TextOf(LevelSetQuestion.LargerHull);
        if (!n.Subject.IsRobust) return new(text, ClaimVerdict.NotTested, "It is about robust networks.");
        if (result.PartnerOf(n) is not var (partner, _)) return new(text, ClaimVerdict.NotTested, "No normal network is here.");
        PairedMean whole = Hull(n, partner, h => h.Shares[Drop]);
        if (whole.Count < 2) return new(text, ClaimVerdict.NotTested, "Fewer than two sources have triangles on both.");
        int radius = result.IndexOf(n.Subject.Training.Radius);
        PairedMean? beyond = radius < 0 ? null : Hull(n, partner, h => h.BeyondHigh[radius]);
        bool isBeyond = beyond is null or { Sign: > 0 };
        ClaimVerdict verdict = whole.Sign > 0 && isBeyond ? ClaimVerdict.Holds
            : whole.Sign > 0 || beyond is { Sign: > 0 } ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        string numbers = $"Share within 0.2: {Text(n.Hulls.Shares[Drop].Mean, 2)} against {Text(partner.Hulls.Shares[Drop].Mean, 2)} of "
            + $"{partner.Subject.Weights}, difference {whole.Words(2)}";
        if (beyond is null) return new(text, verdict, $"{numbers}; its radius is not stated.");
        return new(text, verdict, $"{numbers}; beyond {Text(n.Subject.Training.Radius!.Value, 3)} in L∞ "
            + $"{(beyond.Value.Count < 2 ? "nothing lies" : beyond.Value.Words(2))}; "
            + $"walks go {Text(n.Distances.Moved.Mean / n.Subject.Training.Radius.Value, 1)} radii far.");
    }

    private static Claim Traces(LevelSetResult result, LevelSetOutcome n)
    {
        string text = TextOf(LevelSetQuestion.Traces);
        if (!n.Subject.IsRobust) return new(text, ClaimVerdict.NotTested, "It is about robust networks.");
        if (result.PartnerOf(n) is not var (partner, _)) return new(text, ClaimVerdict.NotTested, "No normal network is here.");
        PairedMean rmse = PairedMean.OfWalks(n, partner, walk => walk.Rmse);
        PairedMean eye = PairedMean.OfWalks(n, partner, walk => walk.Distance);
        if (rmse.Count < 2) return new(text, ClaimVerdict.NotTested, "Fewer than two sources have walks that count on both.");
        bool isVisible = n.Distances.Rmse.Mean > LevelSetResult.Arrival;
        ClaimVerdict verdict = rmse.Sign > 0 && eye.Sign > 0 && isVisible ? ClaimVerdict.Holds
            : rmse.Sign > 0 || eye.Sign > 0 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, $"RMSE {Text(n.Distances.Rmse.Mean, 3)} against {Text(partner.Distances.Rmse.Mean, 3)} of "
            + $"{partner.Subject.Weights}, difference {rmse.Words(3)}; {result.Setting.Metric.Title} {eye.Words(3)}.");
    }

    private static PairedMean Hull(LevelSetOutcome n, LevelSetOutcome partner, Func<HullNumbers, double> value) =>
        PairedMean.OfSources(n, partner, region => region.Hull is { } hull ? value(hull) : double.NaN);

    internal static string Share(SuccessShare share) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * share.Rate:F0} % ({100 * share.Interval.Low:F0} to {100 * share.Interval.High:F0})");

    private static string Text(double value, int decimals) => ReportNumber.Fixed(value, decimals);
}

/// <summary>The mean difference of a number between two networks, over the sources on which both have it.</summary>
/// <param name="Sign">1 or −1 where it is more than two standard errors from 0.</param>
internal readonly record struct PairedMean(int Count, double Mean, double Error, int Sign)
{
    public static PairedMean OfSources(LevelSetOutcome first, LevelSetOutcome second, Func<SourceRegion, double> value) =>
        Of(first.All.Regions.ToDictionary(region => region.Source, value), second.All.Regions.ToDictionary(r => r.Source, value));

    /// <summary>Of the means over the walks of each source, as walks of one source are no independent ones.</summary>
    public static PairedMean OfWalks(LevelSetOutcome first, LevelSetOutcome second, Func<LevelSetWalk, double> value)
    {
        HashSet<(int, int)> both = [.. Counted(first).Intersect(Counted(second))];
        Dictionary<int, double> Means(LevelSetOutcome n) => n.All.Walks.Where(walk => both.Contains((walk.Source, walk.Target)))
            .GroupBy(walk => walk.Source).ToDictionary(of => of.Key, of => of.Average(value));
        return Of(Means(first), Means(second));
    }

    /// <summary>For readers, with its 95 % interval.</summary>
    public string Words(int decimals) => $"{ReportNumber.Fixed(Mean, decimals)} "
        + $"({ReportNumber.Fixed(Mean - 1.96 * Error, decimals)} to {ReportNumber.Fixed(Mean + 1.96 * Error, decimals)})";

    private static PairedMean Of(Dictionary<int, double> first, Dictionary<int, double> second)
    {
        double[] differences = [.. first.Where(of => second.ContainsKey(of.Key)).Select(of => of.Value - second[of.Key])
            .Where(double.IsFinite)];
        (double mean, double deviation) = Statistics.Spread(differences);
        return new(differences.Length, mean, differences.Length == 0 ? double.NaN : deviation / Math.Sqrt(differences.Length),
            Evidence.OfMean(differences));
    }

    private static IEnumerable<(int, int)> Counted(LevelSetOutcome n) =>
        n.All.Walks.Where(walk => walk.Counts).Select(walk => (walk.Source, walk.Target));
}
