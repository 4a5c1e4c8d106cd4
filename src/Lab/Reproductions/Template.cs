using System.Text;
using System.Text.RegularExpressions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// A text in Markdown whose numbers and conclusions are filled in: <c>## Title {#id}</c> begins a section, an empty line a
/// paragraph, <c>{{name}}</c> stands for a value, and <c>{{#if name}} … {{else if name}} … {{else}} … {{/if}}</c> for the first
/// part whose condition is true. Comments of HTML are left out. Whoever fills a template gives exactly the names in it, those
/// in parts that are not printed too: a conclusion cannot go missing in silence.
/// </summary>
internal sealed partial class Template
{
    private readonly string name;
    private readonly List<(string Id, TemplateText Title, TemplateText Body)> sections = [];

    private Template(string name) => this.name = name;

    /// <summary>A template that is part of this assembly, by its file name.</summary>
    /// <exception cref="ArgumentException">There is none of that name, or it is malformed.</exception>
    public static Template Embedded(string file)
    {
        using Stream? stream = typeof(Template).Assembly.GetManifestResourceStream(file);
        if (stream is null) Throw.Argument($"template: the assembly holds no {file}. Embed it as a resource of that name.");
        using StreamReader reader = new(stream!, Encoding.UTF8);
        return Parse(file, reader.ReadToEnd());
    }

    /// <summary>A template from its text; errors call it by the name.</summary>
    /// <exception cref="ArgumentException">Text outside sections, a section twice, or tags that do not match.</exception>
    public static Template Parse(string name, string text)
    {
        Template template = new(name);
        string plain = Comment().Replace(text, "");
        MatchCollection headings = Heading().Matches(plain);
        string before = plain[..(headings.Count > 0 ? headings[0].Index : plain.Length)];
        if (!string.IsNullOrWhiteSpace(before))
            Throw.Argument($"template {name}: \"{before.Trim()}\" stands before the first section. Begin with ## Title {{#id}}.");
        for (int k = 0; k < headings.Count; k++)
        {
            int start = headings[k].Index + headings[k].Length;
            int end = k + 1 < headings.Count ? headings[k + 1].Index : plain.Length;
            string id = headings[k].Groups["id"].Value;
            if (template.sections.Any(s => s.Id == id)) Throw.Argument($"template {name}: two sections are called {id}. Rename one.");
            string place = $"{name}, section {id}";
            string title = headings[k].Groups["title"].Value;
            template.sections.Add((id, TemplateText.Parse(place, title), TemplateText.Parse(place, plain[start..end])));
        }
        return template;
    }

    /// <summary>The text with everything filled in.</summary>
    /// <exception cref="ArgumentException">A name in the template has no value, or a value has no place.</exception>
    public FilledTemplate Fill(TemplateValues values)
    {
        TemplateText[] texts = [.. sections.SelectMany(s => (TemplateText[])[s.Title, s.Body])];
        Compare("hole", [.. texts.SelectMany(t => t.Holes).Distinct()], values.Texts.Keys);
        Compare("condition", [.. texts.SelectMany(t => t.Conditions).Distinct()], values.Conditions.Keys);
        FilledSection Filled(TemplateText title, TemplateText body) => new(title.Fill(values).Trim(), Paragraphs(body.Fill(values)));
        return new(name, sections.ToDictionary(s => s.Id, s => Filled(s.Title, s.Body)));
    }

    private void Compare(string kind, IReadOnlyCollection<string> wanted, IEnumerable<string> given)
    {
        string[] missing = [.. wanted.Except(given).Order(StringComparer.Ordinal)];
        string[] unknown = [.. given.Except(wanted).Order(StringComparer.Ordinal)];
        if (missing.Length > 0) Throw.Argument($"template {name}: no value for the {kind} {string.Join(", ", missing)}. Give one.");
        if (unknown.Length == 0) return;
        Throw.Argument($"template {name}: there is no {kind} {string.Join(", ", unknown)}. Name it in the text or drop it.");
    }

    private static string[] Paragraphs(string text) =>
        [.. EmptyLine().Split(text).Select(p => Space().Replace(p, " ").Trim()).Where(p => p.Length > 0)];

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^##? (?<title>.+?) \{#(?<id>[a-z-]+)\}[ ]*\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\r?\n[ \t]*\r?\n")]
    private static partial Regex EmptyLine();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}

/// <summary>What fills a template: texts for its holes and truths for its conditions, each name once.</summary>
internal sealed class TemplateValues : System.Collections.IEnumerable
{
    private readonly Dictionary<string, string> texts = [];
    private readonly Dictionary<string, bool> conditions = [];

    public IReadOnlyDictionary<string, string> Texts => texts;

    public IReadOnlyDictionary<string, bool> Conditions => conditions;

    public void Add(string name, string text) => texts.Add(name, text);

    public void Add(string name, bool condition) => conditions.Add(name, condition);

    public System.Collections.IEnumerator GetEnumerator() => texts.Keys.Concat(conditions.Keys).GetEnumerator();
}

/// <summary>A template that was filled.</summary>
internal sealed class FilledTemplate(string name, IReadOnlyDictionary<string, FilledSection> sections)
{
    /// <exception cref="ArgumentException">There is no such section.</exception>
    public FilledSection this[string id]
    {
        get
        {
            if (sections.TryGetValue(id, out FilledSection? section)) return section;
            Throw.Argument($"template {name}: there is no section {id}. It has {string.Join(", ", sections.Keys)}.");
            return null!;
        }
    }
}

/// <summary>A section of a filled template.</summary>
internal sealed record FilledSection(string Title, IReadOnlyList<string> Paragraphs)
{
    /// <summary>All paragraphs as one: for notes below a table or a lead below a title.</summary>
    public string Text => string.Join(' ', Paragraphs);
}
