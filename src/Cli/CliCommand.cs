using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Cli;

/// <summary>Something whose help ends with an example.</summary>
internal interface IExampled
{
    string Example { get; }
}

/// <summary>A command that only holds others.</summary>
internal sealed class CommandGroup : Command, IExampled
{
    public CommandGroup(CommandInfo info, IEnumerable<Command> commands) : base(info.Name, info.Description)
    {
        Example = info.Example;
        foreach (Command command in commands) Add(command);
    }

    public string Example { get; }
}

/// <summary>A command that does something. It throws what went wrong; <see cref="ErrorReport"/> words it.</summary>
internal abstract class CliCommand : Command, IExampled
{
    protected CliCommand(Session session, GlobalOptions globals, CommandInfo info) : base(info.Name, info.Description)
    {
        Session = session;
        Example = info.Example;
        SetAction(parse => Execute(parse, globals.Read(parse, session, UsualPrecision)));
    }

    public string Example { get; }

    protected Session Session { get; }

    /// <summary>The numbers the command computes with where none are named.</summary>
    protected virtual DType UsualPrecision => DType.F32;

    protected abstract int Execute(ParseResult parse, RunSettings settings);

    /// <summary>Adds to a result, and says, what went to a device and came back.</summary>
    protected void DescribeTransfers(RunSettings settings, JsonObject json)
    {
        if (settings.Transfers is not { } moved) return;
        json["transfers"] = new JsonObject
        {
            ["uploads"] = moved.Uploads,
            ["uploaded_bytes"] = moved.UploadedBytes,
            ["downloads"] = moved.Downloads,
            ["downloaded_bytes"] = moved.DownloadedBytes,
        };
        Session.Note(string.Create(CultureInfo.InvariantCulture,
            $"{settings.Device}: {moved.Uploads} uploads of {moved.UploadedBytes / 1e6:0.0} MB, "
            + $"{moved.Downloads} downloads of {moved.DownloadedBytes / 1e6:0.0} MB in all."));
    }

    /// <summary>
    /// Does what is left of a run, or of a shard of it, and shows how far it is; one that was stopped says how to go on. A finished shard
    /// is put into its place.
    /// </summary>
    protected void Finish<TRow>(Run<TRow> run, int chunk, OpenRun open) where TRow : class, IRunRow
    {
        ProgressLine line = new(Session);
        bool done = run.Execute(chunk, RunState.On(line), Session.Cancellation);
        line.End();
        if (!done)
        {
            // A shard goes on without being told to.
            (string place, string next) = open.Shards is { } shards
                ? (shards.Path, Session.CommandLine) : (open.Folder!.Path, Session.ResumeLine);
            throw new OperationCanceledException(
                $"stopped with {run.Finished} of {run.Range.Count} {run.Noun}s finished, all kept in {place}. Go on with: {next}");
        }
        if (open.Shards is null) return;
        run.Settle();
        open.Commit();
    }

    /// <summary>Says of a shard that it is finished.</summary>
    protected int Answer(RunSettings settings, OpenRun open) => Answer(settings, open.ToJson(), open.ToString());

    /// <summary>Writes the result: for machines one object on one line, for people the text.</summary>
    protected int Answer(RunSettings settings, JsonObject json, string text)
    {
        Session.Out.WriteLine(settings.Json ? JsonText.Line(json) : text);
        return ExitCode.Fine;
    }

    /// <summary>Writes the result of a command that found something wrong: the result as always, and one line about what.</summary>
    protected int Answer(RunSettings settings, JsonObject json, string text, int code, string error)
    {
        json["error"] = error;
        json["exit_code"] = code;
        Answer(settings, json, text);
        Session.Error.WriteLine($"minigrad: {ErrorReport.OneLine(error)}");
        return code;
    }
}
