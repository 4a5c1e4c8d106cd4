namespace MiniGrad;

/// <summary>What to say about a name that is not known: the nearest one that is, and all of them.</summary>
public static class UnknownName
{
    /// <summary>The sentence, such as <c>recipe: there is no schedule "cosin"; did you mean "cosine"? Known: …</c></summary>
    public static string Message(string what, string given, IReadOnlyCollection<string> known, string kind = "")
    {
        string guess = NearestName.Of(given, known) is { } near ? $"; did you mean \"{near}\"?" : ".";
        return $"{what}: there is no {(kind.Length == 0 ? "" : kind + " ")}\"{given}\"{guess} Known: {string.Join(", ", known)}.";
    }
}
