using System.Text;
using MiniGrad.Formats;
using MiniGrad.Nn.Weights;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Nn;

public sealed class WeightIndexTests : IDisposable
{
    private static readonly WeightRecord Record = new(
        "lenet-mnist", "mnist/lenet.safetensors", new string('a', 64), "lenet", "mnist", new Preprocessing([0.1307], [0.3081]),
        "minigrad train lenet --epochs 10", 7, 10, 0.9912, 9912, 10000, "MIT", 61706);

    private const string Json = """
        [
          {
            "name": "lenet-mnist",
            "file": "mnist/lenet.safetensors",
            "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "architecture": "lenet",
            "data_set": "mnist",
            "preprocessing": {
              "mean": [
                0.1307
              ],
              "std": [
                0.3081
              ]
            },
            "recipe": "minigrad train lenet --epochs 10",
            "seed": 7,
            "epochs": 10,
            "accuracy": 0.9912,
            "correct": 9912,
            "count": 10000,
            "license": "MIT",
            "parameters": 61706
          }
        ]

        """;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A text of the good index, what replaces it, and words of the refusal.</summary>
    public static TheoryData<string, string, string> Fields => new()
    {
        { "\"lenet-mnist\"", "\"\"", "name must be one non-empty line" },
        { "\"lenet-mnist\"", "null", "name" },
        { "\"lenet-mnist\"", "\"a\\nb\"", "name must be one non-empty line" },
        { "\"lenet-mnist\"", "5", "$.name" },
        { "\"name\"", "\"nom\"", "nom" },
        { "\"name\"", "\"na\\u2028me\"", "'na?me'" },
        { "\"name\": \"lenet-mnist\",", "", "name" },
        { "\"seed\": 7,", "", "seed" },
        { "\"seed\": 7,", "\"seed\": 7, \"seed\": 8,", "seed" },
        { "\"seed\": 7,", "\"seed\": 7.5,", "$.seed" },
        { "\"seed\": 7,", "\"seed\": \"7\",", "$.seed" },
        { "\"seed\": 7,", "\"seed\": 9223372036854775808,", "$.seed" },
        { "mnist/lenet.safetensors", "../lenet.safetensors", "relative path" },
        { "mnist/lenet.safetensors", "mnist/../../x", "relative path" },
        { "mnist/lenet.safetensors", "/etc/passwd", "relative path" },
        { "mnist/lenet.safetensors", "a\\\\b", "relative path" },
        { "mnist/lenet.safetensors", "C:x", "relative path" },
        { "mnist/lenet.safetensors", "a//b", "relative path" },
        { "mnist/lenet.safetensors", "", "relative path" },
        { "aaaa\"", "aaa\"", "64 lower-case" },
        { "aaaa\"", "aaaA\"", "64 lower-case" },
        { "aaaa\"", "aaag\"", "64 lower-case" },
        { "\"architecture\": \"lenet\"", "\"architecture\": \" \"", "architecture" },
        { "\"data_set\": \"mnist\"", "\"data_set\": \"\"", "data_set" },
        { "\"data_set\"", "\"dataSet\"", "dataSet" },
        { "minigrad train lenet --epochs 10", "", "recipe" },
        { "\"MIT\"", "\"\"", "license" },
        { "0.1307", "", "0 and 1" },
        { "0.1307", "0.1, 0.2", "2 and 1" },
        { "0.1307", "1e999", "finite" },
        { "0.1307", "null", "preprocessing" },
        { "0.3081", "0", "above 0" },
        { "0.3081", "-1", "above 0" },
        { "\"epochs\": 10,", "\"epochs\": -1,", "epochs -1" },
        { "\"epochs\": 10,", "\"epochs\": 3000000000,", "$.epochs" },
        { "0.9912", "99.12", "between 0 and 1" },
        { "0.9912", "-0.1", "between 0 and 1" },
        { "0.9912", "0.9914", "is not correct / count" },
        { "\"correct\": 9912", "\"correct\": 10001", "between 0 and count" },
        { "\"correct\": 9912", "\"correct\": -1", "between 0 and count" },
        { "\"count\": 10000", "\"count\": 0", "count 0" },
        { "61706", "0", "parameters 0" },
    };

