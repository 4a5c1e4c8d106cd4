using System.Globalization;
using System.Text;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// Reads the few Python literals of a NumPy header one after another: texts, True and False, tuples of whole numbers.
/// Nothing is evaluated.
/// </summary>
internal ref struct NpyLiteral
{
    private const int LongestText = 200;

    /// <summary>NumPy's own limit.</summary>
    private const int MostAxes = 64;

    private readonly ReadOnlySpan<byte> text;
    private readonly Func<long, string, BadFileException> bad;
    private int at;

    /// <param name="bad">Makes the refusal of a place in the text.</param>
    public NpyLiteral(ReadOnlySpan<byte> text, Func<long, string, BadFileException> bad)
    {
        this.text = text;
        this.bad = bad;
    }

    /// <summary>Where the next sign stands.</summary>
    public int At
    {
        get
        {
            while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
            return at;
        }
    }

    public bool IsAtEnd => At == text.Length;

    /// <summary>Takes this sign if it is the next one.</summary>
    public bool Takes(char sign)
    {
        if (IsAtEnd || text[at] != sign) return false;
        at++;
        return true;
    }

    public void Expect(char sign)
    {
        if (!Takes(sign)) throw bad(at, $"the header is no dictionary as NumPy writes it: {Found()} where '{sign}' belongs");
    }

    /// <summary>A text between single or double quotes, of printable ASCII without escapes.</summary>
    public string Text(string what)
    {
        char quote = Takes('\'') ? '\'' : Takes('"') ? '"' : throw bad(At, $"the header's {what} is no text: {Found()} stands there");
        int start = at;
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] is < 0x20 or > 0x7E or (byte)'\\' || at - start == LongestText)
            {
                throw bad(at, $"the header's {what} is no short text of plain letters");
            }
            at++;
        }
        if (at == text.Length) throw bad(at, $"the header ends inside its {what}");
        return Encoding.ASCII.GetString(text[start..at++]);
    }

    public bool Truth(string what)
    {
        if (Word("True"u8)) return true;
        if (Word("False"u8)) return false;
        throw bad(At, $"the header's {what} is neither True nor False: {Found()} stands there");
    }

    /// <summary>A tuple of whole numbers, such as (), (3,) and (2, 3).</summary>
    public long[] Sizes(string what)
    {
        Expect('(');
        List<long> sizes = [];
        while (!Takes(')'))
        {
            if (sizes.Count == MostAxes) throw bad(at, $"the header's {what} has more than {MostAxes} numbers");
            sizes.Add(Whole(what));
            if (Takes(',')) continue;
            if (sizes.Count == 1) throw bad(at, $"the header's {what} is a number in brackets, no tuple");
            Expect(')');
            break;
        }
        return [.. sizes];
    }

    private long Whole(string what)
    {
        int start = At;
        while (at < text.Length && char.IsAsciiDigit((char)text[at])) at++;
        if (!long.TryParse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            throw bad(start, $"the header's {what} holds "
                + $"{(at > start ? $"a number of {at - start} digits, beyond 2^63" : Found())} where a size belongs");
        }
        // Python 2 on Windows marked its long integers.
        if (at < text.Length && text[at] == 'L') at++;
        return value;
    }

    private bool Word(ReadOnlySpan<byte> word)
    {
        if (!text[At..].StartsWith(word)) return false;
        at += word.Length;
        return true;
    }

    private string Found() => IsAtEnd ? "its end" : text[at] is > 0x20 and < 0x7F ? $"'{(char)text[at]}'" : $"byte 0x{text[at]:X2}";
}
