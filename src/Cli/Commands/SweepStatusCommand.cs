using System.CommandLine;
using System.Globalization;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Sweeps;

namespace MiniGrad.Cli.Commands;

/// <summary><c>sweep status</c>: how far a sweep is, as its files say.</summary>
internal sealed class SweepStatusCommand : CliCommand
{
    private readonly Argument<string> folderName = new("folder") { Description = "The folder of the sweep." };
    private readonly Option<bool> watch = CliOption.Flag("--watch", "Look again and again until all is done.");
    private readonly Option<string?> page = CliOption.Text(
        "--page", "Also write a page: cells and shards, failures, tables of merged cells.", "file");

    public SweepStatusCommand(Session session, GlobalOptions globals, CommandInfo info) : base(session, globals, info)
    {
        Add(folderName);
        foreach (Option option in (Option[])[watch, page]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string folder = parse.GetValue(folderName)!;
        SweepStatus status = SweepStatus.Of(folder, SweepPlan.Read(folder));
        if (parse.GetValue(watch))
        {
            ProgressLine line = new(Session);
            while (!status.IsComplete && !Session.Cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(2)))
            {
                status = SweepStatus.Of(folder, SweepPlan.Read(folder));
                SweepStatus now = status;
                line.Show(() => string.Create(CultureInfo.InvariantCulture, $"{now.Done} of {now.Shards} shards"));
            }
            line.End();
        }
        if (parse.GetValue(page) is { } file) OutputFile.WriteText(file, SweepPage.Html(folder, status, Session.CommandLine));
        return status.IsComplete ? Answer(settings, status.ToJson(), status.Text())
            : Answer(settings, status.ToJson(), status.Text(), ExitCode.ExamplesMissing,
                $"{status.Shards - status.Done} of {status.Shards} shards are not done.");
    }
}
