using System.Text.Json.Nodes;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Lab.Reproductions;

/// <summary>What became of a claim of a study here.</summary>
internal enum ClaimVerdict
{
    Holds,
    InPart,
    DoesNotHold,
    NotTested,
}

/// <summary>A claim of a study, what became of it, and the numbers that say so.</summary>
internal sealed record Claim(string Text, ClaimVerdict Verdict, string Numbers)
{
    public (string Words, BadgeKind Kind) Badge => Verdict switch
    {
        ClaimVerdict.Holds => ("holds", BadgeKind.Good),
        ClaimVerdict.InPart => ("holds in part", BadgeKind.Warning),
        ClaimVerdict.DoesNotHold => ("does not hold here", BadgeKind.Bad),
        _ => ("not tested", BadgeKind.Neutral),
    };

    /// <summary>Every claim with what became of it.</summary>
    public static SummaryTable Table(IReadOnlyList<Claim> claims, string note) => new(
        "What became of the claims of the study.", [new("claim"), new("here"), new("numbers")],
        [.. claims.Select(claim => (IReadOnlyList<TableCell>)
            [TableCell.Words(claim.Text), TableCell.Badge(claim.Badge.Words, claim.Badge.Kind), TableCell.Words(claim.Numbers)])], note);

    /// <summary>As the summary of a run has it.</summary>
    public JsonObject ToJson() => new()
    {
        ["claim"] = Text,
        ["verdict"] = Badge.Words,
        ["numbers"] = Numbers,
    };
}
