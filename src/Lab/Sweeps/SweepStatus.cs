using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Lab.Sweeps;

/// <summary>How far the shards of a cell are, as files say: no scheduler is asked, which may be wrong about results.</summary>
/// <param name="Cell">The run.</param>
/// <param name="States">Of each shard.</param>
/// <param name="Examples">Examples that are finished, those of unfinished shards included.</param>
/// <param name="IsMerged">Whether the run was made of them.</param>
/// <param name="Failure">The last thing that went wrong with a shard which is not finished; none where nothing did.</param>
internal sealed record CellStatus(SweepCell Cell, ShardState[] States, int Examples, bool IsMerged, string? Failure)
{
    public int Of(ShardState state) => States.Count(s => s == state);

    public bool IsComplete => States.All(s => s == ShardState.Done);

    public IEnumerable<int> Missing => Enumerable.Range(0, States.Length).Where(k => States[k] is ShardState.Missing or ShardState.Started);

    public JsonObject ToJson() => new()
    {
        ["cell"] = Cell.Name,
        ["command"] = string.Join(' ', Cell.Words),
        ["shards"] = States.Length,
        ["done"] = Of(ShardState.Done),
        ["started"] = Of(ShardState.Started),
        ["missing"] = JsonText.Array(Missing),
        ["conflicts"] = JsonText.Array(Enumerable.Range(0, States.Length).Where(k => States[k] == ShardState.Conflict)),
        ["examples"] = Examples,
        ["of"] = Cell.Examples,
        ["merged"] = IsMerged,
        ["failure"] = Failure,
    };
}

/// <summary>What files say of a shard.</summary>
internal enum ShardState
{
    Missing,
    Started,
    Done,
    Conflict,
}

/// <summary>How far a sweep is.</summary>
internal sealed record SweepStatus(IReadOnlyList<CellStatus> Cells)
{
    public bool IsComplete => Cells.All(cell => cell.IsComplete);

    public int Done => Cells.Sum(cell => cell.Of(ShardState.Done));

    public int Shards => Cells.Sum(cell => cell.States.Length);

    public static SweepStatus Of(string folder, SweepPlan plan) => new([.. plan.Cells.Select(cell => Of(folder, cell))]);

    public JsonObject ToJson() => new()
    {
        ["schema"] = RunFolder.Schema,
        ["shards"] = Shards,
        ["done"] = Done,
        ["complete"] = IsComplete,
        ["cells"] = new JsonArray([.. Cells.Select(cell => cell.ToJson())]),
    };

    /// <summary>A table of cells.</summary>
    public string Text()
    {
        TextTable table = new("cell", "done", "started", "missing", "examples", "");
        foreach (CellStatus cell in Cells)
        {
            string remark = cell.Of(ShardState.Conflict) > 0 ? $"{cell.Of(ShardState.Conflict)} in conflict"
                : cell.Failure ?? (cell.IsMerged ? "merged" : cell.IsComplete ? "ready to merge" : "");
            table.Add(cell.Cell.Name, $"{cell.Of(ShardState.Done)} of {cell.States.Length}", Number(cell.Of(ShardState.Started)),
                Number(cell.Of(ShardState.Missing)), $"{cell.Examples} of {cell.Cell.Examples}", remark);
        }
        return $"{table}\n{Done} of {Shards} shards are done.";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static CellStatus Of(string folder, SweepCell cell)
    {
        string path = SweepPlan.FolderOf(folder, cell);
        // One look at each folder: a question for each shard would take minutes on the file system of a cluster.
        HashSet<string> finished = Names(Path.Combine(path, "shards"));
        HashSet<string> tried = Names(Path.Combine(path, ".try"));
        ShardState[] states = new ShardState[cell.Shards];
        (int examples, string? failure) = (0, null);
        for (int k = 0; k < states.Length; k++)
        {
            ExampleRange range = cell.Range(k);
            string file = Path.GetFileName(ShardFolder.FileIn(path, range));
            states[k] = finished.Contains(file + ShardFolder.Conflict) ? ShardState.Conflict
                : finished.Contains(file) ? ShardState.Done
                : tried.Contains($"{range}") ? ShardState.Started : ShardState.Missing;
            if (states[k] == ShardState.Done) examples += range.Count;
            if (states[k] != ShardState.Started) continue;
            examples += File.Exists(Path.Combine(path, "shards.json")) ? ShardFolder.Read(path).Started(range) : 0;
            failure ??= SweepFailure.Read(path, range);
        }
        return new(cell, states, examples, File.Exists(Path.Combine(path, "summary.json")), failure);
    }

    private static HashSet<string> Names(string folder) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry))];
}

/// <summary>What went wrong with a shard, kept beside its attempts so that whoever looks at the sweep sees it.</summary>
internal static class SweepFailure
{
    public static void Write(string cell, ExampleRange range, string line)
    {
        string folder = Path.Combine(cell, ".try", $"{range}");
        OutputFile.Guard(folder, () =>
        {
            Directory.CreateDirectory(folder);
            OutputFile.WriteText(Path.Combine(folder, "failure.txt"), $"{Environment.MachineName}: {line}\n");
        });
    }

    public static string? Read(string cell, ExampleRange range)
    {
        string file = Path.Combine(cell, ".try", $"{range}", "failure.txt");
        return File.Exists(file) ? ErrorReport.OneLine(File.ReadAllText(file)) : null;
    }
}
