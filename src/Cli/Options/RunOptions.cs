using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Cli.Options;

/// <summary>Where a run goes, whether it goes on, and which part of it is done here.</summary>
internal sealed class RunOptions
{
    private readonly string usual;
    private readonly Option<string?> outFolder;
    private readonly Option<bool> resume = CliOption.Flag("--resume", "Go on with the run in that folder.");
    private readonly Option<string?> shard = CliOption.Text("--shard",
        "Do one of several parts of the run, counted from 0, such as 3/16; parts may be done anywhere, in any order, and more than once.",
        "i/n");
    private readonly Option<bool> merge = CliOption.Flag("--merge", "Make the run of its shards, once all are finished.");

    /// <param name="name">The name of the folder below runs that is taken where none is given.</param>
    public RunOptions(string name)
    {
        usual = Path.Combine("runs", name);
        outFolder = CliOption.Text("--out", $"The run folder; runs/{name} by default.", "folder");
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[outFolder, resume, shard, merge]) command.Add(option);
    }

    /// <summary>The part that is to be done; none for the whole run.</summary>
    public Shard? Part(ParseResult parse)
    {
        if (parse.GetValue(shard) is not { } text) return null;
        if (parse.GetValue(merge)) throw new UsageException("--shard does a part and --merge puts parts together. Leave one out.");
        if (parse.GetValue(resume))
        {
            throw new UsageException("--resume: a shard goes on by itself with what earlier attempts finished. Leave it out.");
        }
        return Shard.Parse(text);
    }

    /// <summary>Whether it is done in parts, or made of them.</summary>
    public bool IsInParts(ParseResult parse) => parse.GetValue(shard) is not null || parse.GetValue(merge);

    /// <summary>The lines of all shards, where these are merged: they tell what was chosen for each example.</summary>
    public ShardFolder? Merged(ParseResult parse) => parse.GetValue(merge) ? ShardFolder.Read(Folder(parse)) : null;

    /// <summary>Opens the folder that the run, or the part of it, is computed in.</summary>
    /// <param name="parse">The command as it was typed.</param>
    /// <param name="session">Where it was typed.</param>
    /// <param name="settings">Options of all commands.</param>
    /// <param name="command">The command in words.</param>
    /// <param name="identity">All that decides the outcome but what is of single examples.</param>
    /// <param name="each">What decides it for single examples.</param>
    /// <param name="seed">Of all random numbers.</param>
    /// <param name="examples">Examples of the whole run.</param>
    public OpenRun Open(
        ParseResult parse, Session session, RunSettings settings, string command,
        JsonObject identity, JsonObject each, long seed, int examples)
    {
        string path = Folder(parse);
        if (Part(parse) is { } part)
        {
            ExampleRange range = part.Range(examples);
            ShardFolder folder = ShardFolder.Open(path, identity, examples, part.Of, Whole(session, "--shard", 1));
            if (folder.IsFinished(range)) return new(null, range) { Shards = folder };
            JsonObject own = identity.DeepClone().AsObject();
            own["shard"] = part.ToString();
            string attempt = folder.Begin(range, own);
            RunFolder there = RunFolder.Open(
                attempt, RunManifest.Create(session, settings, command, own, seed), resume: false, isAdopted: true);
            return new(there, range) { Shards = folder };
        }
        if (!parse.GetValue(merge)) return Unbroken(session, parse.GetValue(resume));
        ShardFolder shards = ShardFolder.Open(path, identity, examples, ShardFolder.Read(path).Of, "");
        // Whoever merges types a command of his own; the run is that without it.
        Session whole = session with { Arguments = [.. session.Arguments.Where(word => word != "--merge")] };
        if (File.Exists(Path.Combine(path, "manifest.json"))) return Unbroken(whole, resume: true, merging: shards);
        ProgressLine line = new(session);
        ShardMerge.Into(shards, new InlineProgress<int>(done => line.Show(() =>
            string.Create(CultureInfo.InvariantCulture, $"shard {done} of {shards.Of}"))), session.Cancellation);
        line.End();
        return Unbroken(whole, resume: false, isAdopted: true, shards);

        OpenRun Unbroken(Session by, bool resume, bool isAdopted = false, ShardFolder? merging = null)
        {
            JsonObject all = [];
            // What is of single examples stands where it always stood: behind the data.
            foreach ((string key, JsonNode? value) in identity)
            {
                all[key] = value?.DeepClone();
                if (key == "data_sha256") all.Add(each);
            }
            RunFolder opened = RunFolder.Open(path, RunManifest.Create(by, settings, command, all, seed), resume, isAdopted);
            return new(opened, new(0, examples)) { Merging = merging };
        }
    }

    private string Folder(ParseResult parse) => parse.GetValue(outFolder) ?? usual;

    /// <summary>The command without an option and what follows it.</summary>
    private static string Whole(Session session, string option, int values)
    {
        List<string> words = [.. session.Arguments];
        int at = words.IndexOf(option);
        if (at >= 0) words.RemoveRange(at, Math.Min(1 + values, words.Count - at));
        return (session with { Arguments = words }).CommandLine;
    }
}

/// <summary>The folder of a run or of an attempt at a shard; none where the shard is finished.</summary>
internal sealed class OpenRun(RunFolder? folder, ExampleRange range) : IDisposable
{
    private readonly DateTime started = DateTime.UtcNow;

    public RunFolder? Folder => folder;

    /// <summary>The examples that are done in it.</summary>
    public ExampleRange Range => range;

    /// <summary>The shards that this is one of; none for a whole run.</summary>
    public ShardFolder? Shards { get; init; }

    /// <summary>The shards that it is made of; none unless they are merged.</summary>
    public ShardFolder? Merging { get; init; }

    /// <summary>Puts a finished shard into its place.</summary>
    public void Commit()
    {
        Dispose();
        Shards!.Commit(Range, Folder!.Path, started);
    }

    /// <summary>The shard as a result.</summary>
    public JsonObject ToJson() => new()
    {
        ["schema"] = RunFolder.Schema,
        ["shard"] = Shards!.FileOf(Range),
        ["first"] = Range.First,
        ["count"] = Range.Count,
        ["was_finished"] = Folder is null,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Shards!.FileOf(Range)}{(Folder is null ? " is finished already" : "")}: "
        + $"examples {Range.First} to {Range.First + Range.Count - 1}");

    public void Dispose() => Folder?.Dispose();
}
