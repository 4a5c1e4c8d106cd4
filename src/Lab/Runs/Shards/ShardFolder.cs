using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Runs;

/// <summary>
/// The folder of a run that is computed in shards, by many processes that know nothing of one another. Finished shards lie in
/// <c>shards</c>, each put there whole by one rename; an attempt at one works in a folder of its own below <c>.try</c>. No lock decides
/// anything: two attempts at one shard are harmless, since equal examples have equal bits, and unequal results are an alarm.
/// </summary>
internal sealed class ShardFolder
{
    public const string Conflict = ".conflict";

    private readonly string shards;
    private readonly string attempts;

    private ShardFolder(string path, JsonObject run, int of)
    {
        (Path, Run, Of) = (path, run, of);
        (shards, attempts) = (System.IO.Path.Combine(path, "shards"), System.IO.Path.Combine(path, ".try"));
    }

    public string Path { get; }

    /// <summary>What decides the outcome of the whole run, its number of examples included.</summary>
    public JsonObject Run { get; }

    /// <summary>The number of shards.</summary>
    public int Of { get; }

    /// <summary>The number of examples.</summary>
    public int Examples => Run["examples"]!.GetValue<int>();

    /// <summary>
    /// The folder, as the first shard makes it; one that holds another run, or this one cut into another number of shards, is refused.
    /// </summary>
    /// <param name="path">Where.</param>
    /// <param name="identity">What decides the outcome, but for what is of single examples.</param>
    /// <param name="examples">Examples of the whole run.</param>
    /// <param name="of">Shards.</param>
    /// <param name="commandLine">The command without its shard.</param>
    public static ShardFolder Open(string path, JsonObject identity, int examples, int of, string commandLine)
    {
        JsonObject run = identity.DeepClone().AsObject();
        run["examples"] = examples;
        run["shards"] = of;
        // Two programs, or two runtimes, may round differently.
        run["version"] = Machine.Version;
        run["runtime"] = Machine.Runtime;
        string file = FileOf(path);
        if (!File.Exists(file))
        {
            if (File.Exists(System.IO.Path.Combine(path, "manifest.json")))
            {
                throw new UsageException($"{path} holds a run that is not cut into shards. Name another folder with --out.");
            }
            OutputFile.Guard(path, () => Directory.CreateDirectory(path));
            OutputFile.WriteText(file, JsonText.File(new JsonObject
            {
                ["schema"] = RunFolder.Schema,
                ["command_line"] = commandLine,
                ["run"] = run,
            }));
        }
        ShardFolder there = Read(path);
        if (RunFolder.Difference(there.Run, JsonNode.Parse(JsonText.Line(run)), "") is { } difference)
        {
            throw new UsageException($"{path} holds the shards of another run, which differs: {difference}. "
                + "Repeat the command that it began with, or name another folder with --out.");
        }
        return there;
    }

    /// <summary>The folder that the first shard made.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static ShardFolder Read(string path)
    {
        string file = FileOf(path);
        if (!File.Exists(file)) throw new UsageException($"{path} holds no shards: {file} is missing. Run some with --shard 0/8, say.");
        JsonObject? json = RunFolder.Parse(File.ReadAllText(file));
        return json?["run"] is JsonObject run && Whole(run, "examples") is > 0 and int examples && Whole(run, "shards") is > 0 and int of
            && of <= examples
                ? new(path, run, of)
                : throw new RunFolderException(file, 0, "the file does not say how a run was cut. Run its shards into another folder");
    }

    /// <summary>The examples of a shard.</summary>
    public ExampleRange Range(int shard) => new Shard(shard, Of).Range(Examples);

    /// <summary>Where a shard lies once it is finished.</summary>
    public string FileOf(ExampleRange range) => FileIn(Path, range);

    /// <summary>Where a finished shard of the folder of a run lies.</summary>
    public static string FileIn(string path, ExampleRange range) => System.IO.Path.Combine(path, "shards", $"{range}.shard");

    public bool IsFinished(ExampleRange range) => File.Exists(FileOf(range));

    /// <summary>Whether attempts at a shard disagreed, and nobody chose.</summary>
    public bool IsInConflict(ExampleRange range) => File.Exists(FileOf(range) + Conflict);

    /// <summary>Examples of a shard that attempts have finished, whether these still run or not.</summary>
    public int Started(ExampleRange range)
    {
        string folder = System.IO.Path.Combine(attempts, $"{range}");
        return !Directory.Exists(folder) ? 0 : Directory.EnumerateFiles(folder, "results.jsonl", SearchOption.AllDirectories)
            .Max(file => (int?)ShardFile.Split(ReadShared(file)).Count()) ?? 0;
    }

    /// <summary>The images of every example of a run of pairs, as its shards chose them.</summary>
    /// <exception cref="ShardsMissingException">Some are not finished.</exception>
    public ImagePair[] Pairs()
    {
        ShardMerge.CheckAll(this);
        return [.. Enumerable.Range(0, Of).Select(Range).SelectMany(range =>
        {
            string file = FileOf(range);
            return ShardFile.Split(Encoding.UTF8.GetBytes(ShardFile.Read(file).Lines)).Select(line => Pair(line.Span, file));
        })];
    }

