using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;

namespace MiniGrad.Lab.Runs;

/// <summary>
/// One finished shard as one safetensors file: the lines of its results and what belongs to it in the metadata, what lines are too short
/// for as tensors, named by the part file that a run keeps them in. <see cref="Sha256"/> covers both; provenance, which says where and
/// when it was computed, is covered by no hash, so that two attempts at one shard can be compared.
/// </summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Range">Its examples.</param>
/// <param name="Run">What decides the outcome of the whole run, as JSON.</param>
/// <param name="Lines">Its results, one line for each example, in order.</param>
/// <param name="Sha256">Of lines and tensors.</param>
/// <param name="Provenance">Where and when it was computed, as JSON.</param>
internal sealed record ShardFile(string Path, ExampleRange Range, string Run, string Lines, string Sha256, string Provenance)
{
    private const string Schema = "minigrad shard 1";

    /// <summary>Writes a shard, whole.</summary>
    /// <param name="path">Where.</param>
    /// <param name="range">Its examples.</param>
    /// <param name="run">What decides the outcome of the whole run.</param>
    /// <param name="lines">Its results.</param>
    /// <param name="parts">Paths of the part files of its run.</param>
    /// <param name="provenance">Where and when.</param>
    public static ShardFile Write(
        string path, ExampleRange range, JsonObject run, string lines, IReadOnlyList<string> parts, JsonObject provenance)
    {
        List<(string, Tensor)> tensors = [];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["schema"] = Schema,
            ["first"] = range.First.ToString(CultureInfo.InvariantCulture),
            ["count"] = range.Count.ToString(CultureInfo.InvariantCulture),
            ["run"] = JsonText.Line(run),
            ["lines"] = lines,
            ["provenance"] = JsonText.Line(provenance),
        };
        foreach (string part in parts.Order(StringComparer.Ordinal))
        {
            string name = System.IO.Path.GetFileName(part);
            using SafetensorsFile file = SafetensorsFile.Open(part);
            foreach (string tensor in file.Names) tensors.Add(($"{name}/{tensor}", file.Read(tensor)));
            foreach ((string key, string value) in file.Metadata) metadata[$"{name}/{key}"] = value;
        }
        string hash = metadata["sha256"] = Hash(metadata, tensors);
        OutputFile.Guard(path, () => Safetensors.Write(path, tensors, metadata));
        return new(path, range, metadata["run"], lines, hash, metadata["provenance"]);
    }

    /// <summary>The facts of a shard; its tensors stay where they are.</summary>
    /// <exception cref="RunFolderException">It is none, or damaged.</exception>
    public static ShardFile Read(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return Facts(file, path);
        }
        catch (SafetensorsException error)
        {
            throw new RunFolderException(path, error.Offset, $"the shard is damaged: {error.Message} Remove it and run that shard again");
        }
    }

    /// <summary>Throws unless lines and tensors have the hash that was written with them, and the lines are those of the range.</summary>
    /// <exception cref="RunFolderException">They have not.</exception>
    public void Verify()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        if (Hash(file.Metadata, file.Names.Select(name => (name, file.Read(name)))) != Sha256)
        {
            throw new RunFolderException(Path, 0, "its contents do not have the hash that was written with them: the file is damaged. "
                + "Remove it and run that shard again");
        }
        int next = Range.First;
        foreach (ReadOnlyMemory<byte> line in Split(Encoding.UTF8.GetBytes(Lines)))
        {
            if (IndexOf(line.Span) != next++) throw Foreign(Path, $"line {next - Range.First} is not of example {next - 1}");
        }
        if (next != Range.First + Range.Count) throw Foreign(Path, $"it has {next - Range.First} lines for {Range.Count} examples");
    }

    /// <summary>Writes the part files of the shard's run into a folder.</summary>
    public void WriteParts(string folder)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        foreach (IGrouping<string, string> part in file.Names.GroupBy(name => name[..name.IndexOf('/', StringComparison.Ordinal)]))
        {
            Dictionary<string, string> metadata = file.Metadata
                .Where(pair => pair.Key.StartsWith(part.Key + "/", StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key[(part.Key.Length + 1)..], pair => pair.Value);
            string path = System.IO.Path.Combine(folder, System.IO.Path.GetFileName(part.Key));
            OutputFile.Guard(folder, () => Safetensors.Write(
                path, [.. part.Select(name => (name[(part.Key.Length + 1)..], file.Read(name)))], metadata));
        }
    }

    /// <summary>The lines of some bytes, without their ends.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Span.IndexOf((byte)'\n') is >= 0 and int end)
        {
            yield return bytes[..end];
            bytes = bytes[(end + 1)..];
        }
    }

    private static ShardFile Facts(SafetensorsFile file, string path)
    {
        string Text(string key) => file.Metadata.TryGetValue(key, out string? text)
            ? text : throw Foreign(path, $"it has no \"{key}\"");
        int Whole(string key) => int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value : throw Foreign(path, $"its \"{key}\" is no whole number");
        if (Text("schema") != Schema) throw Foreign(path, $"it is of schema \"{Text("schema")}\", not \"{Schema}\"");
        foreach (string name in file.Names)
        {
            if (!name.StartsWith("part-", StringComparison.Ordinal) || !name.Contains('/', StringComparison.Ordinal))
            {
                throw Foreign(path, $"its tensor {name} is of no part file");
            }
        }
        return new(path, new(Whole("first"), Whole("count")), Text("run"), Text("lines"), Text("sha256"), Text("provenance"));
    }

    private static RunFolderException Foreign(string path, string problem) =>
        new(path, 0, $"{problem}. Remove the file and run that shard again");

    private static string Hash(IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (key is "sha256" or "provenance") continue;
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}\n{value}\n"));
        }
        foreach ((string name, Tensor value) in tensors.OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {value.Type} {value.Shape}\n"));
            hash.AppendData(HostBytes.Bytes(value));
            GC.KeepAlive(value);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The number of a line's example, without making a tree of it; -1 where it has none.</summary>
    private static int IndexOf(ReadOnlySpan<byte> line)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            while (reader.Read())
            {
                bool isKey = reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName;
                if (!isKey || !reader.ValueTextEquals("index"u8)) continue;
                return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int index) ? index : -1;
            }
        }
        catch (JsonException)
        {
            // Said by the number that is missing.
        }
        return -1;
    }
}
