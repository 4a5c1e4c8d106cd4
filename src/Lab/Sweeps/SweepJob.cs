using System.Globalization;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Lab.Sweeps;

/// <summary>
/// A submission: which shards each task of an array does, one line a task. Written once, so that a number of a task always means the same
/// shards, whatever was submitted before or is submitted later.
/// </summary>
/// <param name="Number">Of the submission.</param>
/// <param name="Tasks">The shards of each task, as <c>cell:number</c>.</param>
internal sealed record SweepJob(int Number, IReadOnlyList<IReadOnlyList<SweepShard>> Tasks)
{
    /// <summary>As many tasks as an array of Slurm has where nobody changed that.</summary>
    public const int MostTasks = 1000;

    /// <summary>
    /// What is missing, so many shards a task, in arrays of at most
    /// <see cref="MostTasks"/>, each written into the sweep's folder.
    /// </summary>
    public static IReadOnlyList<SweepJob> Missing(string folder, SweepStatus status, int shardsPerTask)
    {
        SweepShard[] missing = [.. status.Cells.SelectMany(cell => cell.Missing.Select(k => new SweepShard(cell.Cell, k)))];
        string jobs = Path.Combine(folder, "jobs");
        OutputFile.Guard(jobs, () => Directory.CreateDirectory(jobs));
        int next =
            Directory.EnumerateFiles(jobs, "*.tasks").Select(file => Number(Path.GetFileNameWithoutExtension(file))).Append(0).Max() + 1;
        List<SweepJob> made = [];
        foreach (IReadOnlyList<SweepShard>[] tasks in missing.Chunk(shardsPerTask).Chunk(MostTasks))
        {
            SweepJob job = new(next++, tasks);
            OutputFile.WriteText(job.FileIn(folder), string.Concat(tasks.Select(task => string.Join(' ', task) + "\n")));
            made.Add(job);
        }
        return made;

        static int Number(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    /// <summary>The shards of one task.</summary>
    /// <exception cref="UsageException">There is no such job or task.</exception>
    public static IReadOnlyList<SweepShard> Task(string folder, SweepPlan plan, int job, int task)
    {
        string path = new SweepJob(job, []).FileIn(folder);
        if (!File.Exists(path)) throw new UsageException($"sweep: there is no job {job}: {path} is missing. Make it with sweep submit.");
        string[] lines = File.ReadAllLines(path);
        if (task >= lines.Length) throw new UsageException($"sweep: job {job} has tasks 0 to {lines.Length - 1}, not {task}.");
        return [.. lines[task].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => SweepShard.Parse(plan, word)
            ?? throw new RunFolderException(path, 0, $"\"{word}\" is no shard of the plan. Submit again"))];
    }

    public string FileIn(string folder) =>
        Path.Combine(folder, "jobs", string.Create(CultureInfo.InvariantCulture, $"{Number:D4}.tasks"));

    /// <summary>
    /// The script of an array of Slurm. A task that is told to stop, or whose time ends, leaves with 130 and is put back into the queue,
    /// unless somebody cancelled it or it goes round in circles; one that fails otherwise stays failed and is submitted again as missing.
    /// </summary>
    public string SlurmScript(string folder, string program, SlurmOptions options)
    {
        string full = Path.GetFullPath(folder);
        string[] own = [.. options.Own.Select(option => $"#SBATCH {option}\n")];
        return $$"""
            #!/bin/bash
            # Shards of {{full}}: {{Tasks.Count}} tasks of at most {{Tasks.Max(task => task.Count)}} shards each.
            #SBATCH --job-name=minigrad-{{Number}}
            #SBATCH --array=0-{{Tasks.Count - 1}}
            #SBATCH --cpus-per-task={{options.Cpus}}
            #SBATCH --time={{options.Time}}
            #SBATCH --requeue
            #SBATCH --open-mode=append
            #SBATCH --signal=B:TERM@120
            #SBATCH --output={{full}}/log/{{Number:D4}}-%a.out
            {{string.Concat(own)}}set -u
            # The shell alone is signalled, and runs no trap while it waits for a program in the foreground.
            {{program}} sweep run {{Quoted(full)}} \
                --job {{Number}} --task "$SLURM_ARRAY_TASK_ID" --threads "$SLURM_CPUS_PER_TASK" & child=$!
            trap 'kill -TERM "$child" 2> /dev/null' TERM
            wait "$child"; code=$?
            while kill -0 "$child" 2> /dev/null; do wait "$child"; code=$?; done
            # 130: stopped in good order with work left. The number of the task is part of its name, else the whole array would go back.
            if (( code == 130 && ${SLURM_RESTART_COUNT:-0} < 20 )); then
                me=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
                # Cancelled by its user it is COMPLETING by now.
                if scontrol -o show job "$me" | grep -q 'JobState=RUNNING'; then scontrol requeue "$me"; sleep 60; fi
            fi
            exit "$code"

            """.ReplaceLineEndings("\n");
    }

    /// <summary>A word of a shell.</summary>
    public static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

/// <summary>What a cluster is asked for.</summary>
/// <param name="Cpus">Processors of a task.</param>
/// <param name="Time">Longest time of a task.</param>
/// <param name="Own">Options of sbatch that a site wants.</param>
internal sealed record SlurmOptions(int Cpus, string Time, IReadOnlyList<string> Own);

/// <summary>One shard of one cell.</summary>
internal readonly record struct SweepShard(SweepCell Cell, int Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cell.Name}:{Number}");

    /// <summary>The shard of a word; none where the plan has no such.</summary>
    public static SweepShard? Parse(SweepPlan plan, string word)
    {
        int colon = word.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(word[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
        SweepCell? cell = Array.Find(plan.Cells, one => one.Name == word[..colon]);
        return cell is null || number >= cell.Shards ? null : new(cell, number);
    }
}
