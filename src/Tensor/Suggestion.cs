namespace MiniGrad;

/// <summary>
/// Guesses which known name was meant by a mistyped one: the smallest Damerau–Levenshtein distance (insert, delete,
/// replace, swap of neighbours), upper and lower case alike.
/// </summary>
internal static class Suggestion
{
    /// <summary>The nearest known name, the first of equals; null when none is within max(2, length / 3) edits.</summary>
    public static string? Nearest(string given, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(known);
        string? nearest = null;
        int least = Math.Max(2, given.Length / 3) + 1;
        foreach (string name in known)
        {
            int distance = Distance(given.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance >= least) continue;
            least = distance;
            nearest = name;
        }
        return nearest;
    }

    /// <summary>
    /// What to say about a name that is not known, such as <c>recipe: there is no schedule "cosin"; did you mean
    /// "cosine"? Known: …</c>
    /// </summary>
    /// <param name="what">Who was asked: the beginning of the sentence.</param>
    /// <param name="given">The name that is not known.</param>
    /// <param name="known">All names that are.</param>
    /// <param name="kind">What is named, in a word; left out by default.</param>
    public static string Unknown(string what, string given, IReadOnlyCollection<string> known, string kind = "")
    {
        string guess = Nearest(given, known) is { } near ? $"; did you mean \"{near}\"?" : ".";
        return $"{what}: there is no {(kind.Length == 0 ? "" : kind + " ")}\"{given}\"{guess} Known: {string.Join(", ", known)}.";
    }

    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(replace, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                cost[i, j] = swapped ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
            }
        }
        return cost[a.Length, b.Length];
    }
}
