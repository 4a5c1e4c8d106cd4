using System.Text;
using System.Text.RegularExpressions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Text with holes and conditional parts, read once: see <see cref="Template"/>.</summary>
internal sealed partial class TemplateText
{
    private readonly List<Piece> pieces;

    private TemplateText(List<Piece> pieces) => this.pieces = pieces;

    /// <summary>The names of all holes, those in parts that may not be printed too.</summary>
    public IEnumerable<string> Holes => Names(pieces, p => p is Hole hole ? [hole.Name] : []);

    /// <summary>The names of all conditions.</summary>
    public IEnumerable<string> Conditions =>
        Names(pieces, p => p is Choice choice ? choice.Branches.Select(b => b.Condition).OfType<string>() : []);

    public static TemplateText Parse(string place, string text)
    {
        int at = 0;
        List<Piece> pieces = Read(place, text, Tag().Matches(text), ref at, 0, out _, isInside: false);
        return new(pieces);
    }

    public string Fill(TemplateValues values)
    {
        StringBuilder filled = new();
        Write(pieces, values, filled);
        return filled.ToString();
    }

    /// <summary>The pieces from a position up to the tag that ends them; <paramref name="at"/> counts tags.</summary>
    private static List<Piece> Read(
        string place, string text, MatchCollection tags, ref int at, int start, out Match? end, bool isInside)
    {
        List<Piece> pieces = [];
        while (at < tags.Count)
        {
            Match tag = tags[at++];
            pieces.Add(new Literal(text[start..tag.Index]));
            start = tag.Index + tag.Length;
            string word = tag.Groups["tag"].Value.Trim();
            if (word == "/if" || word == "else" || word.StartsWith("else if ", StringComparison.Ordinal))
            {
                end = tag;
                if (!isInside) Throw.Argument($"template {place}: {tag.Value} without {{{{#if}}}}. Drop it.");
                return pieces;
            }
            if (word.StartsWith("#if ", StringComparison.Ordinal))
            {
                pieces.Add(ReadChoice(place, text, tags, ref at, ref start, Name(place, tag, word["#if ".Length..])));
                continue;
            }
            pieces.Add(new Hole(Name(place, tag, word)));
        }
        if (isInside) Throw.Argument($"template {place}: {{{{#if}}}} without {{{{/if}}}}. Close it.");
        pieces.Add(new Literal(text[start..]));
        end = null;
        return pieces;
    }

    private static Choice ReadChoice(string place, string text, MatchCollection tags, ref int at, ref int start, string? condition)
    {
        List<(string? Condition, List<Piece> Pieces)> branches = [];
        while (true)
        {
            List<Piece> part = Read(place, text, tags, ref at, start, out Match? end, isInside: true);
            branches.Add((condition, part));
            start = end!.Index + end.Length;
            string word = end.Groups["tag"].Value.Trim();
            if (word == "/if") return new(branches);
            if (condition is null) Throw.Argument($"template {place}: {end.Value} after {{{{else}}}}. Put {{{{else}}}} last.");
            condition = word == "else" ? null : Name(place, end, word["else if ".Length..]);
        }
    }

    private static string Name(string place, Match tag, string name)
    {
        if (!Word().IsMatch(name.Trim())) Throw.Argument($"template {place}: {tag.Value} names nothing. Names are of a-z, 0-9 and _.");
        return name.Trim();
    }

    private static IEnumerable<string> Names(IEnumerable<Piece> pieces, Func<Piece, IEnumerable<string>> own) =>
        pieces.SelectMany(p => own(p).Concat(p is Choice choice ? choice.Branches.SelectMany(b => Names(b.Pieces, own)) : []));

    private static void Write(IEnumerable<Piece> pieces, TemplateValues values, StringBuilder filled)
    {
        foreach (Piece piece in pieces)
        {
            if (piece is Literal literal) filled.Append(literal.Text);
            if (piece is Hole hole) filled.Append(values.Texts[hole.Name]);
            if (piece is not Choice choice) continue;
            (string? _, List<Piece>? chosen) = choice.Branches.FirstOrDefault(b => b.Condition is null || values.Conditions[b.Condition]);
            if (chosen is not null) Write(chosen, values, filled);
        }
    }

    [GeneratedRegex(@"\{\{(?<tag>.*?)\}\}", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Word();

    private abstract record Piece;

    private sealed record Literal(string Text) : Piece;

    private sealed record Hole(string Name) : Piece;

    /// <summary>The first branch whose condition holds; one without a condition always does.</summary>
    private sealed record Choice(List<(string? Condition, List<Piece> Pieces)> Branches) : Piece;
}
