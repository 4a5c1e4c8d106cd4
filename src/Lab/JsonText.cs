using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MiniGrad.Lab;

/// <summary>
/// How the program writes JSON: records are their own schema with snake_case keys, numbers as numbers, letters as they are.
/// </summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        Converters = { new FiniteNumbers() },
    };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The node on one line.</summary>
    public static string Line(JsonNode node) => node.ToJsonString(Compact);

    /// <summary>The node as the content of a file of its own.</summary>
    public static string File(JsonNode node) => node.ToJsonString(Indented) + "\n";

    /// <summary>A record as a node with snake_case keys.</summary>
    public static JsonObject Of<T>(T record) => JsonSerializer.SerializeToNode(record, Compact)!.AsObject();

    /// <summary>A record of a type that is known only while the program runs.</summary>
    public static JsonObject Of(object record, Type type) => JsonSerializer.SerializeToNode(record, type, Compact)!.AsObject();

    /// <summary>The record of a node that <see cref="Of{T}"/> made; keys that the record does not have are passed over.</summary>
    /// <exception cref="JsonException">A value is missing, or is of another kind.</exception>
    public static T Read<T>(JsonObject node) => node.Deserialize<T>(Compact)!;

    /// <summary>The same for a type that is known only while the program runs.</summary>
    public static object Read(JsonObject node, Type type) => node.Deserialize(type, Compact)!;

    /// <summary>Adds all that a node has to another one.</summary>
    internal static void Add(this JsonObject target, JsonObject more)
    {
        foreach ((string key, JsonNode? value) in more) target[key] = value?.DeepClone();
    }

    /// <summary>A number, or null where JSON has none: NaN and the infinities.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    public static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(value => JsonValue.Create(value))];

    /// <summary>NaN and the infinities are null, and null is NaN.</summary>
    private sealed class FiniteNumbers : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}
