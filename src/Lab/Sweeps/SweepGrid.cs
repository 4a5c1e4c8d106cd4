using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Lab.Sweeps;

/// <summary>
/// A grid of runs as a person writes it: every combination of the values of its keys is a run of one command. A key is an option of the
/// command, or <c>attack</c> or <c>probe</c>, whose values are names, or objects of a name and options of it alone.
/// </summary>
/// <param name="Cells">The runs, in the order of the keys.</param>
/// <param name="ShardSize">Examples of a shard.</param>
internal sealed record SweepGrid(IReadOnlyList<SweepCell> Cells, int ShardSize)
{
    private const int UsualShard = 512;

    private static readonly JsonDocumentOptions Relaxed =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The grid of a file.</summary>
    /// <exception cref="UsageException">The file is no grid; the message says where.</exception>
    public static SweepGrid Read(string path)
    {
        InputFile.Check(path, "sweep");
        JsonObject root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(path), documentOptions: Relaxed) as JsonObject
                ?? throw new UsageException($"{path} is not a JSON object. Write {{ \"grid\": {{ … }}, \"count\": 1000 }}.");
        }
        catch (JsonException error)
        {
            throw new UsageException(
                $"{path} is not JSON: line {error.LineNumber + 1}, place {error.BytePositionInLine + 1}. Mend it there.");
        }
        if (root["grid"] is not JsonObject grid || grid.Count == 0)
        {
            throw new UsageException($"{path}: \"grid\" is missing. Name its options and lists of their values.");
        }
        JsonObject[] excluded = [.. (root["exclude"] as JsonArray ?? []).Select(node => node as JsonObject
            ?? throw new UsageException($"{path}: \"exclude\" is a list of objects such as {{ \"attack\": \"pgd\" }}."))];
        string[] own = ["schema", "grid", "exclude", "shard"];
        (string Key, JsonNode? Value)[] all = [.. root.Where(pair => !own.Contains(pair.Key)).Select(pair => (pair.Key, pair.Value))];
        int shard = root["shard"] is null ? UsualShard : Whole(path, "shard", root["shard"]);
        List<SweepCell> cells = [];
        foreach (IReadOnlyList<(string Key, JsonNode? Value)> choice in Choices(path, [.. grid]))
        {
            if (excluded.Any(one => one.All(pair => choice.Any(c => c.Key == pair.Key && IsSame(c.Value, pair.Value))))) continue;
            cells.Add(SweepCell.Of(path, [.. choice], all, shard));
        }
        if (cells.Count == 0) throw new UsageException($"{path}: nothing is left of the grid once \"exclude\" is taken out.");
        return new(cells, shard);
    }

    internal static int Whole(string path, string key, JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out int number) && number > 0
            ? number : throw new UsageException(
                $"{path}: \"{key}\" is {node?.ToJsonString() ?? "missing"}; it is a whole number from 1 on.");

    /// <summary>One value of every key; the first key changes slowest.</summary>
    private static IEnumerable<IReadOnlyList<(string Key, JsonNode? Value)>> Choices(string path, KeyValuePair<string, JsonNode?>[] keys)
    {
        if (keys.Length == 0) return [[]];
        if (keys[0].Value is not JsonArray values || values.Count == 0)
        {
            throw new UsageException($"{path}: \"{keys[0].Key}\" of the grid is not a list of values. Write [ … ].");
        }
        return values.SelectMany(value => Choices(path, keys[1..]).Select(rest =>
            (IReadOnlyList<(string, JsonNode?)>)[(keys[0].Key, value), .. rest]));
    }

    private static bool IsSame(JsonNode? value, JsonNode? wanted) =>
        JsonNode.DeepEquals(value, wanted) || (value is JsonObject named && JsonNode.DeepEquals(named["name"], wanted));
}

/// <summary>One run of a grid: a command that is cut into shards.</summary>
/// <param name="Name">Of its folder: words and a hash, so that a longer grid keeps the folders of the old one.</param>
/// <param name="Words">The command without a shard and a folder.</param>
/// <param name="Examples">Examples of the run.</param>
/// <param name="Shards">Shards of the run.</param>
internal sealed record SweepCell(string Name, string[] Words, int Examples, int Shards)
{
    /// <summary>The value of an option of the command; none where it has none.</summary>
    public string? Option(string name) =>
        Array.IndexOf(Words, name) is >= 0 and int at && at + 1 < Words.Length ? Words[at + 1] : null;

    public ExampleRange Range(int shard) => new Shard(shard, Shards).Range(Examples);

    internal static SweepCell Of(
        string path, (string Key, JsonNode? Value)[] chosen, (string Key, JsonNode? Value)[] fixedValues, int shardSize)
    {
        List<string> words = [], rest = [], names = [];
        foreach ((string key, JsonNode? value) in chosen.Concat(fixedValues))
        {
            bool isOfGrid = chosen.Any(c => c.Key == key);
            if (key is "attack" or "probe")
            {
                if (words.Count > 0) throw new UsageException($"{path}: a sweep is of attacks or of probes. Leave one out.");
                string name = Text((value as JsonObject)?["name"] ?? value) ?? throw new UsageException($"{path}: \"{key}\" has no name.");
                words = [key, name];
                foreach ((string option, JsonNode? of) in value as JsonObject ?? []) if (option != "name") Append(rest, option, of);
                names.Add(name);
                continue;
            }
            Append(rest, key, value);
            if (isOfGrid) names.Add(key == "seed" ? $"s{Text(value)}" : Path.GetFileNameWithoutExtension(Text(value) ?? key));
        }
        if (words.Count == 0) words = ["evaluate"];
        if (words is ["probe", "class-paths" or "convexity" or "star", ..])
        {
            throw new UsageException($"{path}: probe {words[1]} is not cut by images. Run it with --shard 0/8 to 7/8 by itself.");
        }
        JsonNode? count = chosen.Concat(fixedValues).FirstOrDefault(pair => pair.Key == "count").Value;
        int examples = SweepGrid.Whole(path, "count", count);
        string[] all = [.. words, .. rest];
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', all))))[..4];
        string clean = string.Concat(string.Join('.', names).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return new($"{clean}-{hash}", all, examples, (examples + shardSize - 1) / shardSize);

        void Append(List<string> to, string option, JsonNode? of)
        {
            if (of is JsonValue flag && flag.TryGetValue(out bool isOn))
            {
                if (isOn) to.Add($"--{option}");
                return;
            }
            foreach (JsonNode? one in of as JsonArray ?? [of?.DeepClone()])
            {
                to.AddRange([$"--{option}",
                    Text(one) ?? throw new UsageException($"{path}: \"{option}\" is neither text nor a number: {one?.ToJsonString()}.")]);
            }
        }
    }

    private static string? Text(JsonNode? node) => node is not JsonValue value ? null
        : value.TryGetValue(out string? text) ? text
        : value.TryGetValue(out double number) ? number.ToString("R", CultureInfo.InvariantCulture) : null;
}
