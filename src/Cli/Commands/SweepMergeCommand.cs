using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Lab.Sweeps;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>sweep merge</c>: makes the run folder of every cell whose shards are all done, and says what is missing of the others.
/// </summary>
internal sealed class SweepMergeCommand : CliCommand
{
    private readonly Argument<string> folderName = new("folder") { Description = "The folder of the sweep." };
    private readonly Option<string?> only = CliOption.Text("--cell", "One cell only.", "name");
    private readonly Option<string?> dataFolder = CliOption.Text("--data-dir", "The folder of the data sets.", "folder");

    public SweepMergeCommand(Session session, GlobalOptions globals, CommandInfo info) : base(session, globals, info)
    {
        Add(folderName);
        foreach (Option option in (Option[])[only, dataFolder]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string folder = parse.GetValue(folderName)!;
        SweepPlan plan = SweepPlan.Read(folder);
        string? chosen = parse.GetValue(only);
        CellStatus[] cells = [.. SweepStatus.Of(folder, plan).Cells.Where(cell => chosen is null || cell.Cell.Name == chosen)];
        if (cells.Length == 0)
        {
            throw new UsageException(Suggestion.Unknown("sweep merge", chosen!, [.. plan.Cells.Select(cell => cell.Name)], "cell"));
        }
        List<string> lines = [];
        JsonArray merged = [];
        (int missing, int worst) = (0, ExitCode.Fine);
        foreach (CellStatus cell in cells)
        {
            string path = SweepPlan.FolderOf(folder, cell.Cell);
            if (!cell.IsComplete && cell.Of(ShardState.Conflict) == 0)
            {
                missing += cell.Missing.Count();
                lines.Add($"{cell.Cell.Name}: "
                    + $"missing shards {string.Join(", ", cell.Missing.Take(20))}{(cell.Missing.Count() > 20 ? ", …" : "")}");
                continue;
            }
            using StringWriter result = new();
            using StringWriter errors = new();
            string[] data = parse.GetValue(dataFolder) is { } name ? ["--data-dir", name] : [];
            int code = Program.Run([.. cell.Cell.Words, "--merge", "--out", path, .. data], result, errors, Session.Cancellation);
            if (code is not (ExitCode.Fine or ExitCode.ExamplesMissing))
            {
                lines.Add($"{cell.Cell.Name}: {errors.ToString().TrimEnd().Split('\n')[^1]}");
                worst = code;
                continue;
            }
            lines.Add($"{cell.Cell.Name}: {result.ToString().Split('\n')[0]}");
            merged.Add(cell.Cell.Name);
        }
        if (missing > 0) lines.Add($"next: minigrad sweep submit {folder} --engine local --now");
        JsonObject json = new() { ["schema"] = RunFolder.Schema, ["merged"] = merged, ["missing_shards"] = missing };
        string text = string.Join('\n', lines);
        return worst != ExitCode.Fine ? Answer(settings, json, text, worst, "some cells could not be merged; see above.")
            : missing > 0 ? Answer(settings, json, text, ExitCode.ExamplesMissing, $"{missing} shards are missing.")
            : Answer(settings, json, text);
    }
}
