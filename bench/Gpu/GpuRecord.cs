using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>The lines of JSON that a run left, by kind.</summary>
internal sealed class GpuRecord
{
    private readonly List<JsonObject> lines;

    private GpuRecord(List<JsonObject> lines)
    {
        this.lines = lines;
        Dictionary<(string, string), double> theirs = [];
        foreach (JsonObject peer in Of("peer")) theirs[((string)peer["precision"]!, (string)peer["name"]!)] = (double)peer["ms"]!;
        Times = [.. Of("row").Select(row => new GpuTime(row,
            theirs.TryGetValue(((string)row["precision"]!, $"{row["group"]}: {row["name"]}"), out double ms) ? ms : null))];
    }

    public IReadOnlyList<GpuTime> Times { get; }

    public IEnumerable<JsonObject> Devices => Of("device");

    public IEnumerable<JsonObject> Checks => Of("check");

    public IEnumerable<string> Notes => Of("note").Select(line => (string)line["text"]!);

    /// <summary>None where PyTorch did not run.</summary>
    public JsonObject? Torch => Of("torch").FirstOrDefault();

    public static GpuRecord Read(string path)
    {
        List<JsonObject> lines = [];
        foreach (string line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            try
            {
                if (JsonNode.Parse(line) is JsonObject record) lines.Add(record);
            }
            catch (JsonException)
            {
                // A part that was stopped may have left half a line.
            }
        }
        return lines.Count > 0 ? new(lines) : throw new PeerException($"gpu: {path} has no lines to report.");
    }

    private IEnumerable<JsonObject> Of(string kind) => lines.Where(line => (string?)line["kind"] == kind);
}
