using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Lab.Runs;

/// <summary>
/// Where a run keeps what it makes: <c>manifest.json</c> (what was run, on what), <c>results.jsonl</c> (a line per
/// example or epoch, each flushed), <c>summary.json</c>, and whatever else. It belongs to one run and one process;
/// every file but the results is written whole.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>The version of the layout, in the manifest and in every line of the results.</summary>
    public const int Schema = 1;

    /// <summary>Files in which a run keeps finished examples until its tensors are whole.</summary>
    public const string Parts = "part-*.safetensors";

    private FileStream results;
    private readonly FileStream ownership;

    private RunFolder(
        string path, FileStream results, FileStream ownership, JsonObject manifest, IReadOnlyList<JsonObject> former, bool isResumed)
    {
        Path = path;
        this.results = results;
        this.ownership = ownership;
        Manifest = manifest;
        Former = former;
        IsResumed = isResumed;
    }

    public string Path { get; }

    /// <summary>What <c>manifest.json</c> holds; change it through <see cref="Describe"/>.</summary>
    public JsonObject Manifest { get; }

    /// <summary>The lines that were in the results when the folder was opened.</summary>
    public IReadOnlyList<JsonObject> Former { get; }

    /// <summary>Whether the folder held this run before.</summary>
    public bool IsResumed { get; }

    /// <summary>Whether the run has reached its end.</summary>
    public bool IsComplete => System.IO.File.Exists(File("summary.json"));

    /// <summary>
    /// Refuses a folder that cannot take the run: one of another run, or of this one without <paramref name="resume"/>.
    /// Changes nothing, so that a command can ask before it loads its inputs.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="identity">All that decides the outcome of the run.</param>
    /// <param name="resume">Whether to go on with the run where it is there.</param>
    /// <param name="isAdopted">Whether results without a manifest were put there on purpose: those of shards.</param>
    public static void Check(string path, JsonObject identity, bool resume, bool isAdopted = false)
    {
        if (System.IO.File.Exists(path)) throw new OutputException($"{path} is a file, not a folder. Name another place with --out.");
        string manifestPath = System.IO.Path.Combine(path, "manifest.json");
        if (!System.IO.File.Exists(manifestPath))
        {
            foreach (string name in (string[])["results.jsonl", "summary.json", "checkpoint.safetensors"])
            {
                if (!isAdopted && System.IO.File.Exists(System.IO.Path.Combine(path, name)))
                {
                    throw new UsageException(
                        $"{path} holds {name} of an unknown run: its manifest.json is missing. Name another folder with --out.");
                }
            }
            return;
        }
        JsonObject manifest = ReadManifest(manifestPath);
        string there = $"a run of \"{Text(manifest["command_line"])}\" (started {Text(manifest["started"])})";
        string? difference = Difference(manifest["identity"], JsonNode.Parse(JsonText.Line(identity)), "");
        if (difference is not null)
        {
            throw new UsageException(
                $"{path} holds {there}, which differs: {difference}. Name another folder with --out, or repeat that command.");
        }
        if (!resume) throw new UsageException($"{path} holds {there}. Add --resume to go on with it, or name another folder with --out.");
    }

    /// <summary>
    /// Creates the folder, or opens it to go on: the manifest stays as it was, a torn last line of the results is cut.
    /// The manifest must hold the run's identity, an object that decides the outcome, as <see cref="RunManifest"/> makes it.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="manifest">What is written into it.</param>
    /// <param name="resume">Whether to go on with the run where it is there.</param>
    /// <param name="isAdopted">Whether results without a manifest were put there on purpose: those of shards.</param>
    public static RunFolder Open(string path, JsonObject manifest, bool resume, bool isAdopted = false)
    {
        JsonObject identity = manifest["identity"]?.AsObject()
            ?? throw new InvalidOperationException("run folder: the manifest has no identity.");
        Check(path, identity, resume, isAdopted);
        FileStream ownership = Own(path);
        FileStream? results = null;
        try
        {
            OutputFile.Guard(path, () =>
            {
                results = new FileStream(System.IO.Path.Combine(path, "results.jsonl"),
                    FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
                foreach (string temporary in Directory.EnumerateFiles(path, ".tmp-*")) System.IO.File.Delete(temporary);
            });
            string manifestPath = System.IO.Path.Combine(path, "manifest.json");
            bool resumed = System.IO.File.Exists(manifestPath);
            if (resumed)
            {
                Check(path, identity, resume);
                manifest = ReadManifest(manifestPath);
                if (manifest["resumed"] is not JsonArray) manifest["resumed"] = new JsonArray();
                manifest["resumed"]!.AsArray().Add(RunManifest.Now());
            }
            OutputFile.WriteText(manifestPath, JsonText.File(manifest));
            return new(path, results!, ownership, manifest, ReadResults(results!), resumed);
        }
        catch
        {
            results?.Dispose();
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>The path of a file in the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Adds to the manifest, or replaces.</summary>
    public void Describe(string key, JsonNode? value)
    {
        Manifest[key] = value;
        OutputFile.WriteText(File("manifest.json"), JsonText.File(Manifest));
    }

    /// <summary>Appends a line to the results and hands it to the operating system: a killed process loses none.</summary>
    public void Append(JsonObject line)
    {
        string text = Encode(line);
        OutputFile.Guard(results.Name, () =>
        {
            results.Write(Encoding.UTF8.GetBytes(text));
            results.Flush();
        });
    }

    /// <summary>Writes other lines in place of all results, whole: a killed process leaves the old ones or the new ones.</summary>
    public void Replace(IEnumerable<JsonObject> lines)
    {
        OutputFile.WriteText(results.Name, string.Concat(lines.Select(Encode)));
        // The open file is the one that was replaced.
        results.Dispose();
        OutputFile.Guard(Path, () => results = new FileStream(File("results.jsonl"), FileMode.Append, FileAccess.Write, FileShare.Read));
    }

    /// <summary>Writes <c>summary.json</c>, the sign that the run is complete.</summary>
    public void WriteSummary(JsonObject summary) => OutputFile.WriteText(File("summary.json"), JsonText.File(summary));

    public JsonObject ReadSummary() => ReadManifest(File("summary.json"));

    /// <summary>Removes the parts of a finished run; those of the runs in folders below it only where these belong to it.</summary>
    public static void RemoveParts(string path, SearchOption where = SearchOption.TopDirectoryOnly) => OutputFile.Guard(path, () =>
    {
        foreach (string part in Directory.EnumerateFiles(path, Parts, where)) System.IO.File.Delete(part);
    });

    public void Dispose()
    {
        results.Dispose();
        ownership.Dispose();
    }

    /// <summary>
    /// Creates the folder and holds a file in it that only one process can; the system lets go of it if that one is killed.
    /// </summary>
    private static FileStream Own(string path)
    {
        OutputFile.Guard(path, () => Directory.CreateDirectory(path));
        string name = System.IO.Path.Combine(path, ".lock");
        try
        {
            return new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error)
        {
            throw new OutputException($"{path} is in use by another process, or cannot be written: "
                + $"{ErrorReport.Sentence(error)} Wait for it, or name another folder with --out.",
                error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new OutputException(
                $"{path} cannot be written: {ErrorReport.Sentence(error)} Change its rights, or name another folder with --out.", error);
        }
    }

    private static string Encode(JsonObject line)
    {
        JsonObject full = new() { ["schema"] = Schema };
        foreach ((string key, JsonNode? value) in line) full[key] = value?.DeepClone();
        return JsonText.Line(full) + "\n";
    }

    private static JsonObject ReadManifest(string path)
    {
        string text = System.IO.File.ReadAllText(path);
        return Parse(text)
            ?? throw new RunFolderException(path, 0, "the file is not a JSON object. Delete the folder, or name another one with --out");
    }

    private static List<JsonObject> ReadResults(FileStream stream)
    {
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        List<JsonObject> lines = [];
        for (int start = 0; start < end;)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            JsonObject? line = Parse(Encoding.UTF8.GetString(bytes, start, length));
            lines.Add(line ?? throw new RunFolderException(stream.Name, start, $"line {lines.Count + 1} is not a JSON object. "
                + "Cut the file before it, or start a new run"));
            start += length + 1;
        }
        stream.SetLength(end);
        stream.Seek(0, SeekOrigin.End);
        return lines;
    }

    /// <summary>An object of JSON; none where the text is no such thing.</summary>
    internal static JsonObject? Parse(string text)
    {
        try
        {
            RunJson.Check(Encoding.UTF8.GetBytes(text));
            return JsonNode.Parse(text, documentOptions: RunJson.Options) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The first few differing values of two trees, or none.</summary>
    internal static string? Difference(JsonNode? there, JsonNode? here, string at)
    {
        if (there is not JsonObject left || here is not JsonObject right)
        {
            return JsonNode.DeepEquals(there, here) ? null : $"{at} is {Text(there)} there and {Text(here)} here";
        }
        List<string> found = [];
        foreach (string key in left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key)))
        {
            if (Difference(left[key], right[key], at.Length == 0 ? key : $"{at}.{key}") is { } difference) found.Add(difference);
        }
        return found.Count == 0 ? null : string.Join("; ", found.Take(5))
            + (found.Count > 5 ? string.Create(CultureInfo.InvariantCulture, $"; and {found.Count - 5} more") : "");
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString() ?? "nothing";
}
