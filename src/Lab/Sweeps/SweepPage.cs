using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Lab.Sweeps;

/// <summary>A sweep as a page: how far every cell is and why it is no farther, the shards one by one, what merged cells found.</summary>
internal static class SweepPage
{
    /// <summary>Shards in a row of the map.</summary>
    private const int Wide = 50;

    public static string Html(string folder, SweepStatus status, string commandLine)
    {
        string name = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        (DateTime First, DateTime Last, int Count) times = Times(folder, status);
        double minutes = (times.Last - times.First).TotalMinutes;
        double left = (status.Shards - status.Done) * minutes / (times.Count - 1);
        string pace = times.Count < 2 || minutes <= 0 ? "No pace yet."
            : string.Create(CultureInfo.InvariantCulture,
                $"{(times.Count - 1) / minutes:0.##} shards a minute between the first and the last, by "
                + $"the clocks of their files; at that pace {left:0} minutes are left.");
        List<ReportSection> sections =
        [
            new("How far it is", status.IsComplete ? "All shards are done." : pace, [Cells(status)]),
            new("Shards", "One sign for each shard, in order: # done, + begun, · missing, ! in conflict.", [new Prose(Map(status))]),
        ];
        if (Merged(folder, status) is { Rows.Count: > 0 } found) sections.Insert(1, new("What merged cells found", "", [found]));
        sections.Add(new("How to see this again", "", [new Prose(commandLine)]));
        return new ReportPage($"Sweep {name}", string.Create(CultureInfo.InvariantCulture,
            $"{status.Done} of {status.Shards} shards of {status.Cells.Count} cells are done."), [.. sections]).ToHtml();
    }

    private static SummaryTable Cells(SweepStatus status) => new("Every cell of the grid.",
        [new("cell"), new("shards", true, "done"), new("begun", true), new("missing", true), new("examples", true), new("state")],
        [.. status.Cells.Select(cell => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(cell.Cell.Name), TableCell.Share(cell.Of(ShardState.Done), cell.States.Length),
            TableCell.Integer(cell.Of(ShardState.Started)), TableCell.Integer(cell.Of(ShardState.Missing)),
            TableCell.Share(cell.Examples, cell.Cell.Examples), State(cell),
        ])], "Counted from files; the queue of a scheduler may say otherwise.");

    private static TableCell State(CellStatus cell) =>
        cell.Of(ShardState.Conflict) > 0 ? TableCell.Badge("two attempts disagree", BadgeKind.Bad)
        : cell.IsMerged ? TableCell.Badge("merged", BadgeKind.Good)
        : cell.IsComplete ? TableCell.Badge("ready to merge", BadgeKind.Good)
        : cell.Failure is { } failure ? TableCell.Words(failure) : TableCell.Badge("at work", BadgeKind.Neutral);

    private static SummaryTable Merged(string folder, SweepStatus status) => new("The result of each merged cell.",
        [new("cell"), new("found")],
        [.. status.Cells.Where(cell => cell.IsMerged).Select(cell => (IReadOnlyList<TableCell>)
        [
            TableCell.Words(cell.Cell.Name),
            TableCell.Words(RunFolder.Parse(File.ReadAllText(Path.Combine(SweepPlan.FolderOf(folder, cell.Cell), "summary.json")))?
                ["text"]?.ToString() ?? ReportNumber.Missing),
        ])]);

    private static string[] Map(SweepStatus status) => [.. status.Cells.SelectMany(cell => cell.States.Chunk(Wide).Select((part, row) =>
        $"{(row == 0 ? cell.Cell.Name + ": " : "")}{string.Concat(part.Select(Sign))}"))];

    private static char Sign(ShardState state) => state switch
    {
        ShardState.Done => '#',
        ShardState.Started => '+',
        ShardState.Conflict => '!',
        _ => '·',
    };

    /// <summary>When the first and the last shard were done. Only shown: clocks of machines differ.</summary>
    private static (DateTime First, DateTime Last, int Count) Times(string folder, SweepStatus status)
    {
        (DateTime first, DateTime last, int count) = (DateTime.MaxValue, DateTime.MinValue, 0);
        foreach (CellStatus cell in status.Cells)
        {
            string shards = Path.Combine(SweepPlan.FolderOf(folder, cell.Cell), "shards");
            if (!Directory.Exists(shards)) continue;
            foreach (FileInfo file in new DirectoryInfo(shards).EnumerateFiles("*.shard"))
            {
                (first, last, count) = (file.LastWriteTimeUtc < first ? file.LastWriteTimeUtc : first,
                    file.LastWriteTimeUtc > last ? file.LastWriteTimeUtc : last, count + 1);
            }
        }
        return (first, last, count);
    }
}
