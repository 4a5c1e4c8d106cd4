using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Lab.Sweeps;

namespace MiniGrad.Cli.Commands;

/// <summary><c>sweep submit</c>: arrays of exactly what is missing, printed, or with <c>--now</c> handed to the engine.</summary>
internal sealed class SweepSubmitCommand : CliCommand
{
    private readonly Argument<string> folderName = new("folder") { Description = "The folder of the sweep." };
    private readonly Argument<string[]> own = new("site")
    {
        Description = "Behind --: options of sbatch that the site wants.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> engine =
        CliOption.Choice("--engine", "Who runs the tasks: a Slurm cluster, or processes of this machine.",
        "slurm", "local");
    private readonly Option<bool> now = CliOption.Flag("--now", "Submit, rather than print what would be submitted.");
    private readonly Option<int?> perTask = CliOption.Whole("--shards-per-task", "Shards of a task; 4 by default.", 1, 1000);
    private readonly Option<int?> cpus = CliOption.Whole("--cpus", "Processors of a task of Slurm; 4 by default.", 1, 1024);
    private readonly Option<string?> time = CliOption.Text("--time", "The longest time of a task of Slurm; 4:00:00 by default.", "h:mm:ss");
    private readonly Option<int?> processes = CliOption.Whole("--processes", "Processes at a time on this machine; 1 by default.", 1, 256);

    public SweepSubmitCommand(Session session, GlobalOptions globals, CommandInfo info) : base(session, globals, info)
    {
        Add(folderName);
        Add(own);
        foreach (Option option in (Option[])[engine, now, perTask, cpus, time, processes]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string folder = parse.GetValue(folderName)!;
        string by = parse.GetValue(engine) ?? throw new UsageException("sweep submit: --engine is missing: slurm or local.");
        SweepPlan plan = SweepPlan.Read(folder);
        SweepStatus status = SweepStatus.Of(folder, plan);
        if (status.IsComplete)
        {
            return Answer(settings, Json(by, [], 0), $"{folder}: all {status.Shards} shards are done. Next: minigrad sweep merge {folder}");
        }
        IReadOnlyList<SweepJob> jobs = SweepJob.Missing(folder, status, parse.GetValue(perTask) ?? 4);
        return by == "local" ? Local(parse, settings, folder, jobs) : Slurm(parse, settings, folder, jobs);
    }

    private int Slurm(ParseResult parse, RunSettings settings, string folder, IReadOnlyList<SweepJob> jobs)
    {
        SlurmOptions options = new(parse.GetValue(cpus) ?? 4, parse.GetValue(time) ?? "4:00:00", parse.GetValue(own) ?? []);
        OutputFile.Guard(folder, () => Directory.CreateDirectory(Path.Combine(folder, "log")));
        List<string> text = [], ids = [];
        foreach (SweepJob job in jobs)
        {
            string script = Path.ChangeExtension(job.FileIn(folder), ".sbatch");
            OutputFile.WriteText(script, job.SlurmScript(folder, SelfQuoted(), options));
            if (parse.GetValue(now)) ids.Add(Sbatch("--parsable", script));
            else text.Add(File.ReadAllText(script) + $"# submit it with: sbatch {script}");
        }
        if (parse.GetValue(now))
        {
            // Not afterok: that would wait for ever behind one task that failed. What is missing the merge finds out from files.
            string merge = Sbatch("--parsable", $"--dependency=afterany:{string.Join(':', ids)}",
                $"--output={Path.GetFullPath(Path.Combine(folder, "log", "merge-%j.out"))}",
                $"--wrap={SelfQuoted()} sweep merge {SweepJob.Quoted(Path.GetFullPath(folder))}");
            text.Add($"submitted {jobs.Sum(job => job.Tasks.Count)} tasks as {string.Join(", ", ids)}; job {merge} merges behind them.");
        }
        return Answer(settings, Json("slurm", ids, jobs.Sum(job => job.Tasks.Count)), string.Join("\n\n", text));
    }

    private int Local(ParseResult parse, RunSettings settings, string folder, IReadOnlyList<SweepJob> jobs)
    {
        int tasks = jobs.Sum(job => job.Tasks.Count);
        (int Job, int Task)[] all = [.. jobs.SelectMany(job => Enumerable.Range(0, job.Tasks.Count).Select(k => (job.Number, k)))];
        if (!parse.GetValue(now))
        {
            return Answer(settings, Json("local", [], tasks), string.Join('\n',
                all.Select(one => $"{SelfQuoted()} sweep run {SweepJob.Quoted(folder)} --job {one.Job} --task {one.Task}")));
        }
        ProgressLine line = new(Session);
        (int done, int worst) = (0, ExitCode.Fine);
        int threads = Math.Max(1, settings.Computing.Threads / (parse.GetValue(processes) ?? 1));
        Parallel.ForEach(all, new() { MaxDegreeOfParallelism = parse.GetValue(processes) ?? 1 }, one =>
        {
            if (Session.Cancellation.IsCancellationRequested) return;
            int code = Child(["sweep", "run", folder, "--job", $"{one.Job}", "--task", $"{one.Task}", "--threads", $"{threads}"]);
            if (code != ExitCode.Fine) Interlocked.CompareExchange(ref worst, code, ExitCode.Fine);
            int now = Interlocked.Increment(ref done);
            line.Show(() => string.Create(CultureInfo.InvariantCulture, $"task {now} of {all.Length}"));
        });
        line.End();
        Session.Cancellation.ThrowIfCancellationRequested();
        SweepStatus after = SweepStatus.Of(folder, SweepPlan.Read(folder));
        string text = $"{after.Text()}\nnext: minigrad sweep {(after.IsComplete ? "merge" : "status")} {folder}";
        return worst == ExitCode.Fine ? Answer(settings, Json("local", [], tasks), text)
            : Answer(settings, Json("local", [], tasks), text, worst, "some tasks failed; sweep status says why.");
    }

    private int Child(string[] words)
    {
        ProcessStartInfo start = ChildProgram.With(words);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using Process child = Process.Start(start)!;
        using CancellationTokenRegistration stop = Session.Cancellation.Register(() => ChildProgram.Terminate(child));
        Task<string> errors = child.StandardError.ReadToEndAsync();
        child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode is not (ExitCode.Fine or ExitCode.Interrupted)) Session.Note(errors.Result.TrimEnd().Split('\n')[^1]);
        return child.ExitCode;
    }

    private static string SelfQuoted() => string.Join(' ', ChildProgram.Words.Select(SweepJob.Quoted));

    private static string Sbatch(params string[] words)
    {
        try
        {
            using Process sbatch = Process.Start(new ProcessStartInfo("sbatch", words)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = sbatch.StandardError.ReadToEndAsync();
            string id = sbatch.StandardOutput.ReadToEnd().Trim();
            sbatch.WaitForExit();
            return sbatch.ExitCode == 0 ? id.Split(';')[0]
                : throw new DeviceException(
                    $"sweep submit: sbatch refused: {ErrorReport.OneLine(errors.Result)} Run it by hand to see more.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new DeviceException("sweep submit: there is no sbatch on this machine. Submit where Slurm is, or use --engine local.");
        }
    }

    private static JsonObject Json(string engine, IReadOnlyList<string> ids, int tasks) => new()
    {
        ["schema"] = RunFolder.Schema,
        ["engine"] = engine,
        ["tasks"] = tasks,
        ["jobs"] = JsonText.Array(ids),
    };
}
