using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Robustness;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Cli.Commands;

/// <summary><c>evaluate</c>: how robust a network is against several attacks, with and without rejection of unsure answers.</summary>
internal sealed class EvaluateCommand : CliCommand
{
    private const double UsualRate = 0.99;

    private readonly ModelOptions model = new();
    private readonly DataOptions data = new();
    private readonly Option<string[]?> attacks = CliOption.Texts("--attack", "An attack of the catalogue, with what is not as usual behind "
        + "a colon: pgd:steps=100,restarts=5. May be given several times; pgd and pgd:loss=confidence by default.", "name");
    private readonly Option<string[]?> threats = CliOption.Texts("--threat", "The changes that are allowed: linf:8/255, l2:0.5, l1:12, "
        + "warp:30deg,3px, or several with + between. Alone, or several times, "
        + "it asks for a suite of attacks of each; beside --attack it is "
        + "the threat of all attacks that do not say theirs.", "name:size");
    private readonly Option<double?> rate = CliOption.Real("--reject-at-tpr", "Reject what is less sure than this share of the correctly "
        + "classified validation images is; 0.99 by default.", 0, above: true);
    private readonly Option<int?> count = CliOption.Whole("--count", "How many images are attacked, from the first on (of the test part "
        + "where images may be rejected); 1000, or all if they are fewer, by default.", 1, 1_000_000);
    private readonly Option<int?> cleanCount = CliOption.Whole("--clean-count", "How many images of the data set, from the first on, are "
        + "the clean ones: nine tenths test, the last tenth chooses the threshold. All by default.", 2);
    private readonly RunOptions runs = new("evaluate");
    private readonly SuiteEvaluation suite = new();
    private readonly Option<int?> chunk = CliOption.Whole(
        "--chunk-size", "Images that are searched together; 64 by default, 256 of suites. Changes no result.", 1, 4096);

