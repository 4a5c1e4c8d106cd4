using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Attacks;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Cli.Commands;

/// <summary><c>attack NAME</c>: one row of the attack catalogue on a data set or on image files, into a run folder.</summary>
internal sealed class AttackCommand : CliCommand
{
    private readonly AttackEntry entry;
    private readonly ModelOptions model = new();
    private readonly AttackOptions examples;
    private readonly RunOptions runs;
    private readonly Option<int?> chunk = CliOption.Whole(
        "--chunk-size", "Examples that are searched together; 64 by default. Changes no result.", 1, 4096);
    private readonly List<(string Name, Option<string?> Option)> parameters = [];

    public AttackCommand(Session session, GlobalOptions globals, AttackEntry entry, CommandInfo info)
        : base(session, globals, info)
    {
        this.entry = entry;
        examples = AttackOptions.For(entry);
        runs = new(entry.Name);
        model.AddTo(this);
        examples.AddTo(this);
        foreach (AttackParameter p in AttackBinder.Parameters(entry))
        {
            string usual = p.Default is null ? "" : $" {AttackBinder.Text(p.Default)} by default.";
            Option<string?> option = CliOption.Text($"--{p.Name}", $"{Meaning(p)}{usual}", Wanted(p.Type));
            parameters.Add((p.Name, option));
            Add(option);
        }
        examples.Lpips?.AddTo(this);
        runs.AddTo(this);
        Add(chunk);
    }

    private static string Meaning(AttackParameter p) =>
        p.Type == typeof(Threat) ? "The changes that are allowed, in place of --norm and --epsilon: "
            + "linf:8/255, l2:0.5, l1:12, warp:30deg,3px, features:0.5 (of the network's own inner values), lpips:0.05, "
            + "or several with + between."
        : p.Type == typeof(Loss) ? "What is raised."
        : p.Type == typeof(LogitSpace) ? "How an image to start at is found; the source itself by default."
        : $"Hyper-parameter {p.Name}.";

