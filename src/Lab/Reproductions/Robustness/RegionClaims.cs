using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The claims about universal perturbations and about the regions of classes, and the corrections of a review that can be tested.
/// </summary>
internal static class RegionClaims
{
    /// <summary>What about ten is, and what is still more than chance.</summary>
    private const double LeastTen = 5, MostTen = 20, More = 2;

    /// <summary>Nearly straight: half of the paths are at most so much longer than the straight line.</summary>
    private const double Straight = 1.05, Bent = 1.2;

    /// <summary>About 0.8.</summary>
    private const double Eight = 0.8, Close = 0.1;

    public static IReadOnlyList<Claim> Of(RobustResult result) =>
    [
        SmallUniversal(result), Ratio(result), Transfer(result), Found(result), NearlyStraight(result), Pairs(result), Falling(result),
        Orthogonal(result), Shared(result), TooShort(result),
    ];

    /// <summary>Universal perturbations are small.</summary>
    private static Claim SmallUniversal(RobustResult result)
    {
        const string text =
            "A universal perturbation that fools nine of ten images is at least an order of magnitude smaller than they are.";
        // What a search does not find may be there all the same.
        if (result.Standard.Universal.Smallest is not { } smallest || double.IsInfinity(smallest.CraftedRadius))
        {
            return new(text, ClaimVerdict.NotTested, "None of any radius that was made fools nine of ten images, from "
                + $"{result.Preset.Crafting} images in {result.Preset.Passes} passes.");
        }
        double ratio = smallest.CraftedRadius / result.Standard.Universal.MeanLinf;
        return new(text, ratio <= 0.1 ? ClaimVerdict.Holds : ratio <= 0.2 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Smallest radius in L∞ over the mean ‖x‖∞, on images that it was not made from: "
            + string.Join("; ", Smallest(result).Select(n =>
                $"{n.Subject.Weights} {Fixed(n.Universal.Smallest!.CraftedRadius / n.Universal.MeanLinf)}")) + ".");
    }

