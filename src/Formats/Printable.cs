using System.Text.Json;

namespace MiniGrad.Formats;

/// <summary>Shows text from a file in an error message: quoted, cut to one short line, without control characters.</summary>
internal static class Printable
{
    private const int Longest = 100;

    public static string Name(string text) => $"\"{Line(text)}\"";

    /// <summary>What the JSON reader said, without its line and column: errors name the byte offset.</summary>
    public static string Reason(JsonException error)
    {
        int place = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return Line(place < 0 ? error.Message : error.Message[..place]);
    }

    public static string Line(string text, int longest = Longest)
    {
        ReadOnlySpan<char> start = text.AsSpan(0, Math.Min(text.Length, longest));
        char[] shown = start.ToArray();
        for (int i = 0; i < shown.Length; i++)
        {
            if (char.IsControl(shown[i]) || char.IsSurrogate(shown[i]) || shown[i] is '\u2028' or '\u2029') shown[i] = '?';
        }
        return text.Length > longest ? $"{new string(shown)}… ({text.Length} characters)" : new string(shown);
    }
}