    private static string Wanted(Type type) =>
        type.IsEnum ? string.Join('|', AttackBinder.Words(type))
        : type == typeof(bool) ? "true|false"
        : type == typeof(string) ? "linf|l2|features"
        : type == typeof(Threat) ? "name:size"
        : type == typeof(Loss) ? string.Join('|', Loss.Names)
        : type == typeof(LogitSpace) ? "logit-space[:option=value,...]"
        : type == typeof(int) ? "n" : "x";

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        Dictionary<string, string> given = [];
        foreach ((string name, Option<string?> option) in parameters)
        {
            if (parse.GetValue(option) is { } value) given[name] = value;
        }
        Attack attack = AttackBinder.Bind(entry, given);
        long seed = settings.Seed ?? 0;
        LoadedModel loaded = model.Load(parse, settings, Session, stored => examples.ImageShape(parse, stored));
        Classifier classifier = new(settings.Precision == DType.F32 ? loaded.Network : new CastNetwork(loaded.Network, settings.Precision))
        {
            Notes = Session.Notes,
        };
        AttackInput input = examples.Read(parse, loaded, Session, classifier, settings.Precision, seed, runs);
        LoadedLpips? lpips = examples.Lpips?.Load(parse, settings, Session);
        if (attack is BallAttack ball) attack = ball with { Within = ball.Within.Map(threat => Measured(threat, lpips)) };
        if (input.AllTargets) attack = new EachTarget((BallAttack)attack);
        JsonObject identity = Identity(attack, loaded, input, settings, seed);
        lpips?.Describe(identity);
        using OpenRun open = runs.Open(parse, Session, settings, $"attack {entry.Name}", identity, OfEach(input), seed, input.Total);
        if (open.Folder is not { } folder) return Answer(settings, open);
        if (folder.IsComplete)
        {
            Session.Note($"{folder.Path} is complete already.");
            RunFolder.RemoveParts(folder.Path);
            return Outcome(settings, folder, folder.ReadSummary());
        }
        AttackRun run = new(attack, classifier, input, folder, seed) { Range = open.Range };
        Finish(run, parse.GetValue(chunk) ?? 64, open);
        if (open.Shards is not null) return Answer(settings, open);
        AttackOutcome outcome = AttackOutcome.Of(entry.Name, attack, classifier, input, run.Result());
        if (lpips is not null) outcome = outcome.Measured(lpips);
        run.Replace(outcome.Result);
        int code = Write(settings, outcome, loaded, folder, run, seed);
        open.Merging?.RemoveAttempts();
        return code;
    }

    private int Write(RunSettings settings, AttackOutcome outcome, LoadedModel loaded, RunFolder folder, AttackRun run, long seed)
    {
        (AttackInput input, AttackResult result) = (outcome.Input, outcome.Result);
        List<(string, Tensor)> tensors = [("source", input.Sources), ("output", result.Output), ("labels", Tensor.From(input.Labels))];
        if (input.Targets is not null)
        {
            tensors.Insert(1, ("target", input.Targets));
            tensors.Add(("target_labels", Tensor.From(input.TargetLabels)));
        }
        JsonObject summary = outcome.Summary();
        loaded.Describe(summary);
        summary["data"] = input.Description;
        summary["data_sha256"] = input.Hash;
        summary["text"] = outcome.Text;
        if (outcome.Perception() is { } perception) summary.Add(perception);
        int shown = Array.FindIndex(result.Examples, e => e.Counts);
        if (run.Path(shown) is { } path) outcome = outcome with { Result = result with { Paths = [path] } };
        // The command that began the run, so that the page does not tell whether it was ever stopped.
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)], [
                ("weights", loaded.Sha256), ("data", input.Hash)]);
        string html = AttackReport.Html(entry, outcome, reproduce);
        OutputFile.Guard(folder.Path, () =>
        {
            Safetensors.Write(folder.File("tensors.safetensors"), tensors);
            ImageFile.Write(folder.File("images.png"), ContactSheet.Of(input.Sources, input.Targets, result.Output));
        });
        OutputFile.WriteText(folder.File("report.html"), html);
        DescribeTransfers(settings, summary);
        folder.WriteSummary(summary);
        // Last, so that a killed process leaves either the parts or all that is made of them.
        RunFolder.RemoveParts(folder.Path);
        return Outcome(settings, folder, summary);
    }

    private int Outcome(RunSettings settings, RunFolder folder, JsonObject summary)
    {
        string answer = $"{summary["text"]}\nreport: {folder.File("report.html")}";
        int missing = summary["statuses"]?[StatusWord.Of(ExampleStatus.NonFinite)]?.GetValue<int>() ?? 0;
        return missing == 0
            ? Answer(settings, summary, answer)
            : Answer(settings, summary, answer, ExitCode.ExamplesMissing,
                $"{missing} of {summary["count"]} examples met logits that are not finite.");
    }

    /// <summary>A distance that was named as LPIPS, with the weights that were.</summary>
    private Threat Measured(Threat threat, LoadedLpips? lpips)
    {
        if (threat is not LpipsBall { Metric: null } ball) return threat;
        if (lpips is not null) return ball with { Metric = lpips.Lpips };
        string wanted = string.Create(CultureInfo.InvariantCulture, $"--threat lpips:{ball.Radius}");
        throw new UsageException(entry.IsPerceptual
            ? $"{wanted} needs the weights of LPIPS. Name them by --lpips-net, --lpips-backbone and --lpips-heads."
            : $"{entry.Name}: {wanted} is for lpa, fast-lpa and ppgd. Attack with one of these, or within another threat.");
    }

    private static JsonObject Identity(Attack attack, LoadedModel loaded, AttackInput input, RunSettings settings, long seed)
    {
        JsonObject identity = new() { ["attack"] = attack.Identity() };
        loaded.Identify(identity);
        identity["data_sha256"] = input.Hash;
        identity["target_class"] = input.TargetClass;
        if (input.Aim is { } aim) identity["target"] = aim;
        identity["force"] = input.Force;
        if (input.Crafting is { } crafting) identity["crafting"] = crafting.Count;
        settings.Identify(identity, seed);
        return identity;
    }

    /// <summary>What decides the outcome of single examples.</summary>
    private static JsonObject OfEach(AttackInput input)
    {
        JsonObject each = new()
        {
            ["source_indices"] = JsonText.Array(input.Pairs.Select(p => p.Source)),
            ["target_indices"] = JsonText.Array(input.Pairs.Select(p => p.Target)),
            ["labels"] = JsonText.Array(input.Labels),
        };
        if (input.TargetClasses is { } towards) each["target_classes"] = JsonText.Array(towards);
        return each;
    }
}
