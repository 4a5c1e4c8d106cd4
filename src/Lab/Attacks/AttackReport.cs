using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The page of one attack run.</summary>
internal static class AttackReport
{
    public static string Html(AttackEntry entry, AttackOutcome outcome, ReproduceSection reproduce)
    {
        ReportSection[] sections = [Asked(entry, outcome), .. outcome.Sections(), new("How to reproduce this", "", [reproduce])];
        return new ReportPage($"{entry.Name} on {outcome.Input.Description}", entry.Description, sections).ToHtml();
    }

    private static ReportSection Asked(AttackEntry entry, AttackOutcome outcome)
    {
        AttackInput input = outcome.Input;
        return new("What was asked", "",
        [
            new Prose(string.Create(CultureInfo.InvariantCulture, $"{entry.Name}, {entry.Description} ({entry.Paper}), "
                + $"on {input.Count} {input.Noun} of {input.Description}."),
                $"Configuration: {outcome.Asked}."),
        ]);
    }
}
