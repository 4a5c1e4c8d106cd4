using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using MiniGrad.Lab;

namespace MiniGrad.Cli;

/// <summary>Words what a command line got wrong in one line, with the nearest name that is known.</summary>
internal static class UsageCheck
{
    /// <summary>Throws when the command line cannot be run; asking for help always can.</summary>
    public static void Run(ParseResult parse)
    {
        if (parse.Action is CommandLineAction { ClearsParseErrors: true }) return;
        Command command = parse.CommandResult.Command;
        string path = Path(command);
        string topic = command.Parents.Any() ? $"{path["minigrad ".Length..]}: " : "";
        if (command.Subcommands.Count > 0)
        {
            string? word = parse.UnmatchedTokens is [var first, ..] ? first : null;
            if (word is null) throw new UsageException($"{topic}no command given. Known: {Names(command)}. See \"{path} --help\".");
            if (!word.StartsWith('-'))
            {
                throw new UsageException(Suggestion.Unknown($"{topic}command", word, [.. command.Subcommands.Select(c => c.Name)]));
            }
        }
        CheckHyphens(parse, command, topic);
        if (parse.UnmatchedTokens.Count > 0)
        {
            throw new UsageException($"{topic}\"{parse.UnmatchedTokens[0]}\" is one word too many. See \"{path} --help\".");
        }
        if (parse.Errors.Count > 0) throw new UsageException($"{topic}{parse.Errors[0].Message} See \"{path} --help\".");
    }

    /// <summary>
    /// The parser takes an option it does not know, or one that follows where a value is missing, for that value; no
    /// value of this program begins with two hyphens.
    /// </summary>
    private static void CheckHyphens(ParseResult parse, Command command, string topic)
    {
        string[] known = [.. command.Options.Concat(Recursive(command)).Select(option => option.Name).Distinct()];
        string former = topic;
        foreach (Token token in parse.Tokens)
        {
            if (token.Type == TokenType.DoubleDash) return;
            if (token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                string name = token.Value.Split('=')[0];
                throw new UsageException(known.Contains(name)
                    ? $"{topic}a value is missing between {former} and {name}."
                    : Suggestion.Unknown($"{topic}option", name, known));
            }
            former = token.Value;
        }
    }

    private static IEnumerable<Option> Recursive(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(o => o.Recursive).Concat(Recursive(parent)));

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;

    private static string Names(Command command) => string.Join(", ", command.Subcommands.Select(c => c.Name));
}