    /// <summary>Broken syntax; the mark ¦ is taken out and stands where the error must be reported.</summary>
    public static TheoryData<string, string> Texts => new()
    {
        { "¦", "empty" },
        { "¦{}", "array of records" },
        { "¦5", "array of records" },
        { "[¦5]", "must be an object" },
        { "[¦null]", "must be an object" },
        { "[¦{}]", "missing required properties" },
        { "[{¦x}]", "not valid JSON" },
        { "[]¦x", "not valid JSON" },
        { "[¦", "not valid JSON" },
        { "¦<!doctype html>", "HTML" },
        { "¦version https://git-lfs.github.com/spec/v1", "git lfs pull" },
        { "[¦\"\\ud800\"]", "valid UTF-8 text" },
    };

    [Fact]
    public void The_written_text_is_this_and_is_read()
    {
        WeightIndex.Save(folder["index.json"], [Record]);
        Assert.Equal(Json, File.ReadAllText(folder["index.json"]));
        Same(Record, Assert.Single(WeightIndex.Load(folder["index.json"])));
    }

    [Fact]
    public void Records_are_sorted_by_name()
    {
        WeightIndex.Save(folder["a"], [Record with { Name = "b" }, Record with { Name = "a", Seed = -3 }, Record with { Name = "B" }]);
        Assert.Equal(["B", "a", "b"], WeightIndex.Load(folder["a"]).Select(r => r.Name));
        Assert.Equal(-3, WeightIndex.Load(folder["a"])[1].Seed);
        WeightIndex.Save(folder["b"], []);
        Assert.Empty(WeightIndex.Load(folder["b"]));
    }

    [Fact]
    public void Bad_records_are_not_written()
    {
        Assert.Contains("two records", Assert.Throws<ArgumentException>(() => WeightIndex.Save(folder["a"], [Record, Record])).Message);
        Assert.Contains("sha256",
            Assert.Throws<ArgumentException>(() => WeightIndex.Save(folder["a"], [Record with { Sha256 = "" }])).Message);
        Assert.Contains("accuracy",
            Assert.Throws<ArgumentException>(() => WeightIndex.Save(folder["a"], [Record with { Accuracy = double.NaN }])).Message);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_bad_field_is_refused(string good, string bad, string words)
    {
        Assert.Contains(good, Json);
        Refused(Json.Replace(good, bad, StringComparison.Ordinal), 4, words);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Broken_text_is_refused(string marked, string words) =>
        Refused(marked.Replace("¦", "", StringComparison.Ordinal), marked.IndexOf('¦', StringComparison.Ordinal), words);

    [Fact]
    public void A_name_may_occur_once()
    {
        string record = Json.Trim()[1..^1];
        Refused($"[{record},{record}]", 1 + record.Length + 1 + 3, "occurs twice");
    }

    [Fact]
    public void A_depth_bomb_is_refused() => Refused(new string('[', 100_000), null, "not valid JSON");

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Throws<WeightIndexException>(() => WeightIndex.Load(folder.Put("i", [(byte)'[', (byte)'"', 0xFF, (byte)'"', (byte)']'])));

    [Fact]
    public void The_hash_of_a_weight_file_is_verified()
    {
        Directory.CreateDirectory(folder["mnist"]);
        folder.Put("mnist/lenet.safetensors", "abc"u8.ToArray());
        (Record with { Sha256 = FileHash.Sha256(folder["mnist/lenet.safetensors"]) }).Verify(folder["."]);
        var e = Assert.Throws<WeightIndexException>(() => Record.Verify(folder["."]));
        Assert.Contains("ba7816bf", e.Message);
        Assert.EndsWith("lenet.safetensors", e.Path, StringComparison.Ordinal);
    }

    internal static byte[] GoodBytes() => Encoding.UTF8.GetBytes(Json);

    private static void Same(WeightRecord a, WeightRecord b)
    {
        Assert.Equal(a.Preprocessing.Mean, b.Preprocessing.Mean);
        Assert.Equal(a.Preprocessing.Std, b.Preprocessing.Std);
        Assert.Equal(a, b with { Preprocessing = a.Preprocessing });
    }

    private void Refused(string text, long? offset, string words)
    {
        string path = folder.Put("index.json", Encoding.UTF8.GetBytes(text));
        var e = Assert.Throws<WeightIndexException>(() => WeightIndex.Load(path));
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        if (offset is { } expected) Assert.True(expected == e.Offset, $"at {e.Offset}, expected {expected}: {e.Message}");
    }
}
