using System.CommandLine;
using System.Globalization;
using MiniGrad.Cli.Options;
using MiniGrad.Fuzz;
using MiniGrad.Lab;

namespace MiniGrad.Cli.Commands;

/// <summary><c>fuzz</c>: feeds the readers of foreign files with damaged ones; all they may do is refuse.</summary>
internal sealed class FuzzCommand : CliCommand
{
    private const double DefaultSeconds = 60;

    private readonly Option<string?> target = CliOption.Choice(
        "--target", "One reader; all by default.", [.. FuzzTargets.All.Select(one => one.Name)]);
    private readonly Option<double?> seconds = CliOption.Real(
        "--seconds", "How long, in all; 60 by default, an hour is 3600.", 0, above: true);
    private readonly Option<long?> number = CliOption.Long(
        "--case", "Only the input of that number, to repeat a finding (with --target and --seed).");
    private readonly Option<string?> corpus = CliOption.Text(
        "--corpus", "A folder of further valid files to start from (with --target).", "folder");
    private readonly Option<string?> folder = CliOption.Text(
        "--out", "Where to keep inputs that fail; fuzz-findings by default.", "folder");

    public FuzzCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        foreach (Option option in (Option[])[target, seconds, number, corpus, folder]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string? name = parse.GetValue(target);
        long? one = parse.GetValue(number);
        if (one is < 0) throw new UsageException($"fuzz: --case {one}: inputs count from 0.");
        if (name is null && (one is not null || parse.GetValue(corpus) is not null))
        {
            throw new UsageException("fuzz: --case and --corpus are for one reader. Name it with --target.");
        }
        FuzzTarget[] targets = [.. FuzzTargets.All.Where(candidate => name is null || candidate.Name == name)];
        long seed = settings.Seed ?? 1;
        double time = parse.GetValue(seconds) ?? DefaultSeconds;
        using Fuzzer fuzzer = new(targets, seed, parse.GetValue(folder) ?? "fuzz-findings", More(parse.GetValue(corpus)));
        Session.Note($"fuzz: seed {seed}; should the process die, the input that did it is in {fuzzer.Scratch}");
        if (one is { } repeated) fuzzer.Repeat(repeated);
        else Run(fuzzer, time);
        FuzzReport report = new(seed, fuzzer.Tallies);
        return report.Passed
            ? Answer(settings, report.Json, report.Text)
            : Answer(settings, report.Json, report.Text, ExitCode.Defect, report.Error);
    }

    private void Run(Fuzzer fuzzer, double time)
    {
        ProgressLine progress = new(Session);
        try
        {
            fuzzer.Run(time, tally => progress.Show(() => Line(tally, fuzzer.Tallies)), Session.Cancellation);
        }
        finally
        {
            progress.End();
        }
    }

    private static string Line(FuzzTally now, IReadOnlyList<FuzzTally> tallies) => string.Create(CultureInfo.InvariantCulture,
        $"fuzz: {now.Target}; {tallies.Sum(tally => tally.Inputs)} inputs, {tallies.Sum(tally => tally.Findings.Count)} findings so far");

    private static string[] More(string? corpus)
    {
        if (corpus is null) return [];
        if (!Directory.Exists(corpus)) throw new InputException($"fuzz: {corpus} is no folder. Name one with valid files.");
        return [.. Directory.GetFiles(corpus).Order(StringComparer.Ordinal)];
    }
}