    /// <summary>A folder for an attempt at a shard, with all that earlier attempts, ended or not, have finished.</summary>
    public string Begin(ExampleRange range, JsonObject identity)
    {
        string all = System.IO.Path.Combine(attempts, $"{range}");
        string own = System.IO.Path.Combine(all, string.Create(CultureInfo.InvariantCulture,
            $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        string wanted = JsonText.Line(identity);
        OutputFile.Guard(all, () =>
        {
            Directory.CreateDirectory(shards);
            Directory.CreateDirectory(all);
            string[] earlier = [.. Directory.EnumerateDirectories(all).Order(StringComparer.Ordinal)];
            Directory.CreateDirectory(own);
            using FileStream lines = new(System.IO.Path.Combine(own, "results.jsonl"), FileMode.CreateNew, FileAccess.Write);
            foreach (string attempt in earlier) Adopt(attempt, own, lines, wanted);
        });
        return own;
    }

    /// <summary>
    /// Puts a finished shard into its place. Where one lies already, an equal one is left and an unequal one is put beside it.
    /// </summary>
    /// <exception cref="RunFolderException">Two attempts at the shard disagree.</exception>
    public void Commit(ExampleRange range, string attempt, DateTime started)
    {
        string final = FileOf(range);
        JsonObject provenance = new()
        {
            ["host"] = Environment.MachineName,
            ["processor"] = Machine.Processor,
            ["started"] = started.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["finished"] = RunManifest.Now(),
            ["job"] = Environment.GetEnvironmentVariable("SLURM_JOB_ID"),
            ["restart"] = Environment.GetEnvironmentVariable("SLURM_RESTART_COUNT"),
        };
        string lines = File.ReadAllText(System.IO.Path.Combine(attempt, "results.jsonl"));
        ShardFile made = ShardFile.Write(System.IO.Path.Combine(attempt, "finished"), range, Run, lines,
            Directory.GetFiles(attempt, RunFolder.Parts), provenance);
        if (File.Exists(final) && ShardFile.Read(final).Sha256 != made.Sha256)
        {
            OutputFile.Guard(final, () => File.Move(made.Path, final + Conflict, overwrite: true));
            throw new ShardConflictException($"{final} differs from what was computed again just now, which lies beside it as {Conflict}: "
                + "equal examples must have equal bits. One of the two machines cannot be trusted; remove the wrong file.");
        }
        OutputFile.Guard(final, () =>
        {
            if (!File.Exists(final)) File.Move(made.Path, final, overwrite: true);
            // Other attempts may still be at work in their own folders: what they leave goes when the shards are merged.
            Directory.Delete(attempt, recursive: true);
        });
    }

    /// <summary>Removes what attempts left, once all shards are merged.</summary>
    public void RemoveAttempts() => OutputFile.Guard(attempts, () =>
    {
        if (Directory.Exists(attempts)) Directory.Delete(attempts, recursive: true);
    });

    private static string FileOf(string path) => System.IO.Path.Combine(path, "shards.json");

    private static int? Whole(JsonObject json, string key) =>
        json[key] is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static ImagePair Pair(ReadOnlySpan<byte> line, string file) =>
        RunFolder.Parse(Encoding.UTF8.GetString(line)) is { } json
        && Whole(json, "source_index") is { } source && Whole(json, "target_index") is { } target
            ? new(source, target)
            : throw new RunFolderException(file, 0, "a line has no source and target. Remove the file and run that shard again");

    /// <summary>Takes over whole lines and whole parts of an attempt at the same run; what is torn is passed over.</summary>
    private static void Adopt(string attempt, string own, FileStream lines, string identity)
    {
        string manifest = System.IO.Path.Combine(attempt, "manifest.json");
        string results = System.IO.Path.Combine(attempt, "results.jsonl");
        if (!File.Exists(manifest) || !File.Exists(results)) return;
        JsonObject? json = RunFolder.Parse(Encoding.UTF8.GetString(ReadShared(manifest)));
        if (json?["identity"] is not JsonObject there || JsonText.Line(there) != identity) return;
        byte[] bytes = ReadShared(results);
        foreach (string part in Directory.EnumerateFiles(attempt, RunFolder.Parts))
        {
            string copy = System.IO.Path.Combine(own, System.IO.Path.GetFileName(part));
            if (!File.Exists(copy)) File.Copy(part, copy);
        }
        foreach (ReadOnlyMemory<byte> line in ShardFile.Split(bytes))
        {
            if (RunFolder.Parse(Encoding.UTF8.GetString(line.Span)) is null) continue;
            lines.Write(line.Span);
            lines.WriteByte((byte)'\n');
        }
    }

    /// <summary>A file that another process may be writing.</summary>
    private static byte[] ReadShared(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

/// <summary>Two attempts at one shard came to different results: a person has to look.</summary>
internal sealed class ShardConflictException(string message) : Exception(message);
