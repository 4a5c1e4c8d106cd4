namespace MiniGrad.Fuzz;

/// <summary>Runs targets in turn, so that each has an equal share of the time and all have been tried when it is cut short.</summary>
internal sealed class Fuzzer : IDisposable
{
    private const double MostSecondsATurn = 10;

    private readonly string scratch = Directory.CreateTempSubdirectory("minigrad-fuzz-").FullName;
    private readonly List<FuzzRun> runs = [];

    public Fuzzer(IEnumerable<FuzzTarget> targets, long seed, string findings, IReadOnlyList<string>? more = null)
    {
        try
        {
            foreach (FuzzTarget target in targets) runs.Add(new(target, seed, scratch, findings, more));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Holds the input that is being read, below a folder with the target's name.</summary>
    public string Scratch => scratch;

    public IReadOnlyList<FuzzTally> Tallies => runs.ConvertAll(run => run.Tally);

    /// <summary>Goes on for that many seconds in all; <paramref name="turn"/> is told of every turn before it.</summary>
    public void Run(double seconds, Action<FuzzTally>? turn = null, CancellationToken cancellation = default)
    {
        int turns = Math.Max(1, (int)Math.Ceiling(seconds / runs.Count / MostSecondsATurn));
        for (int i = 0; i < turns; i++)
        {
            foreach (FuzzRun run in runs)
            {
                if (cancellation.IsCancellationRequested) return;
                turn?.Invoke(run.Tally);
                run.Run(TimeSpan.FromSeconds(seconds / runs.Count / turns), cancellation);
            }
        }
    }

    /// <summary>Reads one input of every target by its number.</summary>
    public void Repeat(long number)
    {
        foreach (FuzzRun run in runs) run.Repeat(number);
    }

    public void Dispose()
    {
        foreach (FuzzRun run in runs) run.Dispose();
        Directory.Delete(scratch, recursive: true);
    }
}

/// <summary>
/// An input on which a reader did what no reader may: <paramref name="Problem"/> in one line, the file that shows it,
/// the command that repeats it, how often it happened, and the folder of further files that the run started from.
/// </summary>
internal sealed record FuzzFinding(string Target, long Seed, long Number, string Problem, string File, long Times, string? Corpus = null)
{
    /// <summary>The command that makes the same input again and reads it.</summary>
    public string Command =>
        $"minigrad fuzz --target {Target} --seed {Seed} --case {Number}{(Corpus is null ? "" : $" --corpus {Corpus}")}";
}
