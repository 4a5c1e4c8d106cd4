using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Bench.Peers;
using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Bench.Gpu;

/// <summary>Appends what is found to a file of JSON lines, each at once, and tells it on standard error.</summary>
internal sealed class GpuLog(string path)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Device(int index, GpuFacts facts) => Write(new()
    {
        ["kind"] = "device",
        ["device"] = index,
        ["interface"] = facts.Interface,
        ["platform"] = facts.Platform,
        ["name"] = facts.Name,
        ["driver"] = facts.Driver,
        ["memory"] = facts.Memory,
        ["features"] = facts.Features,
    });

    public void Note(string text)
    {
        Console.Error.WriteLine(text);
        Write(new() { ["kind"] = "note", ["text"] = text });
    }

    /// <param name="launches">Kernels of one repetition.</param>
    /// <param name="moved">Between host and device in one repetition.</param>
    public void Row(int device, string precision, GpuRow plan, int size, PeerRow row, double seconds, long launches, TransferCount moved)
    {
        Console.Error.WriteLine($"gpu:{device} {precision} {row.Group}: {row.Name}: {seconds * 1e3:G4} ms, "
            + $"{(row.Flops > 0 ? $"{row.Flops / seconds / 1e12:F2} TFLOP/s" : $"{row.Bytes / seconds / 1e9:F0} GB/s")}, "
            + $"{launches} kernels, {moved.Uploads} up, {moved.Downloads} down");
        Write(new()
        {
            ["kind"] = "row",
            ["device"] = device,
            ["precision"] = precision,
            ["group"] = row.Group,
            ["name"] = row.Name,
            ["work"] = WorkText.Of(row.Work),
            ["size"] = size,
            ["wanted_size"] = plan.Size,
            ["flops"] = row.Flops,
            ["bytes"] = row.Bytes,
            ["ms"] = seconds * 1e3,
            ["launches"] = launches,
            ["uploads"] = moved.Uploads,
            ["uploaded_bytes"] = moved.UploadedBytes,
            ["downloads"] = moved.Downloads,
            ["downloaded_bytes"] = moved.DownloadedBytes,
            ["job"] = row.Job,
        });
    }

    private void Write(JsonObject line) => File.AppendAllText(path, line.ToJsonString(Readable) + "\n");
}
