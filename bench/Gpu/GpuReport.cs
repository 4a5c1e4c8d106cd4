using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>A run on a GPU as Markdown that can be kept.</summary>
internal sealed class GpuReport(GpuRecord record, string command)
{
    private const int MostFailures = 20;

    private readonly JsonObject[] devices = [.. record.Devices];

    private string Card => devices.Length > 0 ? (string)devices[0]["name"]! : "no GPU";

    /// <summary>The card in lower-case letters, digits and hyphens.</summary>
    public string Slug => string.Join('-', new string([.. Card.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')])
        .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public string Markdown()
    {
        StringBuilder text = new();
        text.AppendLine($"# MiniGrad on {Card}").AppendLine();
        string torch = record.Torch is { } t
            ? $"PyTorch {t["version"]}, CUDA {t["cuda"]}, cuDNN {t["cudnn"]}, on {t["device"]}"
            : "PyTorch did not run";
        text.AppendLine($"{DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}. Command: "
            + $"`{command}`. Beside it: {torch}.").AppendLine();
        foreach (JsonObject device in devices)
        {
            text.AppendLine($"- gpu:{device["device"]}, {device["interface"]}: {device["name"]}, driver {device["driver"]}, "
                + $"{(long)device["memory"]! >> 20} MB; {device["features"]}");
        }
        foreach (string note in record.Notes) text.AppendLine($"- {note}");
        text.AppendLine();
        text.AppendLine("""
            Both sides compute the same shapes with random weights: warmed up, medians of batches of calls that end in a wait. The
            ratio is PyTorch's time over ours: above 1 we are faster. PyTorch runs eagerly with its defaults, but `allow_tf32` of
            products and of cuDNN off for f32 and on for tf32. Operations are those of the direct algorithm; shares are of the card's
            data sheet. Launches and transfers between host and device are those of one repetition.
            """).AppendLine();
        AppendChecks(text);
        AppendGoals(text);
        foreach (IGrouping<string, GpuTime> group in record.Times.GroupBy(time => time.Group)) AppendGroup(text, group);
        return text.ToString();
    }

    private void AppendChecks(StringBuilder text)
    {
        text.AppendLine("## Checks").AppendLine();
        text.AppendLine("| device | part | passed | failed | left out | seconds |").AppendLine("| --- | --- | --- | --- | --- | --- |");
        foreach (JsonObject check in record.Checks)
        {
            text.AppendLine($"| {Device((int)check["device"]!)} | {check["part"]} | {check["passed"]} | {check["failed"]} | "
                + $"{check["left_out"]} | {check["seconds"]} |");
        }
        text.AppendLine();
        string[] failures = [.. record.Checks.SelectMany(check =>
            ((JsonArray)check["failures"]!).Select(failure => $"{Device((int)check["device"]!)}: {failure}"))];
        foreach (string failure in failures.Take(MostFailures)) text.AppendLine($"- {failure}");
        if (failures.Length > MostFailures) text.AppendLine($"- and {failures.Length - MostFailures} more");
        if (failures.Length > 0) text.AppendLine();
    }

    private void AppendGoals(StringBuilder text)
    {
        text.AppendLine("## Goals").AppendLine();
        text.AppendLine("| device | goal | wanted | measured | |").AppendLine("| --- | --- | --- | --- | --- |");
        foreach (IGrouping<int, GpuTime> device in record.Times.GroupBy(time => time.Device))
        {
            foreach (PeerGoal goal in GpuGoals.Of(device))
            {
                text.AppendLine($"| {Device(device.Key)} | {goal.Text} | {goal.Wanted} | "
                    + $"{goal.Measured?.ToString(goal.Format, CultureInfo.InvariantCulture) ?? "-"} | {goal.Verdict} |");
            }
        }
        text.AppendLine();
    }

    private void AppendGroup(StringBuilder text, IGrouping<string, GpuTime> group)
    {
        text.AppendLine($"## {group.Key}").AppendLine();
        text.AppendLine("| row | device | precision | ms | rate | of peak | PyTorch, ms | ratio | wanted | launches | up, down |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (GpuTime time in group.OrderBy(time => time.Precision).ThenBy(time => time.Device))
        {
            string wanted = GpuGoals.Least(time) is not { } least ? ""
                : time.Ratio is not { } ratio ? $"{least:F2}" : $"{least:F2} {(ratio >= least ? "met" : "missed")}";
            string rate = time.Teraflops is { } teraflops ? $"{Short(teraflops)} TFLOP/s" : $"{time.Gigabytes:F0} GB/s";
            text.AppendLine($"| {time.Name} | {Device(time.Device)} | {time.Precision} | {Short(time.Milliseconds)} | {rate} | "
                + $"{time.Share(CardPeaks.Of(Name(time.Device))):P0} | {Short(time.TheirMilliseconds)} | {time.Ratio:F2} | "
                + $"{wanted} | {time.Row["launches"]} | {time.Row["uploads"]}, {time.Row["downloads"]} |");
        }
        text.AppendLine();
    }

    private string Device(int index) => $"gpu:{index} {Find(index)?["interface"]}";

    private string Name(int index) => (string?)Find(index)?["name"] ?? "";

    private JsonObject? Find(int index) => Array.Find(devices, device => (int)device["device"]! == index);

    /// <summary>Three digits, or all before the point.</summary>
    private static string Short(double? value) => value switch
    {
        null => "-",
        >= 100 => $"{value:F0}",
        >= 10 => $"{value:F1}",
        >= 1 => $"{value:F2}",
        _ => $"{value:G3}",
    };
}
