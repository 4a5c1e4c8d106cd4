namespace MiniGrad.Bench.Peers;

/// <summary>What is wanted of a run, and what it showed.</summary>
/// <param name="Measured">None where the run lacks the rows for it.</param>
/// <param name="Format">How its numbers are written.</param>
internal sealed record PeerGoal(string Text, bool IsLowerBound, double Limit, double? Measured, string Format)
{
    public string Wanted => $"{(IsLowerBound ? ">=" : "<=")} {Limit.ToString(Format)}";

    public bool? IsMet => Measured is not { } value ? null : IsLowerBound ? value >= Limit : value <= Limit;

    public string Verdict => IsMet switch
    {
        null => "not measured",
        true => "met",
        false => "missed",
    };
}
