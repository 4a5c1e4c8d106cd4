using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Fuzz;

/// <summary>Valid files of run folders, and how the commands read them.</summary>
internal static class RunSeeds
{
    private static readonly JsonObject Identity = new()
    {
        ["model"] = "lenet5",
        ["epsilon"] = 0.25,
        ["attack"] = new JsonObject { ["steps"] = 40 },
    };

    public static IReadOnlyList<byte[]> Summary() =>
    [
        """{"schema": 1, "weights": "w.st", "accuracy": 0.99, "correct": 99, "count": 100, "parts": [1, {"a": null}]}"""u8.ToArray(),
    ];

    /// <summary>Asks for the kinds of fields that the commands ask for.</summary>
    public static void ReadSummary(string path)
    {
        RunFile file = RunFile.Read(path);
        file.Text("weights");
        file.Whole("correct", 0, int.MaxValue);
        if (file.Has("parts")) file.Whole("count", 1, 1000);
    }

    public static IReadOnlyList<byte[]> Manifest()
    {
        JsonObject manifest = new()
        {
            ["schema"] = 1,
            ["command_line"] = "minigrad attack",
            ["identity"] = Identity.DeepClone(),
            ["started"] = "2025-01-01T00:00:00Z",
        };
        return [Encoding.UTF8.GetBytes(JsonText.File(manifest))];
    }

    /// <summary>A run that differs is wrong usage, which is said by an exception of its own.</summary>
    public static void ReadManifest(string path)
    {
        try
        {
            RunFolder.Check(Path.GetDirectoryName(path)!, Identity, resume: true);
        }
        catch (UsageException)
        {
            // The file was read.
        }
    }

    public static IReadOnlyList<byte[]> Results() =>
    [
        """
        {"schema":1,"example":0,"status":"flipped","norm":0.25}
        {"schema":1,"example":1,"status":"kept","norm":null}
        {"schema":1,"exam
        """u8.ToArray(),
    ];

    public static void ReadResults(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        File.WriteAllBytes(Path.Combine(folder, "manifest.json"), Manifest()[0]);
        using RunFolder run = RunFolder.Open(folder, new JsonObject { ["identity"] = Identity.DeepClone() }, resume: true);
        foreach (JsonObject line in run.Former) _ = line["example"];
    }
}
