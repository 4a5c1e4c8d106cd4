using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Lab;

/// <summary>How the program writes JSON: snake_case keys, numbers as numbers, letters as they are.</summary>
public static class JsonText
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The node on one line.</summary>
    public static string Line(JsonNode node) => node.ToJsonString(Compact);

    /// <summary>The node as the content of a file of its own.</summary>
    public static string File(JsonNode node) => node.ToJsonString(Indented) + "\n";

    /// <summary>A record as a node with snake_case keys.</summary>
    public static JsonObject Of<T>(T record) => JsonSerializer.SerializeToNode(record, Compact)!.AsObject();

    /// <summary>A number, or null where JSON has none: NaN and the infinities.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    public static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(value => JsonValue.Create(value))];
}
