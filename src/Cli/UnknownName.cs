using MiniGrad.Data;

namespace MiniGrad.Cli;

/// <summary>What to say about a name that is not known: the nearest one that is, and all of them.</summary>
internal static class UnknownName
{
    public static string Message(string what, string given, IReadOnlyCollection<string> known)
    {
        string guess = NearestName.Of(given, known) is { } near ? $"; did you mean \"{near}\"?" : ".";
        return $"{what}: there is no \"{given}\"{guess} Known: {string.Join(", ", known)}.";
    }
}
