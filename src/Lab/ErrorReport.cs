using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;

namespace MiniGrad.Lab;

/// <summary>
/// Turns whatever ended a command into one line on standard error and an exit code; with <c>--json</c> also into one
/// object on standard output. The stack trace of a defect is shown when MINIGRAD_TRACE is 1.
/// </summary>
internal static class ErrorReport
{
    private const int LongestLine = 4000;

    /// <summary>Reports and returns the exit code.</summary>
    public static int Write(Exception error, Session session, bool json)
    {
        error = Cause(error);
        int code = CodeOf(error);
        string message = OneLine(code == ExitCode.Defect && error is not ShardConflictException
            ? $"a defect of MiniGrad: {error.GetType().Name}: {error.Message} Please report it with the command line; "
                + "MINIGRAD_TRACE=1 shows where."
            : MessageOf(error, code));
        Write(message, code, session, json);
        if (Environment.GetEnvironmentVariable("MINIGRAD_TRACE") == "1") session.Error.WriteLine(error);
        return code;
    }

    /// <summary>The exit code an exception leads to.</summary>
    public static int CodeOf(Exception error) => error switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        ShardsMissingException => ExitCode.ExamplesMissing,
        OutOfMemoryException or InsufficientExecutionStackException => ExitCode.MissingResource,
        DeviceException or UnauthorizedAccessException or OutputException => ExitCode.MissingResource,
        NumericalException => ExitCode.NumericalFailure,
        DataSetException { InnerException: UnauthorizedAccessException or IOException } => ExitCode.MissingResource,
        BadFileException or WeightsException or DataSetException or InputException or FileNotFoundException => ExitCode.BadInput,
        IOException => ExitCode.MissingResource,
        ArgumentNullException => ExitCode.Defect,
        ArgumentException => ExitCode.WrongUsage,
        _ => ExitCode.Defect,
    };

    /// <summary>The text on one line, without control characters, whatever a file or an argument put into it.</summary>
    public static string OneLine(string text)
    {
        StringBuilder line = new(Math.Min(text.Length, LongestLine) + 1);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestLine)))
        {
            bool space = char.IsWhiteSpace(c) || c is '\u2028' or '\u2029';
            if (space && line.Length > 0 && line[^1] == ' ') continue;
            line.Append(space ? ' ' : char.IsControl(c) ? '?' : c);
        }
        if (text.Length > LongestLine) line.Append('…');
        return line.ToString().TrimEnd();
    }

    private static void Write(string message, int code, Session session, bool json)
    {
        session.Error.WriteLine($"minigrad: {message}");
        if (!json) return;
        try
        {
            session.Out.WriteLine(JsonText.Line(new JsonObject { ["error"] = message, ["exit_code"] = code }));
        }
        catch (IOException)
        {
            // Standard output may be what failed; the line above and the exit code remain.
        }
    }

    /// <summary>The message with its full stop, which those of the system may lack.</summary>
    internal static string Sentence(Exception error) => error.Message.TrimEnd('.') + ".";

    private static Exception Cause(Exception error) =>
        error is AggregateException { InnerExceptions.Count: 1 }
            or TypeInitializationException or System.Reflection.TargetInvocationException
        && error.InnerException is { } inner ? Cause(inner) : error;

    private static string MessageOf(Exception error, int code) => error switch
    {
        OutOfMemoryException => "out of memory. Use smaller batches, fewer images, or a machine with more memory.",
        OperationCanceledException when error.GetType() != typeof(OperationCanceledException)
            || error.Message == new OperationCanceledException().Message => "interrupted.",
        UnauthorizedAccessException => $"{Sentence(error)} Change its rights, or name another place.",
        IOException when code == ExitCode.MissingResource && error is not (OutputException or DataSetException) =>
            $"{Sentence(error)} Free space, or name another place.",
        _ => error.Message,
    };
}
