using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>A run as Markdown for readers and as one JSON object for machines.</summary>
internal sealed class PeerReport(
    PeerOptions options, Roofline roofline, string? peer, int pairs,
    IReadOnlyList<PeerResult> results, PeerMemory? ourMemory, PeerMemory? theirMemory)
{
    private const double SlowRatio = 1;

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private readonly PeerGoal[] goals = [.. new PeerGoals(results, roofline, ourMemory, theirMemory).All];

    public string Markdown()
    {
        StringBuilder text = new();
        text.AppendLine("# MiniGrad beside "
            + $"PyTorch{(options.Quick ? ", quick run" : "")}{(options.Filter is { } filter ? $", rows with \"{filter}\"" : "")}");
        text.AppendLine();
        text.AppendLine($"{date}. {Machine.Description}; load average before the run {Machine.Load}. Beside it: {peer ?? Python.Missing}.");
        text.AppendLine();
        foreach (int threads in options.Threads) text.AppendLine($"- Measured limits, {roofline.Describe(threads)}");
        text.AppendLine();
        text.AppendLine($"""
            Both sides compute the same shapes in F32 with random weights, in turn, {pairs} pairs a row: medians of the time of one
            repetition, and of the ratios of the pairs (PyTorch's time over ours: above 1 we are faster). With several threads
            PyTorch runs with the better of OpenMP's two wait policies, row by row. Operations are those of the direct
            algorithm, padding included; bytes are inputs, weights and results once. The floor is the larger of the times that
            they take at the measured limits. Fast algorithms for 3 x 3 convolutions can pass 100 % of it.
            """);
        text.AppendLine();
        AppendGoals(text);
        AppendMemory(text);
        AppendSlow(text);
        foreach (IGrouping<string, PeerResult> group in results.GroupBy(r => r.Row.Group)) AppendGroup(text, group);
        return text.ToString();
    }

    public string Json() => new JsonObject
    {
        ["date"] = date,
        ["machine"] = Machine.Description,
        ["load_average"] = Machine.Load,
        ["peer"] = peer,
        ["quick"] = options.Quick,
        ["filter"] = options.Filter,
        ["pairs"] = pairs,
        ["peak_gflops"] = new JsonObject(options.Threads.Select(t => KeyValuePair.Create($"{t}", (JsonNode?)(roofline.Peak(t) / 1e9)))),
        ["goals"] = new JsonArray([.. goals.Select(goal => new JsonObject
        {
            ["goal"] = goal.Text,
            ["wanted"] = goal.Wanted,
            ["measured"] = goal.Measured,
            ["met"] = goal.IsMet,
        })]),
        ["memory"] = ourMemory is null
            ? null
            : new JsonObject { ["ours"] = Memory(ourMemory), ["theirs"] = theirMemory is null ? null : Memory(theirMemory) },
        ["rows"] = new JsonArray([.. results.Select(r => new JsonObject
        {
            ["group"] = r.Row.Group,
            ["name"] = r.Row.Name,
            ["threads"] = r.Threads,
            ["flops"] = r.Row.Flops,
            ["bytes"] = r.Row.Bytes,
            ["ours_ms"] = r.Ours * 1e3,
            ["theirs_ms"] = r.Theirs * 1e3,
            ["ratio"] = r.Ratio,
            ["floor_ms"] = r.Floor * 1e3,
            ["share"] = r.Share,
        })]),
    }.ToJsonString(Indented) + Environment.NewLine;

    private void AppendGoals(StringBuilder text)
    {
        text.AppendLine("## Goals").AppendLine();
        text.AppendLine("| goal | wanted | measured | |").AppendLine("| --- | --- | --- | --- |");
        foreach (PeerGoal goal in goals)
        {
            text.AppendLine($"| {goal.Text} | {goal.Wanted} | {goal.Measured?.ToString(goal.Format) ?? "-"} | {goal.Verdict} |");
        }
        text.AppendLine();
    }

    private void AppendMemory(StringBuilder text)
    {
        if (ourMemory is null) return;
        text.AppendLine($"Peak resident memory of {PeerMemory.Network.Name}, batch {PeerMemory.Batch}, input gradient, "
            + $"in a fresh process, {options.Threads.Max()} threads:").AppendLine();
        text.AppendLine("| | peak, MB | before the network ran | difference |").AppendLine("| --- | --- | --- | --- |");
        foreach ((string side, PeerMemory? memory) in ((string, PeerMemory?)[])[("MiniGrad", ourMemory), ("PyTorch", theirMemory)])
        {
            if (memory is not null)
            {
                text.AppendLine(
                    $"| {side} | {memory.Peak / 1e6:F0} | {memory.Before / 1e6:F0} | {(memory.Peak - memory.Before) / 1e6:F0} |");
            }
        }
        text.AppendLine();
    }

    private void AppendSlow(StringBuilder text)
    {
        PeerResult[] slow = [.. results.Where(r => r.Ratio < SlowRatio).OrderBy(r => r.Ratio)];
        if (slow.Length == 0) return;
        text.AppendLine($"## The {slow.Length} of {results.Count} rows that PyTorch wins").AppendLine();
        text.AppendLine("| row | threads | ratio |").AppendLine("| --- | --- | --- |");
        foreach (PeerResult r in slow) text.AppendLine($"| {r.Row.Group}: {r.Row.Name} | {r.Threads} | {r.Ratio:F2} |");
        text.AppendLine();
    }

    private static void AppendGroup(StringBuilder text, IGrouping<string, PeerResult> group)
    {
        text.AppendLine($"## {group.Key}").AppendLine();
        text.AppendLine("| row | threads | ours, ms | PyTorch, ms | ratio | MFLOP | MB | floor, ms | share |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (PeerResult r in group)
        {
            text.AppendLine($"| {r.Row.Name} | {r.Threads} | {Short(r.Ours * 1e3)} | {Short(r.Theirs * 1e3)} | {r.Ratio:F2} | "
                + $"{Short(r.Row.Flops / 1e6)} | {Short(r.Row.Bytes / 1e6)} | {Short(r.Floor * 1e3)} | {r.Share:P0} |");
        }
        text.AppendLine();
    }

    /// <summary>Three digits, or all before the point.</summary>
    private static string Short(double? value) => value switch
    {
        null => "-",
        >= 100 => $"{value:F0}",
        >= 10 => $"{value:F1}",
        >= 1 => $"{value:F2}",
        0 => "0",
        _ => $"{value:G3}",
    };

    private static JsonObject Memory(PeerMemory memory) => new() { ["peak_bytes"] = memory.Peak, ["before_bytes"] = memory.Before };
}
