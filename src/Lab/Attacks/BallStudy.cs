using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>A finished run of an attack in a ball with all that its report needs.</summary>
public sealed record BallStudy(string Name, BallAttack Attack, IReadOnlyList<string> ClassNames, Tensor Images, AttackResult Result, int? Towards = null)
{
    /// <summary>Examples that did not meet the goal before the attack; if it is to leave the class, those that the classifier got right.</summary>
    public int CleanCorrect => Result.Examples.Count(e => e.Counts && e.Status != ExampleStatus.AlreadyMet);

    public ReportSection Section()
    {
        ExampleResult[] all = [.. Result.Examples.Where(e => e.Counts)];
        ExampleResult[] broken = [.. all.Where(e => e is { Success: true, Status: ExampleStatus.Completed })];
        (double mean, double deviation) = Statistics.Spread(broken.Select(e => e.DistanceL2));
        // The accuracies speak of leaving the class; for a class to reach there is only who got there.
        SummaryTable table = Towards is { } k
            ? new($"{Name} within {Attack.Within}, towards class {ClassNames[k]}.",
                [new("attack"), new("there before", true), new("reached", true), new("L2 of those", true), new("forwards", true)],
                [[TableCell.Words(Name), TableCell.Share(all.Length - CleanCorrect, all.Length), TableCell.Share(broken.Length, CleanCorrect), .. Costs()]],
                "Images of the class itself count nowhere.")
            : new($"{Name} within {Attack.Within}.",
                [new("attack"), new("clean accuracy", true), new("robust accuracy", true), new("broken", true), new("L2 of those", true), new("forwards", true)],
                [[
                    TableCell.Words(Name), TableCell.Share(CleanCorrect, all.Length), TableCell.Share(all.Count(e => !e.Success), all.Length),
                    TableCell.Share(broken.Length, CleanCorrect), .. Costs(),
                ]],
                "Robust accuracy counts images that the network got wrong before the attack as broken.");
        TableCell[] Costs() => [TableCell.Spread(mean, deviation, 3), TableCell.Number(all.Length == 0 ? double.NaN : all.Average(e => e.Forwards), 1)];
        List<IReportPart> parts = [table];
        if (Result.Warnings.Length > 0) parts.Add(new Prose(Result.Warnings));
        if (broken.Length > 0) parts.Add(AttackGallery.Of($"{Name}: the first images that it broke.", ClassNames, Images, Result.Output, broken));
        return new("Inside a ball", "The other side of the coin: changes too small to matter to a person that do change the network's mind.", parts);
    }
}
