using System.CommandLine;
using System.Runtime.InteropServices;
using MiniGrad.Lab;

namespace MiniGrad.Cli;

/// <summary>The program <c>minigrad</c>.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        using CancellationTokenSource stop = new();
        void OnSignal(PosixSignalContext context)
        {
            // The second one ends the process at once: whoever repeats it does not want to wait for a checkpoint.
            if (stop.IsCancellationRequested) Environment.Exit(ExitCode.Interrupted);
            context.Cancel = true;
            stop.Cancel();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        return Run(new Session(Console.Out, Console.Error, args, !Console.IsErrorRedirected, stop.Token));
    }

    /// <summary>Runs one command; results go to <paramref name="output"/>, everything else to <paramref name="error"/>.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default) =>
        Run(new Session(output, error, args, false, cancellation));

    private static int Run(Session session)
    {
        try
        {
            // Words that begin with @ are words, not files of words.
            ParseResult parse =
                CommandTree.Make(session).Parse(session.Arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            UsageCheck.Run(parse);
            return parse.Invoke(
                new InvocationConfiguration { Output = session.Out, Error = session.Error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception caught)
        {
            return ErrorReport.Write(caught, session, session.Arguments.Contains("--json"));
        }
    }
}
