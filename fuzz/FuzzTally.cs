namespace MiniGrad.Fuzz;

/// <summary>What a run over one target has seen so far.</summary>
internal sealed class FuzzTally(string target)
{
    private readonly HashSet<string> reasons = [];
    private readonly Dictionary<string, FuzzFinding> findings = [];

    public string Target { get; } = target;

    /// <summary>The number of inputs read or refused.</summary>
    public long Inputs { get; private set; }

    public long Refused { get; private set; }

    /// <summary>For how many reasons inputs were refused, roughly: many show that the inputs reach deep.</summary>
    public int Reasons => reasons.Count;

    public IReadOnlyList<FuzzFinding> Findings => [.. findings.Values];

    /// <summary>Counts an outcome; the first of its kind that must not be becomes a finding.</summary>
    internal void Add(FuzzOutcome outcome, Func<string, FuzzFinding> find)
    {
        Inputs++;
        if (outcome.Refusal is { } reason)
        {
            Refused++;
            reasons.Add(reason);
        }
        if (outcome.Problem is not { } problem) return;
        string signature = outcome.Signature!;
        findings[signature] =
            findings.TryGetValue(signature, out FuzzFinding? known) ? known with { Times = known.Times + 1 } : find(problem);
    }
}
