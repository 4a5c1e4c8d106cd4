using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Runs;

/// <summary>What a run found for one of its examples: a line of <c>results.jsonl</c>.</summary>
internal interface IRunRow
{
    /// <summary>The number of the example in its run, from 0.</summary>
    int Index { get; }
}

/// <summary>
/// A run over numbered examples into a run folder, whatever is done to them. Rows of finished examples are on disk before
/// the next ones start, what is too large for a line before its line in a part file, so that a stopped or killed run loses
/// at most the examples that were worked on and goes on to the same bytes.
/// </summary>
internal abstract class Run<TRow>(RunFolder folder, int count) where TRow : class, IRunRow
{
    private readonly SortedDictionary<int, TRow> rows = [];
    private bool isRestored;

    /// <summary>How many examples the run has.</summary>
    public int Count => count;

    /// <summary>The examples that are done here: all, or those of one shard.</summary>
    public ExampleRange Range { get; init; } = new(0, count);

    /// <summary>How many of them are finished.</summary>
    public int Finished => rows.Count;

    /// <summary>The rows of the finished ones, in order.</summary>
    public IReadOnlyList<TRow> Rows => [.. rows.Values];

    protected RunFolder Folder => folder;

    /// <summary>What an example is called, such as "image".</summary>
    public abstract string Noun { get; }

    /// <summary>What a line of the results is, such as "the curvature at an image".</summary>
    protected abstract string LineNoun { get; }

    /// <summary>
    /// Does what is left, in stretches of at most <paramref name="chunk"/> consecutive examples, and puts the lines in
    /// order. Returns whether all is done; otherwise it was cancelled and what was finished is kept.
    /// </summary>
    /// <exception cref="RunFolderException">A line of the folder is not one of this run.</exception>
    public bool Execute(int chunk, IProgress<RunState>? progress, CancellationToken cancellation)
    {
        Restore();
        Stopwatch clock = Stopwatch.StartNew();
        int before = Finished;
        int end = Range.First + Range.Count;
        for (int first = Range.First; first < end;)
        {
            if (rows.ContainsKey(first))
            {
                first++;
                continue;
            }
            if (cancellation.IsCancellationRequested) return false;
            int length = 1;
            while (length < chunk && first + length < end && !rows.ContainsKey(first + length)) length++;
            RunContext context = new()
            {
                FirstIndex = first,
                ChunkSize = chunk,
                Cancellation = cancellation,
                Progress = progress is null ? null : new InlineProgress<RunProgress>(p => progress.Report(State(p, before, clock.Elapsed))),
            };
            foreach (TRow row in Measure(first, length, context))
            {
                rows[row.Index] = row;
                folder.Append(Line(row));
            }
            first += length;
            progress?.Report(State(new(0, 0, 0, 0), before, clock.Elapsed));
        }
        if (Finished < Range.Count) return false;
        Replace(Rows);
        return true;
    }

    /// <summary>Puts what lies in part files into an order that does not tell how the run was cut into chunks.</summary>
    public virtual void Settle()
    {
    }

    /// <summary>Puts rows in place of those of the run, with all that was measured since.</summary>
    public void Replace(IReadOnlyList<TRow> measured)
    {
        foreach (TRow row in measured) rows[row.Index] = row;
        folder.Replace(Rows.Select(Line));
    }

    /// <summary>
    /// Examines examples and returns the rows of those that are finished; fewer only if it was cancelled. What a row needs
    /// besides its line must be in a part file by then. Random numbers follow the numbers of the examples.
    /// </summary>
    protected abstract IEnumerable<TRow> Measure(int first, int length, RunContext context);

    /// <summary>A row that was read, with what lies in part files; none where that was lost and the example is to be done again.</summary>
    protected virtual TRow? Restored(TRow row) => row;

    /// <summary>The row as a line; a record is its own schema.</summary>
    protected virtual JsonObject Line(TRow row) => JsonText.Of(row);

    /// <summary>The row of a line.</summary>
    protected virtual TRow Read(JsonObject line) => JsonText.Read<TRow>(line);

    /// <summary>The part file that is named after an example which is in no other part.</summary>
    protected string Part(int index) => folder.File(string.Create(CultureInfo.InvariantCulture, $"part-{index:D8}.safetensors"));

    protected void WritePart(
        int index, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        OutputFile.Guard(folder.Path, () => Safetensors.Write(Part(index), [.. tensors], metadata));

    private void Restore()
    {
        if (isRestored) return;
        isRestored = true;
        string path = folder.File("results.jsonl");
        foreach (JsonObject line in folder.Former)
        {
            TRow row = RunLine.Read(line, Read, path, LineNoun);
            if ((uint)(row.Index - Range.First) >= (uint)Range.Count)
            {
                throw new RunFolderException(path, 0, $"a line is of {Noun} {row.Index} of {Count}. Start a new run");
            }
            if (Restored(row) is { } whole) rows[row.Index] = whole;
        }
    }

    private RunState State(RunProgress p, int before, TimeSpan elapsed)
    {
        int left = Range.Count - Finished;
        double done = Finished - before + (p.Iterations == 0 ? p.Finished : (double)p.Iteration / p.Iterations * Math.Min(p.Total, left));
        return new(Noun, Finished, Range.Count, p.Iteration, p.Iterations,
            done > 0 ? elapsed * ((Range.Count - before - done) / done) : null);
    }
}

/// <summary>Reads a line of the results; one that does not hold what it should is an error of its folder.</summary>
internal static class RunLine
{
    public static T Read<T>(JsonObject line, Func<JsonObject, T> read, string path, string noun)
    {
        try
        {
            return read(line);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new RunFolderException(path, 0, $"a line is not {noun}. Start a new run");
        }
    }
}

/// <summary>
/// How far a run is: finished examples, the iterations of those that are worked on (0 of 0 where
/// there are none), and the time left, once known.
/// </summary>
internal readonly record struct RunState(string Noun, int Finished, int Count, int Iteration, int Iterations, TimeSpan? Left)
{
    /// <summary>Shows the states of a run on a line, behind some words.</summary>
    public static IProgress<RunState> On(ProgressLine line, string words = "") =>
        new InlineProgress<RunState>(state => line.Show(() => words + state));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Noun} {Finished} of {Count}{(Iterations == 0 ? "" : $"  iteration {Iteration} of {Iterations}")}  "
        + $"{(Left is { } left ? ProgressLine.Duration(left) : "?")} left");
}
