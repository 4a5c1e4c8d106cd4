using System.Text;

namespace MiniGrad.Charts;

/// <summary>
/// Builds HTML text that is also well-formed XML: text and attribute values are always escaped, elements always
/// close in order. Numbers figures, tables and ids in the order they are asked for, so equal input gives equal bytes.
/// </summary>
public sealed class Html
{
    private readonly StringBuilder text = new();
    private readonly Stack<string> open = new();
    private int ids;
    private int figures;
    private int tables;

    /// <summary>Starts an element; an attribute whose value is null is left out.</summary>
    public Html Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        StartTag(tag, attributes);
        text.Append('>');
        open.Push(tag);
        return this;
    }

    /// <summary>Ends the innermost open element.</summary>
    /// <exception cref="InvalidOperationException">None is open.</exception>
    public Html Close()
    {
        if (open.Count == 0) Throw.Invalid("html: there is no open element to close.");
        text.Append("</").Append(open.Pop()).Append('>');
        return this;
    }

    /// <summary>An element that holds only text.</summary>
    public Html Element(string tag, string content, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Open(tag, attributes);
        return Text(content).Close();
    }

    /// <summary>An element without content: an HTML void element or an SVG shape.</summary>
    public Html Empty(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        StartTag(tag, attributes);
        text.Append("/>");
        return this;
    }

    /// <summary>Text inside the innermost open element.</summary>
    public Html Text(string content)
    {
        Escape(content);
        return this;
    }

    /// <summary>A line break in the source, for readers of the page's text.</summary>
    public Html Line()
    {
        text.Append('\n');
        return this;
    }

    /// <summary>An id that no other element of the page has: the prefix and a number.</summary>
    public string NextId(string prefix) => $"{prefix}-{++ids}";

    /// <summary>The number of the next figure, from 1.</summary>
    public int NextFigure() => ++figures;

    /// <summary>The number of the next table, from 1.</summary>
    public int NextTable() => ++tables;

    /// <summary>All that was written.</summary>
    /// <exception cref="InvalidOperationException">An element is still open.</exception>
    public override string ToString()
    {
        if (open.Count > 0) Throw.Invalid($"html: <{open.Peek()}> is still open. Close it first.");
        return text.ToString();
    }

    /// <summary>Our own style sheet, script or document type: constants only, never text from outside.</summary>
    internal Html Trusted(string constant)
    {
        text.Append(constant);
        return this;
    }

    private void StartTag(string tag, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        text.Append('<').Append(tag);
        foreach ((string name, string? value) in attributes)
        {
            if (value is null) continue;
            text.Append(' ').Append(name).Append("=\"");
            Escape(value);
            text.Append('"');
        }
    }

    private void Escape(string content)
    {
        for (int i = 0; i < content.Length; i++)
        {
            char c = content[i];
            bool pair = char.IsHighSurrogate(c) && i + 1 < content.Length && char.IsLowSurrogate(content[i + 1]);
            if (pair) text.Append(c).Append(content[++i]);
            else if (Entity(c) is { } entity) text.Append(entity);
            else text.Append(IsAllowed(c) ? c : '\uFFFD');
        }
    }

    private static string? Entity(char c) => c switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => null,
    };

    // The characters of XML 1.0: a control character or half a surrogate pair would make the page unreadable.
    private static bool IsAllowed(char c) =>
        c is '\t' or '\n' or '\r' || (c >= ' ' && !char.IsSurrogate(c) && c is not ('\uFFFE' or '\uFFFF'));
}
