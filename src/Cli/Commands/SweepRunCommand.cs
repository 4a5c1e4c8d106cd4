using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Lab.Sweeps;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>sweep run</c>: the shards of one task, or all that are missing, one after another; finished ones are passed over, so that it may be
/// repeated at will.
/// </summary>
internal sealed class SweepRunCommand : CliCommand
{
    private const string Again = "MINIGRAD_SWEEP_NARROWED";

    private readonly Argument<string> folderName = new("folder") { Description = "The folder of the sweep." };
    private readonly Option<int?> job = CliOption.Whole(
        "--job", "A submission, as sweep submit numbers it; without one all that is missing.", 1);
    private readonly Option<int?> task = CliOption.Whole("--task", "A task of that submission, from 0 on; "
        + "that of the scheduler's environment by default.", 0);
    private readonly Option<string?> dataFolder = CliOption.Text("--data-dir", "The folder of the data sets.", "folder");

    public SweepRunCommand(Session session, GlobalOptions globals, CommandInfo info) : base(session, globals, info)
    {
        Add(folderName);
        foreach (Option option in (Option[])[job, task, dataFolder]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string folder = parse.GetValue(folderName)!;
        SweepPlan plan = SweepPlan.Read(folder);
        IReadOnlyList<SweepShard> shards = Shards(parse, folder, plan);
        if (Machine.SimdBits != plan.SimdBits) return Narrowed(plan);
        plan.Check(shards.Select(shard => shard.Cell).Distinct(), parse.GetValue(dataFolder));
        (int done, int skipped, int worst) = (0, 0, ExitCode.Fine);
        TimeSpan longest = TimeSpan.Zero;
        foreach ((SweepCell cell, int number) in shards)
        {
            string path = SweepPlan.FolderOf(folder, cell);
            ExampleRange range = cell.Range(number);
            if (File.Exists(ShardFolder.FileIn(path, range)))
            {
                skipped++;
                continue;
            }
            if (Session.Cancellation.IsCancellationRequested || TimeLeft() < longest) throw Stopped(done, shards.Count);
            Stopwatch clock = Stopwatch.StartNew();
            int code = Shard(parse, settings, cell, new(number, cell.Shards), path, out string problem);
            if (code == ExitCode.Interrupted) throw Stopped(done, shards.Count);
            if (code == ExitCode.Fine) done++;
            else SweepFailure.Write(path, range, problem);
            if (worst == ExitCode.Fine) worst = code;
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
        }
        JsonObject json = new() { ["schema"] = RunFolder.Schema, ["done"] = done, ["were_done"] = skipped, ["of"] = shards.Count };
        string text = string.Create(CultureInfo.InvariantCulture, $"{done} shards done, {skipped} were done before, of {shards.Count}.");
        return worst == ExitCode.Fine ? Answer(settings, json, text)
            : Answer(settings, json, text, worst, $"{shards.Count - done - skipped} shards failed; sweep status says why.");
    }

    private IReadOnlyList<SweepShard> Shards(ParseResult parse, string folder, SweepPlan plan)
    {
        if (parse.GetValue(job) is not { } number)
        {
            if (parse.GetValue(task) is not null) throw new UsageException("sweep run: --task is of a submission. Name it with --job.");
            return [.. plan.Cells.SelectMany(cell => Enumerable.Range(0, cell.Shards).Select(k => new SweepShard(cell, k)))];
        }
        return SweepJob.Task(folder, plan, number, parse.GetValue(task) ?? TaskOfScheduler()
            ?? throw new UsageException("sweep run: --task is missing, and no scheduler has set SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX or "
                + "JOB_COMPLETION_INDEX. Give the number of the task."));
    }

    private static int? TaskOfScheduler() => ((string[])["SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "JOB_COMPLETION_INDEX"])
        .Select(Environment.GetEnvironmentVariable)
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : (int?)null)
        .FirstOrDefault(value => value is not null);

    /// <summary>Runs the cell's command for one shard, in this process.</summary>
    private int Shard(ParseResult parse, RunSettings settings, SweepCell cell, Shard shard, string path, out string problem)
    {
        using StringWriter result = new();
        using StringWriter errors = new();
        List<string> words = [.. cell.Words, "--shard", $"{shard}", "--out", path, "--threads",
            settings.Computing.Threads.ToString(CultureInfo.InvariantCulture)];
        if (parse.GetValue(dataFolder) is { } data) words.AddRange(["--data-dir", data]);
        OutputFile.Guard(path, () => Directory.CreateDirectory(Path.GetDirectoryName(path)!));
        Session.Note($"{cell.Name} {shard}");
        int code = Program.Run([.. words], result, errors, Session.Cancellation);
        problem = errors.ToString().Split('\n').LastOrDefault(line => line.StartsWith("minigrad: ", StringComparison.Ordinal)) ?? "";
        if (code != ExitCode.Fine && code != ExitCode.Interrupted) Session.Note($"{cell.Name} {shard}: {problem}");
        return code;
    }

    /// <summary>A machine of wider vectors does as one of narrower; one of narrower cannot do as one of wider.</summary>
    private int Narrowed(SweepPlan plan)
    {
        if (Machine.SimdBits < plan.SimdBits || Environment.GetEnvironmentVariable(Again) is not null)
        {
            throw new DeviceException($"sweep: the plan is for vectors of {plan.SimdBits} bits, {Environment.MachineName} computes with "
                + $"{Machine.SimdBits}: other bits of results. Leave this machine out, or plan with --simd {Machine.SimdBits}.");
        }
        string off = plan.SimdBits == 256 ? "DOTNET_EnableAVX512" : "DOTNET_EnableAVX2";
        Session.Note($"vectors of {plan.SimdBits} bits as planned, though {Environment.MachineName} has {Machine.SimdBits}: {off}=0.");
        ProcessStartInfo start = ChildProgram.With(Session.Arguments);
        start.Environment[off] = "0";
        start.Environment[Again] = "1";
        using Process child = Process.Start(start)!;
        using CancellationTokenRegistration stop = Session.Cancellation.Register(() => ChildProgram.Terminate(child));
        child.WaitForExit();
        return child.ExitCode;
    }

    private static TimeSpan TimeLeft() =>
        long.TryParse(Environment.GetEnvironmentVariable("SLURM_JOB_END_TIME"),
            NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            ? DateTimeOffset.FromUnixTimeSeconds(end) - DateTimeOffset.UtcNow : TimeSpan.MaxValue;

    private OperationCanceledException Stopped(int done, int of) =>
        new($"stopped with {done} of {of} shards done; what was begun is kept. Go on with: {Session.CommandLine}");
}
