using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The threats that can be named as <c>name:value</c>: <c>linf:8/255</c>, <c>l2:0.5</c>, <c>l1:12</c>, <c>l0:10</c>,
/// <c>warp:30deg,3px</c>, <c>warp-linf:30deg,3px,8/255</c>, <c>features:0.5</c>, <c>lpips:0.05</c>. Users add their own.
/// </summary>
public static class ThreatCatalog
{
    private static readonly Lock Guard = new();
    private static readonly SortedDictionary<string, Func<string, Threat>> Entries = new(StringComparer.Ordinal);

    static ThreatCatalog()
    {
        Add("linf", text => Threat.Linf(Number("linf", text)));
        Add("l2", text => Threat.L2(Number("l2", text)));
        Add("l1", text => Threat.L1(Number("l1", text)));
        Add("l0", text => Threat.L0(Number("l0", text)));
        Add("warp", text => Warp("warp", text.Split(',')));
        Add("spatial", text => Warp("spatial", text.Split(',')));
        Add("warp-linf", WarpLinf);
        Add("features", Features);
        Add("lpips", text => new LpipsBall(null, Number("lpips", text)));
    }

    /// <summary>The names, in order.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            lock (Guard) return [.. Entries.Keys];
        }
    }

    /// <summary>Adds a threat, or replaces the one of the same name. The function makes it from what is typed behind the colon.</summary>
    public static void Add(string name, Func<string, Threat> parse)
    {
        lock (Guard) Entries[name] = parse;
    }

    /// <summary>The threat of a text; several between plus signs are their union.</summary>
    /// <exception cref="ArgumentException">The text names no threat, or its value makes no sense.</exception>
    public static Threat Parse(string text)
    {
        string[] parts = Parts(text);
        return parts.Length == 1 ? One(text) : new UnionThreat(Array.ConvertAll(parts, One));
    }

    /// <summary>The threats that a text unites, one or several. A plus sign before a digit is that of an exponent.</summary>
    internal static string[] Parts(string text) => Regex.Split(text, @"\+(?=[A-Za-z])");

    /// <summary>A number as people type it: 0.3, or a fraction such as 8/255.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static double Number(string what, string text)
    {
        string[] parts = text.Split('/');
        double[] values = new double[parts.Length];
        bool fits = parts.Length <= 2;
        for (int i = 0; i < parts.Length && fits; i++)
        {
            fits = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]);
        }
        if (!fits || (parts.Length == 2 && values[1] == 0))
        {
            throw new ArgumentException($"{what}: \"{text}\" is not a number. Write 0.03, or 8/255.");
        }
        return parts.Length == 2 ? values[0] / values[1] : values[0];
    }

    private static Threat One(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        Func<string, Threat>? parse;
        lock (Guard) Entries.TryGetValue(name, out parse);
        if (parse is null) throw new ArgumentException(Suggestion.Unknown("threat", name, Names));
        if (colon < 0)
        {
            throw new ArgumentException(
                $"threat: {name} lacks its size. Write {name}:VALUE, such as linf:8/255, l2:0.5, l1:12 or warp:30deg,3px.");
        }
        return parse(text[(colon + 1)..]);
    }

    /// <summary>The size, and behind commas the taps that are compared; all of the network's where none is named.</summary>
    private static FeatureBall Features(string text)
    {
        string[] parts = text.Split(',');
        return new(Number("features", parts[0]), parts[1..]);
    }

    private static Warp Warp(string name, string[] parts)
    {
        (double degrees, double pixels, Border border) = (0, 0, Border.Zero);
        foreach (string part in parts)
        {
            if (part.EndsWith("deg", StringComparison.Ordinal)) degrees = Number(name, part[..^3]);
            else if (part.EndsWith("px", StringComparison.Ordinal)) pixels = Number(name, part[..^2]);
            else if (part is "zero" or "edge" or "reflect") border = Enum.Parse<Border>(part, ignoreCase: true);
            else
            {
                string example = name == "warp" ? "warp:30deg,3px" : "warp-linf:30deg,3px,8/255";
                throw new ArgumentException($"{name}: \"{part}\" is no angle, shift or border. "
                    + $"Write {example}, and zero, edge or reflect behind a comma.");
            }
        }
        return new(degrees, pixels, border);
    }

    /// <summary>A warp, the change of a pixel, and whether that comes after: 30deg,3px,8/255,after.</summary>
    private static WarpLinf WarpLinf(string text)
    {
        const string name = "warp-linf";
        string[] parts = text.Split(',');
        string[] sizes = [.. parts.Where(part => part.Length > 0 && char.IsAsciiDigit(part[^1]))];
        if (sizes.Length != 1)
        {
            throw new ArgumentException($"{name}: \"{text}\" must hold one change of pixels. Write {name}:30deg,3px,8/255.");
        }
        bool isAfter = parts.Contains("after");
        return new(Warp(name, [.. parts.Where(part => part is not ("after" or "before") && part != sizes[0])]),
            Number(name, sizes[0]), isAfter);
    }
}
