namespace MiniGrad.Formats.Weights;

/// <summary>What wrappers of networks put before all names: data parallelism, compilation, a network inside of another.</summary>
internal static class WrapperPrefix
{
    private static readonly string[] Known = ["module.", "model.", "net.", "network.", "backbone.", "_orig_mod.", "_model."];

    /// <summary>The known prefixes, one after another, that every name begins with; a name of nothing else keeps its last.</summary>
    public static string Of(IReadOnlyCollection<string> names)
    {
        string prefix = "";
        while (names.Count > 0)
        {
            string? next = Array.Find(Known, known => names.All(name => Follows(name, prefix.Length, known)));
            if (next is null) return prefix;
            prefix += next;
        }
        return prefix;
    }

    private static bool Follows(string name, int at, string known) => name.Length > at + known.Length && name.AsSpan(at).StartsWith(known);
}
