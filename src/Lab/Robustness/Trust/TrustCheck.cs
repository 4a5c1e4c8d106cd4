namespace MiniGrad.Lab.Robustness;

/// <summary>
/// A test of whether a robust accuracy can be believed: what a sound evaluation never shows, and a defence that only hinders its
/// attacks often does. Carlini et al., arXiv:1902.06705; Croce and Hein, arXiv:2003.01690.
/// </summary>
/// <param name="Name">A word or two.</param>
/// <param name="Procedure">What is done.</param>
/// <param name="Look">What came out, and the alarm if there is one; nothing where the check does not apply.</param>
internal sealed record TrustCheck(string Name, string Procedure, Func<TrustSample, (string Numbers, string? Alarm)?> Look)
{
    /// <summary>All checks, the cheap ones first.</summary>
    public static IReadOnlyList<TrustCheck> All { get; } = [.. OutputChecks.All, .. StrengthChecks.All, .. BlackBoxChecks.All];

    /// <summary>What all checks that apply say of a sample.</summary>
    /// <param name="sample">The images, and what the suite made of them.</param>
    /// <param name="report">Told how many checks are done, of how many.</param>
    public static IReadOnlyList<TrustFinding> Of(TrustSample sample, Action<int, int>? report = null)
    {
        List<TrustFinding> findings = [];
        for (int k = 0; k < All.Count; k++)
        {
            sample.Run.Cancellation.ThrowIfCancellationRequested();
            report?.Invoke(k, All.Count);
            TrustCheck check = All[k];
            if (check.Look(sample) is { } seen) findings.Add(new(check.Name, check.Procedure, seen.Numbers, seen.Alarm));
        }
        return findings;
    }
}

/// <summary>What a check found.</summary>
/// <param name="Name">The check.</param>
/// <param name="Procedure">What was done.</param>
/// <param name="Numbers">What came out.</param>
/// <param name="Alarm">Why the number is not to be trusted; none if nothing speaks against it.</param>
internal sealed record TrustFinding(string Name, string Procedure, string Numbers, string? Alarm);

/// <summary>The findings about one number, as a file.</summary>
internal sealed record TrustFindings(TrustFinding[] All);