    public EvaluateCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        model.AddTo(this);
        data.AddTo(this);
        foreach (Option option in (Option[])[attacks, threats, rate, count, cleanCount, chunk, .. suite.Options]) Add(option);
        runs.AddTo(this);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string[]? allowed = parse.List(threats);
        bool isSuite = suite.IsAskedFor(parse, allowed, ("--attack", parse.List(attacks) is not null),
            ("--reject-at-tpr", parse.GetValue(rate) is not null), ("--clean-count", parse.GetValue(cleanCount) is not null));
        if (isSuite) return EvaluateSuite(parse, settings, allowed);
        NamedAttack[] named = NamedAttack.ParseAll(parse.List(attacks) ?? NamedAttack.Usual, allowed?[0]);
        double share = parse.GetValue(rate) ?? UsualRate;
        RejectionThreshold.Check(share);
        long seed = settings.Seed ?? 0;
        (LoadedModel loaded, ImageDataSet set, Classifier classifier) = Load(parse, settings);
        RobustnessInput input = RobustnessInput.Of(set, named, parse.GetValue(cleanCount), parse.GetValue(count));
        JsonObject identity = [];
        input.Identify(identity);
        identity["reject_at_tpr"] = share;
        loaded.Identify(identity);
        settings.Identify(identity, seed);
        using OpenRun open = runs.Open(parse, Session, settings, "evaluate", identity, [], seed, input.Count);
        if (open.Folder is not { } folder) return Answer(settings, open);
        if (IsComplete(folder)) return Outcome(settings, folder, folder.ReadSummary());
        RejectionEvaluation evaluation = new(classifier, input, settings.Precision);
        RobustnessRun run = new(evaluation, input, folder, seed) { Range = open.Range };
        Finish(run, parse.GetValue(chunk) ?? 64, open);
        if (open.Shards is not null) return Answer(settings, open);
        CleanVerdicts clean = Clean(evaluation, input, share);
        RobustnessResult result = RobustnessResult.Of(input, clean, run.Rows);
        JsonObject summary = result.ToJson();
        Write(settings, folder, (loaded, set), seed, summary, new() { ["non_finite"] = result.NonFinite },
            RobustnessPage.Text(set.Name, result), reproduce => RobustnessPage.Html(set.Name, input, result, reproduce));
        open.Merging?.RemoveAttempts();
        return Outcome(settings, folder, summary);
    }

    private int EvaluateSuite(ParseResult parse, RunSettings settings, string[]? allowed)
    {
        foreach (string threat in allowed ?? []) ThreatCatalog.Parse(threat);
        long seed = settings.Seed ?? 0;
        (LoadedModel loaded, ImageDataSet set, Classifier classifier) = Load(parse, settings);
        foreach (string threat in (allowed ?? []).Where(t => suite.IsThorough(parse) && !AttackSuite.HasVersions(t)))
        {
            Session.Note($"--version says nothing about {threat}, for which there is one list of attacks.");
        }
        SuiteInput input = suite.Input(parse, allowed, set, classifier.ClassCount, parse.GetValue(count));
        JsonObject identity = [];
        input.Identify(identity);
        loaded.Identify(identity);
        settings.Identify(identity, seed);
        using OpenRun open = runs.Open(parse, Session, settings, "evaluate", identity, [], seed, input.Count);
        if (open.Folder is not { } folder) return Answer(settings, open);
        if (!IsComplete(folder))
        {
            (Classifier attacked, Classifier? single) = input.Version == SuiteVersion.Rand
                ? (classifier.Averaged(AttackSuite.Looks), classifier) : (classifier, null);
            SuiteRun run = new(attacked, input, settings.Precision, folder, seed) { Range = open.Range };
            Finish(run, parse.GetValue(chunk) ?? 256, open);
            if (open.Shards is not null) return Answer(settings, open);
            StudyParts parts = new(folder.Path, new ProgressLine(Session), Session.Cancellation);
            SuiteResult result;
            try
            {
                result = SuiteResult.Of(
                    input, run.Rows, SuiteEvaluation.Checked(attacked, single, input, settings.Precision, run.Rows, parts, seed));
            }
            catch (OperationCanceledException)
            {
                throw new OperationCanceledException(
                    $"stopped while the numbers were checked; all images are kept in {folder.Path}. Go on with: {Session.ResumeLine}");
            }
            JsonObject facts = new()
            {
                ["first"] = 0,
                ["version"] = input.Version.ToString().ToLowerInvariant(),
            };
            Write(settings, folder, (loaded, set), seed, result.ToJson(), facts,
                SuitePage.Text(set.Name, result), reproduce => SuitePage.Html(input, set.Name, result, reproduce));
            open.Merging?.RemoveAttempts();
        }
        return Outcome(settings, folder, folder.ReadSummary(), "they count as broken");
    }

    private (LoadedModel Loaded, ImageDataSet Set, Classifier Classifier) Load(ParseResult parse, RunSettings settings)
    {
        ImageDataSet? set = null;
        LoadedModel loaded = model.Load(parse, settings, Session, stored =>
        {
            string name = parse.GetValue(data.Name) ?? stored ?? throw new UsageException("evaluate: --data is missing. Name a data set.");
            set = data.Source(parse, DataSource.Resolve(name)).Load();
            return [set.Channels, set.Height, set.Width];
        });
        DataFit.Check(loaded.Network, loaded.Architecture, set!);
        return (loaded, set!, new(settings.Precision == DType.F32 ? loaded.Network : new CastNetwork(loaded.Network, settings.Precision))
        {
            Notes = Session.Notes,
        });
    }

    private bool IsComplete(RunFolder folder)
    {
        if (folder.IsComplete) Session.Note($"{folder.Path} is complete already.");
        return folder.IsComplete;
    }

    private CleanVerdicts Clean(RejectionEvaluation evaluation, RobustnessInput input, double share)
    {
        ProgressLine line = new(Session);
        try
        {
            return evaluation.Clean(share,
                new InlineProgress<int>(done => line.Show(() => $"{done} of {input.CleanCount} clean images")), Session.Cancellation);
        }
        finally
        {
            line.End();
        }
    }

    /// <summary>Writes page and summary of an evaluation that has run.</summary>
    /// <param name="settings">Of the command.</param>
    /// <param name="folder">Of the run.</param>
    /// <param name="on">The network and the images.</param>
    /// <param name="seed">Of all random numbers.</param>
    /// <param name="summary">The totals, to which the rest is added.</param>
    /// <param name="facts">What else is said of this kind of evaluation.</param>
    /// <param name="text">The totals for people.</param>
    /// <param name="page">The same as a page with how to make it again.</param>
    private void Write(
        RunSettings settings, RunFolder folder, (LoadedModel Loaded, ImageDataSet Set) on, long seed, JsonObject summary, JsonObject facts,
        string text, Func<ReproduceSection, string> page)
    {
        on.Loaded.Describe(summary);
        summary["data"] = on.Set.Name;
        summary["data_sha256"] = on.Set.Sha256;
        summary.Add(facts);
        summary["text"] = text;
        // The command that began the run, so that the page does not tell whether it was ever stopped.
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)],
            [("weights", on.Loaded.Sha256), ("data", on.Set.Sha256)]);
        OutputFile.WriteText(folder.File("report.html"), page(reproduce));
        DescribeTransfers(settings, summary);
        folder.WriteSummary(summary);
    }

    private int Outcome(
        RunSettings settings, RunFolder folder, JsonObject summary, string consequence = "their clean versions count in place of those")
    {
        string answer = $"{summary["text"]}\nreport: {folder.File("report.html")}";
        int missing = summary["non_finite"]?.GetValue<int>() ?? 0;
        return missing == 0
            ? Answer(settings, summary, answer)
            : Answer(settings, summary, answer, ExitCode.ExamplesMissing,
                $"{missing} of {summary["count"]} images met logits that are not finite; {consequence}.");
    }
}
