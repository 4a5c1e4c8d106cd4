using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MiniGrad.Cli.Options;

/// <summary>Options whose values are checked as they are read, with errors that name the value and what would do.</summary>
internal static class CliOption
{
    public static Option<int?> Whole(string name, string description, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= least && value <= most)
            {
                return value;
            }
            string range = most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
            result.AddError($"{name}: \"{text}\" is not a whole number {range}.");
            return null;
        },
    };

    public static Option<long?> Long(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)) return value;
            result.AddError($"{name}: \"{text}\" is not a whole number of at most 64 bits.");
            return null;
        },
    };

    public static Option<double?> Real(string name, string description, double least, bool above = false) => new(name)
    {
        Description = description,
        HelpName = "x",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryReal(text, out double value) && value >= least && (!above || value > least)) return value;
            result.AddError(
                $"{name}: \"{text}\" is not a number {(above ? "above" : "of at least")} {least.ToString(CultureInfo.InvariantCulture)}.");
            return null;
        },
    };

    /// <summary>Numbers between commas.</summary>
    public static Option<double[]?> Reals(string name, string description, bool positive) => new(name)
    {
        Description = description,
        HelpName = "x,…",
        CustomParser = result => Split<double>(result, name, positive ? "a number above 0" : "a number",
            text => TryReal(text, out double value) && (!positive || value > 0) ? value : null),
    };

    /// <summary>Whole numbers of at least 0 between commas.</summary>
    public static Option<int[]?> Wholes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "n,…",
        CustomParser = result => Split<int>(result, name, "a whole number of at least 0",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null),
    };

    public static Option<string?> Text(string name, string description, string valueName) => new(name)
    {
        Description = description,
        HelpName = valueName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
            {
                result.AddError($"{name}: the value is empty. Give a {valueName}.");
            }
            return text;
        },
    };

    /// <summary>A text that may be given several times.</summary>
    public static Option<string[]?> Texts(string name, string description, string valueName) => new(name)
    {
        Description = description,
        HelpName = valueName,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            string[] texts = [.. result.Tokens.Select(token => token.Value)];
            if (Array.Exists(texts, string.IsNullOrWhiteSpace)) result.AddError($"{name}: a value is empty. Give a {valueName}.");
            return texts;
        },
    };

    /// <summary>One of a few words.</summary>
    public static Option<string?> Choice(string name, string description, params string[] known) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', known),
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!known.Contains(text)) result.AddError(Suggestion.Unknown(name, text, known));
            return text;
        },
    };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>The values of a list; none when it was not given, for which the parser has an empty list.</summary>
    public static T[]? List<T>(this ParseResult parse, Option<T[]?> option) =>
        parse.GetValue(option) is { Length: > 0 } values ? values : null;

    private static T[]? Split<T>(ArgumentResult result, string name, string wanted, Func<string, T?> parse) where T : struct
    {
        string[] parts = result.Tokens[0].Value.Split(',');
        T[] values = new T[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parse(parts[i].Trim()) is not { } value)
            {
                result.AddError($"{name}: \"{parts[i]}\" (value {i}) is not {wanted}. Put commas between values.");
                return null;
            }
            values[i] = value;
        }
        return values;
    }

    private static bool TryReal(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
