using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Models;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// A finished run of an attack in a ball, or of any that is judged like one: it has accuracies before
/// and after or, towards a class, who got there.
/// </summary>
internal sealed record BallOutcome(string Name, Attack Attack, Classifier Classifier, AttackInput Input, AttackResult Result)
    : AttackOutcome(Name, Classifier, Input, Result)
{
    /// <summary>The perceptual distance, where one was measured.</summary>
    public LoadedLpips? Lpips { get; init; }

    public override Attack Asked => Attack;

    public override FamilyTotals Family => Input.TargetClass is { } k ? new TargetedTotals(k, Counted.Length - CleanCorrect)
        : Input.Aim is { } aim ? new AimedTotals(aim, Counted.Length - CleanCorrect)
        : new RobustTotals(CleanCorrect, RobustCorrect, Counted.Length == 0 ? double.NaN : (double)RobustCorrect / Counted.Length);

    public override string Text
    {
        get
        {
            (int all, int clean, int excluded) = (Counted.Length, CleanCorrect, Result.Examples.Length - Counted.Length);
            if (Input.TargetClass is not null || Input.Aim is not null)
            {
                string reached = Input.TargetClass is { } k ? $"class {k}" : $"their {Wrong}";
                return string.Create(CultureInfo.InvariantCulture,
                    $"{Name}: {Result.Successes} of {all} are {reached} to the network, "
                    + $"{all - clean} of them before the attack; excluded {excluded}");
            }
            return all == 0 ? $"{Name}: none of {Result.Examples.Length} examples counts" : string.Create(CultureInfo.InvariantCulture,
                $"{Name}: clean accuracy {100.0 * clean / all:F2} % ({clean} of {all}), "
                + $"robust accuracy {100.0 * RobustCorrect / all:F2} % ({RobustCorrect} of {all}); excluded {excluded}");
        }
    }

    /// <summary>
    /// Examples that did not meet the goal before the attack; if it is to leave the class,
    /// those that the classifier got right.
    /// </summary>
    public int CleanCorrect => Counted.Count(e => e.Status != ExampleStatus.AlreadyMet);

    /// <summary>The class of each image that is to be reached, in words.</summary>
    private string Wrong => Input.Aim == "random" ? "random wrong class" : "least likely class";

    private string Within => Attack switch
    {
        EachTarget each => $" within {each.Inner.Within}, towards every wrong class in turn",
        BallAttack ball => $" within {ball.Within}",
        UniversalPerturbation universal => $" within {universal.Within}",
        _ => "",
    };

    private int RobustCorrect => Counted.Count(e => !e.Success);

    public override AttackOutcome Measured(LoadedLpips lpips)
    {
        double[] distances = lpips.Lpips.Of(Result.Output, Input.Sources);
        return this with
        {
            Lpips = lpips,
            Result = Result with { Examples = [.. Result.Examples.Select((e, i) => e with { Lpips = distances[i] })] },
        };
    }

    public override JsonObject? Perception()
    {
        if (Lpips is null) return null;
        JsonObject json = [];
        Lpips.Describe(json);
        (double mean, double deviation) = Statistics.Spread(Counted.Select(e => e.Lpips!.Value));
        json.Add(JsonText.Of(new LpipsSizes(mean, deviation)));
        return json;
    }

    public override IEnumerable<ReportSection> Sections()
    {
        ExampleResult[] all = Counted;
        ExampleResult[] broken = [.. all.Where(e => e is { Success: true, Status: ExampleStatus.Completed })];
        (double mean, double deviation) = Statistics.Spread(broken.Select(e => e.DistanceL2));
        // The accuracies speak of leaving the class; for a class to reach there is only who got there.
        string? towards = Input.TargetClass is { } k ? $"class {Input.ClassNames[k]}" : Input.Aim is null ? null : $"the {Wrong} of each";
        SummaryTable table = towards is not null
            ? new($"{Title}{Within}, towards {towards}.",
                [new("attack"), new("there before", true), new("reached", true), new("L2 of those", true), new("forwards", true)],
                [[TableCell.Words(Title), TableCell.Share(all.Length - CleanCorrect, all.Length),
                    TableCell.Share(broken.Length, CleanCorrect), .. Costs()]],
                "Images of the class itself count nowhere.")
            : new($"{Title}{Within}.",
                [new("attack"), new("clean accuracy", true), new("robust accuracy", true),
                    new("broken", true), new("L2 of those", true), new("forwards", true)],
                [[
                    TableCell.Words(Title), TableCell.Share(CleanCorrect, all.Length), TableCell.Share(RobustCorrect, all.Length),
                    TableCell.Share(broken.Length, CleanCorrect), .. Costs(),
                ]],
                "Robust accuracy counts images that the network got wrong before the attack as broken.");
        TableCell[] Costs() =>
            [TableCell.Spread(mean, deviation, 3), TableCell.Number(all.Length == 0 ? double.NaN : all.Average(e => e.Forwards), 1)];
        List<IReportPart> parts = [table];
        if (Result.Warnings.Length > 0) parts.Add(new Prose(Result.Warnings));
        if (broken.Length > 0)
        {
            parts.Add(
                AttackGallery.Of($"{Title}: the first images that it broke.", Input.ClassNames, Input.Sources, Result.Output, broken));
        }
        bool isTurned = Attack is BallAttack { Within: Warp or WarpLinf } or EachTarget { Inner.Within: Warp or WarpLinf };
        yield return isTurned
            ? new("Turned and shifted", "Rotations and shifts that a person hardly notices, and the network does.", parts)
            : new("Inside a ball",
                "The other side of the coin: changes too small to matter to a person that do change the network's mind.", parts);
    }
}

/// <summary>The perceptual distances between images and what was made of them.</summary>
internal sealed record LpipsSizes(double LpipsMean, double LpipsStd);

/// <summary>The totals of leaving the class.</summary>
internal sealed record RobustTotals(int CleanCorrect, int RobustCorrect, double RobustAccuracy) : FamilyTotals;

/// <summary>The totals of reaching a class.</summary>
internal sealed record TargetedTotals(int TargetClass, int AlreadyMet) : FamilyTotals;

/// <summary>The totals of reaching a class of each image.</summary>
internal sealed record AimedTotals(string Target, int AlreadyMet) : FamilyTotals;
