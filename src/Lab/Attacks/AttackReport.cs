using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The page of one attack run.</summary>
internal static class AttackReport
{
    public static string Html(
        AttackEntry entry, Attack attack, Classifier classifier, AttackInput input, AttackResult result, WalkPath? path, int? towards,
        string? lpipsNet, ReproduceSection reproduce)
    {
        List<ReportSection> sections = [Asked(entry, attack, input)];
        if (attack is Traversal walk)
        {
            AttackResult withPath = path is null ? result : result with { Paths = [path] };
            WalkStudy study = new(entry.Name, walk, classifier, input.ClassNames, input.Sources, input.Targets!, input.Labels, input.TargetLabels, input.Pairs, withPath) { LpipsNet = lpipsNet };
            sections.Add(WalkReport.Summary([study]));
            sections.Add(WalkReport.Images([study]));
            if (WalkReport.Course(study) is { } course) sections.Add(course);
            if (WalkReport.Between([study]) is { } between) sections.Add(between);
        }
        else if (attack is MinimalAttack minimal)
        {
            sections.Add(new MinimalStudy(entry.Name, minimal, input.ClassNames, input.Sources, result, towards).Section());
        }
        else
        {
            sections.Add(new BallStudy(entry.Name, (BallAttack)attack, input.ClassNames, input.Sources, result, towards).Section());
        }
        sections.Add(new("How to reproduce this", "", [reproduce]));
        return new ReportPage($"{entry.Name} on {input.Description}", entry.Description, sections).ToHtml();
    }

    private static ReportSection Asked(AttackEntry entry, Attack attack, AttackInput input) => new("What was asked", "",
    [
        new Prose(string.Create(CultureInfo.InvariantCulture, $"{entry.Name}, {entry.Description} ({entry.Paper}), on {input.Count} {(attack is Traversal ? "pairs of images" : "images")} of {input.Description}."),
            $"Configuration: {attack}."),
    ]);
}
