using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Probing;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;

namespace MiniGrad.Cli.Commands;

/// <summary><c>probe NAME</c>: one row of the probe catalogue at images of a data set, into a run folder.</summary>
internal sealed class ProbeCommand : CliCommand
{
    private readonly ProbeEntry entry;
    private readonly ModelOptions model = new();
    private readonly ProbeImageOptions images = new();
    private readonly RunOptions runs;
    private readonly List<(string Key, Func<ParseResult, JsonNode?> Value)> given = [];

    public ProbeCommand(Session session, GlobalOptions globals, ProbeEntry entry, CommandInfo info)
        : base(session, globals, info)
    {
        this.entry = entry;
        runs = new(entry.Name);
        model.AddTo(this);
        images.AddTo(this);
        foreach (ParameterInfo setting in entry.Type.GetConstructors()
            .OrderByDescending(c => c.GetParameters().Length).First().GetParameters())
        {
            AddSetting(setting);
        }
        runs.AddTo(this);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        long seed = settings.Seed ?? 0;
        JsonObject values = [];
        foreach ((string key, Func<ParseResult, JsonNode?> value) in given)
        {
            if (value(parse) is { } node) values[key] = node;
        }
        Probe probe = (Probe)JsonText.Read(values, entry.Type);
        LoadedModel loaded = model.Load(parse, settings, Session, stored => images.ImageShape(parse, stored));
        ImageDataSet set = images.Set(parse, loaded, Session);
        ProbeImages input = images.Read(parse, set, settings.Precision);
        Classifier classifier = new(settings.Precision == DType.F32 ? loaded.Network : new CastNetwork(loaded.Network, settings.Precision))
        {
            Notes = Session.Notes,
        };
        probe.Check(classifier);
        JsonObject identity = new() { ["probe"] = entry.Name, ["configuration"] = probe.ToString() };
        loaded.Identify(identity);
        identity["data_sha256"] = input.Hash;
        settings.Identify(identity, seed);
        if (probe.IsOfSet && runs.IsInParts(parse))
        {
            throw new UsageException($"{entry.Name}: it looks at all images together and finds one thing of them: "
                + "there are no parts to do. "
                + "Leave out --shard and --merge.");
        }
        using OpenRun open = runs.Open(parse, Session, settings, $"probe {entry.Name}", identity,
            new() { ["indices"] = JsonText.Array(input.Indices) }, seed, probe.IsOfSet ? 1 : input.Count);
        if (open.Folder is not { } folder) return Answer(settings, open);
        if (folder.IsComplete)
        {
            Session.Note($"{folder.Path} is complete already.");
            return Outcome(settings, folder, folder.ReadSummary());
        }
        ProbeRun run = new(probe, classifier, input, folder, seed) { Range = open.Range };
        Finish(run, probe.Together, open);
        if (open.Shards is not null) return Answer(settings, open);
        ProbeSummary? own = run.Summarise();
        IReadOnlyList<NumberSpread> spreads = own is null ? run.Spreads() : [];
        JsonObject summary =
            new() { ["schema"] = RunFolder.Schema, ["probe"] = entry.Name, ["configuration"] = probe.ToString(), ["count"] = input.Count };
        foreach (NumberSpread spread in spreads)
        {
            summary[spread.Name + "_mean"] = JsonText.Number(spread.Mean);
            summary[spread.Name + "_std"] = JsonText.Number(spread.Deviation);
        }
        own?.AddTo(summary);
        loaded.Describe(summary);
        summary["data"] = input.Description;
        summary["data_sha256"] = input.Hash;
        summary["text"] = $"{entry.Name}: {input.Count} images; " + string.Join(", ", spreads.Select(s =>
            string.Create(CultureInfo.InvariantCulture, $"{s.Name} {s.Mean:G4} ± {s.Deviation:G4}"))) + own?.Words();
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)], [
                ("weights", loaded.Sha256), ("data", input.Hash)]);
        OutputFile.WriteText(folder.File("report.html"), ProbePage.Html(
            entry, probe, input.Description, input.Count, spreads, own, run.Figures(), reproduce));
        DescribeTransfers(settings, summary);
        folder.WriteSummary(summary);
        open.Merging?.RemoveAttempts();
        return Outcome(settings, folder, summary);
    }

    private int Outcome(RunSettings settings, RunFolder folder, JsonObject summary) =>
        Answer(settings, summary, $"{summary["text"]}\nreport: {folder.File("report.html")}");

    private static string Kebab(string name) => string.Concat(
        name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>A parameter of the probe's record as an option in kebab case.</summary>
    private void AddSetting(ParameterInfo setting)
    {
        Type type = Nullable.GetUnderlyingType(setting.ParameterType) ?? setting.ParameterType;
        string words = Kebab(setting.Name!);
        (string option, string key) = ($"--{words}", words.Replace('-', '_'));
        string usual = setting is { HasDefaultValue: true, DefaultValue: { } value }
            ? $" {(type.IsEnum ? Kebab(Enum.GetName(type, value)!) : Convert.ToString(value, CultureInfo.InvariantCulture))} by default."
            : "";
        string description = $"Setting {words}.{usual}";
        if (type == typeof(int)) Take(CliOption.Whole(option, description, int.MinValue), n => n);
        else if (type == typeof(double)) Take(CliOption.Real(option, description, double.MinValue), x => x);
        else if (type == typeof(bool))
        {
            Take(CliOption.Choice(option, description, "true", "false"), word => word is null ? null : word == "true");
        }
        else if (type.IsEnum)
        {
            string[] names = Array.ConvertAll(Enum.GetNames(type), Kebab);
            Array values = Enum.GetValues(type);
            Take(CliOption.Choice(option, description, names),
                word => word is null ? null : Convert.ToInt32(values.GetValue(Array.IndexOf(names, word)), CultureInfo.InvariantCulture));
        }
        else
        {
            throw new ArgumentException(
                $"probe: {entry.Name}: {setting.Name} is {type.Name}. Settings are numbers, true or false, or one of an enum.");
        }

        void Take<T>(Option<T> made, Func<T, JsonNode?> node)
        {
            made.Required = !setting.HasDefaultValue;
            Add(made);
            given.Add((key, parse => parse.GetValue(made) is { } one ? node(one) : null));
        }
    }
}
