using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Files;

namespace MiniGrad.Cli.Fuzzing;

/// <summary>Valid JSON files of this program and how it reads them.</summary>
internal static class JsonSeeds
{
    private static readonly JsonObject Identity = new() { ["model"] = "lenet5", ["epsilon"] = 0.25, ["attack"] = new JsonObject { ["steps"] = 40 } };

    public static IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "null", "true", "false", "{}", "[]", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "1e400", "-0", "-1",
        "[[[[[[[[", "{\"a\":", ",\"a\":1", "\xEF\xBB\xBF", "\xC0\xAF", "\xFF", "\u2028", "//", "\"../x\"", "0.5",
    ];

    public static IReadOnlyList<byte[]> Index() =>
    [
        "[]\n"u8.ToArray(),
        SeedFile.Of(path => WeightIndex.Save(path,
        [
            new("a", "a.safetensors", new string('0', 64), "lenet5", "mnist", new([0.5], [0.25]), "lenet5-mnist", 1, 12, 0.99, 99, 100, "MIT", 61706),
            new("b", "b/c.safetensors", new string('f', 64), "mlp", "digits", new([0, 1, 2], [1, 2, 3]), "-", -3, 0, 0, 0, 1, "MIT", 1),
        ])),
    ];

    public static IReadOnlyList<byte[]> ClassNames() => ["""{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"], "2": ["n01484850", "great_white_shark"]}"""u8.ToArray()];

    public static IReadOnlyList<byte[]> Summary() =>
        ["""{"schema": 1, "weights": "w.safetensors", "accuracy": 0.99, "correct": 99, "count": 100, "parts": [1, {"a": null}]}"""u8.ToArray()];

    /// <summary>Asks for the kinds of fields that the commands ask for.</summary>
    public static void ReadSummary(string path)
    {
        RunFile file = RunFile.Read(path);
        file.Text("weights");
        file.Whole("correct", 0, int.MaxValue);
        if (file.Has("parts")) file.Whole("count", 1, 1000);
    }

    public static IReadOnlyList<byte[]> Manifest() =>
        [Encoding.UTF8.GetBytes(JsonText.File(new JsonObject { ["schema"] = 1, ["command_line"] = "minigrad attack", ["identity"] = Identity.DeepClone(), ["started"] = "2025-01-01T00:00:00Z" }))];

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