    /// <summary>Random ones must be ten times as large.</summary>
    private static Claim Ratio(RobustResult result)
    {
        const string text = "Random perturbations must be about ten times as large as universal ones to fool as many images.";
        if (result.Standard.Universal.Smallest is not { Ratio: not double.NaN } smallest)
        {
            return new(text, ClaimVerdict.NotTested, "No universal perturbation that was made fools nine of ten images.");
        }
        ClaimVerdict verdict = smallest.Ratio is >= LeastTen and <= MostTen ? ClaimVerdict.Holds
            : smallest.Ratio >= More ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Median radius of random signs over that of the crafted one: "
            + string.Join("; ", Smallest(result).Select(n => $"{n.Subject.Weights} {RobustClaims.Times(n.Universal.Smallest!.Ratio)} "
                + $"({Fixed(n.Universal.Smallest.RandomRadii.Median)} against {Fixed(n.Universal.Smallest.CraftedRadius)})")) + ".");
    }

    /// <summary>They work on other networks.</summary>
    private static Claim Transfer(RobustResult result)
    {
        const string text = "Universal perturbations fool other networks too: at least a third of the images, as on ImageNet.";
        Transfers transfer = result.Transfer;
        double[] off = [.. transfer.Cells.SelectMany((row, a) => row.Where((_, b) => a != b).Select(rate => rate.Share))];
        if (off.Length == 0) return new(text, ClaimVerdict.NotTested, "There is one network only.");
        return new(text, off.All(s => s >= 1.0 / 3) ? ClaimVerdict.Holds : off.Any(s => s >= 1.0 / 3) ? ClaimVerdict.InPart
            : ClaimVerdict.DoesNotHold, $"Within {Fixed(transfer.Radius)}, made on one network and measured on another: "
            + $"{Wording.Percent(off.Min())} to {Wording.Percent(off.Max())}, median {Wording.Percent(Quartiles.Of(off).Median)}. "
            + "Published, ImageNet, 10/255: 39.2 to 74.0 %.");
    }

    /// <summary>Paths are always found.</summary>
    private static Claim Found(RobustResult result)
    {
        const string text = "Between two points of one class's region a path inside it is always found.";
        ClassPathSummary[] all = [.. Kinds(result).Select(kind => kind.Summary)];
        (int found, int pairs) = (all.Sum(s => s.Found), all.Sum(s => s.Pairs));
        ClaimVerdict verdict = pairs == 0 ? ClaimVerdict.NotTested : found == pairs ? ClaimVerdict.Holds
            : found >= 0.9 * pairs ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Found: " + RobustClaims.Wholes(result, w => string.Join(", ", w.Paths.Kinds.Select(kind =>
            $"{TitleOf(kind.Kind)} {ReportNumber.Share(kind.Summary.Found, kind.Summary.Pairs)}")))
            + ". A path is evidence at the density of its samples; a search that fails is inconclusive, and says nothing of the region.");
    }

    /// <summary>Paths are nearly straight.</summary>
    private static Claim NearlyStraight(RobustResult result)
    {
        const string text = "These paths are nearly straight.";
        double[] lengths = [.. Kinds(result).SelectMany(k => k.Paths).Select(p => p.RelativeLength).Where(double.IsFinite)];
        if (lengths.Length == 0) return new(text, ClaimVerdict.NotTested, "No path was found.");
        Quartiles found = Quartiles.Of(lengths);
        return new(text, found.Upper <= Straight ? ClaimVerdict.Holds : found.Median <= Straight && found.Upper <= Bent
            ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Length over that of the straight line, standard network: {RobustClaims.Three(found, 3)}, at most {Fixed(lengths.Max())}; "
            + "straight: " + RobustClaims.Wholes(result, w => ReportNumber.Share(
                w.Paths.Kinds.Sum(k => k.Summary.Straight), w.Paths.Kinds.Sum(k => k.Summary.Pairs))) + ".");
    }

    /// <summary>Mixtures of two.</summary>
    private static Claim Pairs(RobustResult result)
    {
        const string text = "A random mixture of two images of one class is seen as that class with a probability of about 0.8.";
        if (Totals(result) is not { Count: > 0 } totals || totals[0].Draws == 0)
        {
            return new(text, ClaimVerdict.NotTested, "None was drawn.");
        }
        double share = totals[0].Share;
        ClaimVerdict verdict = Math.Abs(share - Eight) <= Close ? ClaimVerdict.Holds
            : Math.Abs(share - Eight) <= 2 * Close ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold;
        return new(text, verdict, "Seen as their class, random weights: " + RobustClaims.Wholes(result, w =>
            $"{ReportNumber.Share(w.Mixtures.Totals[0].Hits, w.Mixtures.Totals[0].Draws)}") + ControlWords(result));
    }

    /// <summary>Mixtures of more.</summary>
    private static Claim Falling(RobustResult result)
    {
        const string text = "With more images in the mixture it becomes much smaller: regions are far from convex.";
        if (Totals(result) is not { } all || all.Where(row => row.Draws > 0).ToArray() is not { Length: > 1 } totals)
        {
            return new(text, ClaimVerdict.NotTested, "Mixtures of one size alone were drawn.");
        }
        bool isSmaller = Evidence.OfShares(totals[0].Hits, totals[0].Draws, totals[^1].Hits, totals[^1].Draws) > 0;
        ClaimVerdict verdict = !isSmaller ? ClaimVerdict.DoesNotHold
            : totals[^1].Share <= totals[0].Share / 2 ? ClaimVerdict.Holds : ClaimVerdict.InPart;
        return new(text, verdict, $"Of {string.Join(", ", totals.Select(row => row.Size))} images: "
            + RobustClaims.Wholes(result, w => string.Join(", ",
                w.Mixtures.Totals.Where(row => row.Draws > 0).Select(row => Wording.Percent(row.Share)))) + ControlWords(result));
    }

    /// <summary>r is orthogonal to the boundary where that is smooth.</summary>
    private static Claim Orthogonal(RobustResult result)
    {
        Quartiles found = RobustClaims.Spread(result.Standard.L2.Cosine);
        return new("The smallest change is orthogonal to the boundary; for ReLU networks only within one linear piece (a correction).",
            double.IsNaN(found.Median) ? ClaimVerdict.NotTested : found.Lower >= 0.99 ? ClaimVerdict.Holds
                : found.Median >= 0.9 ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            "Cosine of the change and the normal where it ends, median and quartiles: "
            + string.Join("; ", result.Networks.Select(n =>
                $"{n.Subject.Weights} {RobustClaims.Three(RobustClaims.Spread(n.L2.Cosine), 3)}")) + ".");
    }

    /// <summary>Normals at different images are correlated.</summary>
    private static Claim Shared(RobustResult result)
    {
        const string text = "Directions to the boundary share few dimensions over images, which is why universal perturbations beat random "
            + "ones (an argument, to be tested).";
        if (result.Standard.Whole is not { Jacobians: { Energies.Length: > 0 } jacobians })
        {
            return new(text, ClaimVerdict.NotTested, "No matrix of normals was made.");
        }
        EnergyInTop top = jacobians.Energies.LastOrDefault(e => e.Top <= jacobians.Top) ?? jacobians.Energies[0];
        (double leading, double rest) = (Quartiles.Of(jacobians.Leading).Median, Quartiles.Of(jacobians.Rest).Median);
        (bool few, bool fools) = (top.Normals >= 2 * top.Random, leading > rest);
        return new(text, few && fools ? ClaimVerdict.Holds : few || fools ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"Energy in the first {top.Top} singular values: {Wording.Percent(top.Normals)} of {jacobians.Normals} normals, "
            + $"{Wording.Percent(top.Random)} of random rows. Random vectors of length {Fixed(jacobians.Length)} of that span fool "
            + $"{Wording.Percent(leading)} in the median, those orthogonal to it {Wording.Percent(rest)}.");
    }

    /// <summary>Steps that cannot use the radius.</summary>
    private static Claim TooShort(RobustResult result)
    {
        ShortSteps s = result.Short;
        double reach = ShortSteps.Steps * ShortSteps.Length;
        bool within = s.Farthest <= reach + 1e-6;
        bool fewer = Evidence.OfPairs(Math.Max(0, s.BrokenByFull - s.Broken), 0) > 0;
        return new("Ten steps of 2/255 cannot use a radius of 50/255: a success rate named with them is that of other settings "
            + "(a correction).", within && fewer ? ClaimVerdict.Holds : within ? ClaimVerdict.InPart : ClaimVerdict.DoesNotHold,
            $"The largest change is {ReportNumber.Fixed(255 * s.Farthest, 1)}/255; broken are {ReportNumber.Share(s.Broken, s.Count)}, "
            + $"with steps of a quarter of the radius {ReportNumber.Share(s.BrokenByFull, s.Count)}.");
    }

    internal static string TitleOf(PairKind kind) => kind switch
    {
        PairKind.Natural => "two images",
        PairKind.OtherClass => "an image of another class, moved",
        _ => "noise, moved",
    };

    private static PathsOf[] Kinds(RobustResult result) => result.Standard.Whole?.Paths.Kinds ?? [];

    private static IReadOnlyList<ConvexityRow>? Totals(RobustResult result) => result.Standard.Whole?.Mixtures.Totals;

    private static IEnumerable<RobustOutcome> Smallest(RobustResult result) => result.Networks.Where(n => n.Universal.Smallest is not null);

    private static string ControlWords(RobustResult result) =>
        ". The linear control, whose regions are convex: "
        + $"{ReportNumber.Share(result.Control.Rows.Sum(r => r.Hits), result.Control.Rows.Sum(r => r.Draws))}.";

    private static string Fixed(double value) => ReportNumber.Fixed(value, 3);
}
