namespace MiniGrad.Charts.Tables;

/// <summary>What a status means; each kind has its own sign, so that colour alone carries nothing.</summary>
public enum BadgeKind
{
    Neutral,
    Good,
    Warning,
    Bad,
}
