using System.Text.Json;

namespace MiniGrad.Lab.Runs;

/// <summary>Checks JSON in full: documents and nodes find keys that are half of a surrogate pair only when they meet them.</summary>
internal static class RunJson
{
    /// <summary>Twice the same key would also be found late, or not at all.</summary>
    public static JsonDocumentOptions Options => new() { AllowDuplicateProperties = false };

    /// <summary>Throws a <see cref="JsonException"/> unless all strings are text.</summary>
    public static void Check(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            }
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("a string is no text", error);
        }
    }
}
