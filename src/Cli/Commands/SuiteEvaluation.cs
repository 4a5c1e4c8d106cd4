using System.CommandLine;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// The part of <c>evaluate</c> that runs a suite of attacks for each threat and looks whether its numbers can be believed.
/// </summary>
internal sealed class SuiteEvaluation
{
    private readonly Option<string?> version =
        CliOption.Choice("--version", "How thorough the suite of attacks is: standard (the default), "
        + "plus (more starts) or rand (for classifiers that draw random numbers).", "standard", "plus", "rand");
    private readonly Option<bool> union = CliOption.Flag("--union", "Also say what is right whatever the threat; so where several are "
        + "given.");
    private readonly Option<int?> checkCount = CliOption.Whole("--check-count", "How many of the images the checks of each number look at; "
        + "100 by default, 0 for no checks.", 0, 10_000);

    /// <summary>The options of the suite alone.</summary>
    public IReadOnlyList<Option> Options => [version, union, checkCount];

    /// <summary>Whether a suite is asked for: by its options, or by a threat and nothing else.</summary>
    public bool IsAskedFor(ParseResult parse, IReadOnlyList<string>? threats, params IReadOnlyList<(string Name, bool IsGiven)> others)
    {
        bool isNamed = Options.Any(option => parse.GetResult(option) is { Implicit: false });
        string? other = others.FirstOrDefault(o => o.IsGiven).Name;
        if (other is null) return isNamed || threats is not null;
        if (isNamed || threats?.Count > 1)
        {
            throw new UsageException(
                $"evaluate: {other} and a suite of attacks exclude each other. "
                + $"Leave out {other}, or give one --threat and no option of suites.");
        }
        return false;
    }

    /// <summary>Whether a version of the suite was named.</summary>
    public bool IsThorough(ParseResult parse) => parse.GetValue(version) is not (null or "standard");

    /// <summary>The suite, its threats and its images.</summary>
    public SuiteInput Input(ParseResult parse, IReadOnlyList<string>? threats, ImageDataSet set, int classes, int? count) => SuiteInput.Of(
        set, threats ?? throw new UsageException("evaluate: a suite of attacks needs a threat. Add --threat linf:8/255, say."),
        Enum.Parse<SuiteVersion>(parse.GetValue(version) ?? "standard", ignoreCase: true), classes, count,
        parse.GetValue(checkCount) ?? 100);

    /// <summary>What the checks say of each threat's number.</summary>
    /// <param name="classifier">What was attacked.</param>
    /// <param name="single">One look at it, where that is the mean of several.</param>
    /// <param name="input">Threats and images.</param>
    /// <param name="type">The numbers that the classifier computes with.</param>
    /// <param name="rows">What the suite made of the images.</param>
    /// <param name="parts">Keeps what is checked.</param>
    /// <param name="seed">Of all random numbers.</param>
    public static IReadOnlyList<IReadOnlyList<TrustFinding>> Checked(
        Classifier classifier, Classifier? single, SuiteInput input, DType type, IReadOnlyList<SuiteRow> rows, StudyParts parts, long seed)
    {
        if (input.CheckCount == 0) return [.. input.Threats.Select(_ => (IReadOnlyList<TrustFinding>)[])];
        RunContext run = new() { Seed = seed, ChunkSize = 256, Cancellation = parts.Cancellation };
        Examples examples = input.Examples(0, input.CheckCount, type);
        IReadOnlyList<TrustFinding> Of(SuiteThreat threat, int t) => parts.Of($"checks-{t + 1}", (report) =>
            new TrustFindings([.. TrustCheck.Of(new(classifier, examples, threat, rows, t, run) { Single = single }, report)])).All;
        try
        {
            return [.. input.Threats.Select(Of)];
        }
        finally
        {
            parts.End();
        }
    }
}
