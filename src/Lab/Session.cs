namespace MiniGrad.Lab;

/// <summary>
/// What one run of the program is given: where results (<paramref name="Out"/>) and messages (<paramref name="Error"/>)
/// go, whether the latter is a terminal on which a line can be redrawn, when to stop, and the words that were typed.
/// </summary>
internal sealed record Session(
    TextWriter Out, TextWriter Error, IReadOnlyList<string> Arguments, bool IsTerminal = false, CancellationToken Cancellation = default)
{
    /// <summary>The command as it could be typed again.</summary>
    public string CommandLine => string.Join(' ', ["minigrad", .. Arguments.Select(Quoted)]);

    /// <summary>The command that goes on with this one.</summary>
    public string ResumeLine => Arguments.Contains("--resume") ? CommandLine : CommandLine + " --resume";

    /// <summary>Says something that is not a result.</summary>
    public void Note(string line) => Error.WriteLine($"note: {line}");

    /// <summary>The same for those who report.</summary>
    internal IProgress<string> Notes => new InlineProgress<string>(Note);

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:,=+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
