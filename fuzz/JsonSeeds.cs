using MiniGrad.Nn.Weights;

namespace MiniGrad.Fuzz;

/// <summary>Valid JSON files beside weights and data.</summary>
internal static class JsonSeeds
{
    public static IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\n", "null", "true", "false",
        "{}", "[]", "\"\"", "1e400", "-0", "-1", "0.5", "//", "\"../x\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "[[[[[[[[", "{\"a\":", ",\"a\":1", "\xEF\xBB\xBF", "\xC0\xAF", "\xFF", "\xE2\x80\xA8",
    ];

    public static IReadOnlyList<byte[]> Index() =>
    [
        "[]\n"u8.ToArray(),
        SeedFile.Of(path => WeightIndex.Save(path,
        [
            new("a", "a.safetensors", new string('0', 64), "lenet5", "mnist",
                new([0.5], [0.25]), "lenet5-mnist", 1, 12, 0.99, 99, 100, "MIT", 61706),
            new("b", "b/c.safetensors", new string('f', 64), "mlp", "digits", new([0, 1, 2], [1, 2, 3]), "-", -3, 0, 0, 0, 1, "MIT", 1),
        ])),
    ];

    public static IReadOnlyList<byte[]> ClassNames() =>
        ["""{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"], "2": ["n01484850", "great_white_shark"]}"""u8.ToArray()];
}
