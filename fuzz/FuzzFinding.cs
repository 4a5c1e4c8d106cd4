namespace MiniGrad.Fuzz;

/// <summary>
/// An input on which a reader did what no reader may: <paramref name="Problem"/> in one line, the file that shows it,
/// the command that repeats it, how often it happened, and the folder of further files that the run started from.
/// </summary>
public sealed record FuzzFinding(string Target, long Seed, long Number, string Problem, string File, long Times, string? Corpus = null)
{
    /// <summary>The command that makes the same input again and reads it.</summary>
    public string Command => $"minigrad fuzz --target {Target} --seed {Seed} --case {Number}{(Corpus is null ? "" : $" --corpus {Corpus}")}";
}
