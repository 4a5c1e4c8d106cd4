using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Robustness;

/// <summary>What a suite of attacks left, for people: as text, and as a page.</summary>
internal static class SuitePage
{
    private const string Trusted = "no check fired";

    /// <summary>A table for each threat, the union, and what makes a number doubtful.</summary>
    public static string Text(string images, SuiteResult result)
    {
        List<string> lines =
            [$"{images}: clean accuracy {Words(result.Clean)}{(result.Looks > 1 ? $", of the mean of {result.Looks} looks" : "")}"];
        foreach (ThreatResult threat in result.Threats)
        {
            TextTable table = new("attack", "tried", "broken", "right after it");
            foreach (MemberResult member in threat.Members)
            {
                table.Add(member.Name, Number(member.Tried), Number(member.Broken), Percent(member.Left.Share));
            }
            lines.AddRange([
                "", $"{threat.Name}: robust accuracy {Words(threat.Robust)}, {Number(threat.Gradients)} gradients, "
                + $"{Number(threat.Forwards)} looks", table.ToString(),
            ]);
            lines.AddRange(Verdict(threat));
        }
        if (result.Threats.Count > 1)
        {
            string[] doubts = [.. result.UnionDoubts];
            lines.AddRange(["", $"union: robust accuracy {Words(result.Union)}"]);
            if (doubts.Length > 0) lines.Add($"Not to be trusted, because of {string.Join(" and ", doubts)}.");
        }
        return string.Join('\n', lines);
    }

    public static string Html(SuiteInput input, string images, SuiteResult result, ReproduceSection reproduce)
    {
        SummaryTable totals = new($"Accuracy on {result.Clean.Of} images.", [new("threat"), new("right", true), new("95 % interval", true),
            new("gradients", true), new("looks", true), new("checks")],
            [
                [TableCell.Words("none"), Share(result.Clean), Interval(result.Clean), TableCell.Words(""), TableCell.Words(""),
                    TableCell.Words("")],
                .. result.Threats.Select(Row),
                .. result.Threats.Count < 2 ? (IEnumerable<IReadOnlyList<TableCell>>)[] :
                [
                    [TableCell.Words("union: any of these"), Share(result.Union), Interval(result.Union), TableCell.Words(""),
                        TableCell.Words(""), result.UnionDoubts.Any() ? Distrusted : TableCell.Words("")],
                ],
            ],
            "An image counts as right where no attack of the threat breaks it, image by image, "
            + "not attack by attack. Intervals are Wilson's. "
            + "Images that are wrong without any attack are wrong and are not attacked."
            + (result.Looks > 1 ? $" The classifier is the mean of {result.Looks} looks." : "")
            + (result.NonFinite > 0
                ? $" {result.NonFinite} images count as broken since an attack led to logits that are not finite."
                : ""));
        Prose asked = new([
            $"Images 0 to {input.Count - 1} of {images}; each attack is given what is still right. "
            + "For balls of pixels: AutoAttack-style, since the kinds of attacks are those of AutoAttack and the code is MiniGrad's.",
            .. result.Threats.SelectMany(t => t.Members.Select(m => $"{t.Name}, {m.Name}: {m.Configuration}."))]);
        return new ReportPage($"Robust accuracy on {images}",
            "What is left when attacks of different kinds have tried, and whether to believe it.",
            [
                new("What was found", "", [totals]),
                .. result.Threats.Select(t => new ReportSection(t.Name, string.Join(' ', Verdict(t)), [Members(t), Checks(t)])),
                new("What was asked", "", [asked]), new("How to reproduce this", "", [reproduce]),
            ]).ToHtml();
    }

    private static TableCell Distrusted => TableCell.Badge("not to be trusted", BadgeKind.Bad);

    private static IReadOnlyList<TableCell> Row(ThreatResult threat) =>
    [
        TableCell.Words(threat.Name), Share(threat.Robust), Interval(threat.Robust), TableCell.Integer(threat.Gradients),
        TableCell.Integer(threat.Forwards),
        threat.Checks.Count == 0 ? TableCell.Badge("not checked", BadgeKind.Neutral)
        : threat.Robust.Right == 0 ? TableCell.Badge("nothing left to doubt", BadgeKind.Neutral)
        : !threat.IsStrengthChecked && !threat.Doubts.Any() ? TableCell.Badge("strength not checked", BadgeKind.Neutral)
        : threat.Doubts.Any() ? Distrusted : TableCell.Badge(Trusted, BadgeKind.Good),
    ];

    private static SummaryTable Members(ThreatResult threat) => new("What each attack broke.",
        [new("attack"), new("tried", true), new("broken", true), new("right after it", true)],
        [.. threat.Members.Select(m => (IReadOnlyList<TableCell>)
            [TableCell.Words(m.Name), TableCell.Integer(m.Tried), TableCell.Integer(m.Broken), Share(m.Left)])]);

    private static SummaryTable Checks(ThreatResult threat) => new("What was done to find out whether the number can be believed.",
        [new("check"), new("what was done"), new("what came out"), new("")],
        [.. threat.Checks.Select(c => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(c.Name), TableCell.Words(c.Procedure), TableCell.Words(c.Numbers),
            c.Alarm is null ? TableCell.Badge("fine", BadgeKind.Good) : TableCell.Badge("alarm", BadgeKind.Bad),
        ])], "After Carlini et al., arXiv:1902.06705, and the flags of AutoAttack.");

    private static IEnumerable<string> Verdict(ThreatResult threat)
    {
        if (threat.Checks.Count == 0) return ["not checked"];
        string[] doubts = [.. threat.Doubts];
        if (doubts.Length > 0) return doubts.Select(doubt => $"Not to be trusted, because {doubt}");
        int fired = threat.Checks.Count(check => check.Alarm is not null);
        return fired == 0
            ? [$"{threat.Checks.Count} checks, "
                + $"{Trusted}{(threat.IsStrengthChecked ? "." : "; whether attacks are strong enough was not checked.")}"]
            : [$"{fired} of {threat.Checks.Count} checks fired, but nothing is left that could be doubted."];
    }

    private static string Words(RightCount count)
    {
        WilsonInterval interval = WilsonInterval.Of(count.Right, count.Of);
        return $"{Percent(count.Share)} ({count.Right} of {count.Of}, {Percent(interval.Low)} to {Percent(interval.High)})";
    }

    private static TableCell Share(RightCount count) => TableCell.Share(count.Right, count.Of);

    private static TableCell Interval(RightCount count)
    {
        WilsonInterval interval = WilsonInterval.Of(count.Right, count.Of);
        return TableCell.Words($"{Percent(interval.Low)} to {Percent(interval.High)}");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => double.IsNaN(share) ? ReportNumber.Missing : $"{ReportNumber.Fixed(100 * share, 1)} %";
}
