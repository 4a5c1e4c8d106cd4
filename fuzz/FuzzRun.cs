using System.Diagnostics;
using System.Globalization;
using MiniGrad.Lab;

namespace MiniGrad.Fuzz;

/// <summary>
/// Feeds one target with inputs 0, 1, 2 … of a seed. Inputs on which it fails are kept in a folder, one of each kind of
/// failure.
/// </summary>
internal sealed class FuzzRun : IDisposable
{
    /// <summary>After that a reader is said not to end. Far above the limit, so that a busy computer is no finding.</summary>
    private const double PatienceSeconds = 30;

    private readonly FuzzTarget target;
    private readonly long seed;
    private readonly string findings;
    private readonly string? corpus;
    private readonly FuzzInputs inputs;
    private readonly FuzzProbe probe;
    private readonly Lock guard = new();
    private long started;
    private long number = -1;
    private bool isStuck;

    /// <param name="scratch">A folder for the file that is being read: should the process die, it is the input that did it.</param>
    /// <param name="findings">The folder that keeps failing inputs, made when there is one.</param>
    /// <param name="more">The paths of further valid files, all in one folder.</param>
    public FuzzRun(FuzzTarget target, long seed, string scratch, string findings, IReadOnlyList<string>? more = null)
    {
        this.target = target;
        this.seed = seed;
        this.findings = findings;
        more ??= [];
        corpus = more.Count > 0 ? Path.GetDirectoryName(more[0]) : null;
        inputs = new(target, seed, [.. more.Select(File.ReadAllBytes)]);
        string folder = Path.Combine(scratch, target.Name);
        Directory.CreateDirectory(folder);
        probe = new(target, folder);
        Tally = new(target.Name);
        for (int i = 0; i < inputs.Seeds.Count; i++)
        {
            FuzzOutcome outcome = probe.Run(inputs.Seeds[i]);
            if ((outcome.Problem ?? outcome.Message) is not { } problem) continue;
            int given = i - (inputs.Seeds.Count - more.Count);
            string file = given < 0 ? string.Create(CultureInfo.InvariantCulture, $"{target.Name}: valid file {i}") : more[given];
            throw new InputException($"fuzz: {file} is not read: {problem}. Start from valid files.");
        }
    }

    public FuzzTally Tally { get; }

    /// <summary>The bytes of an input.</summary>
    public byte[] Input(long number) => inputs.Make(number);

    /// <summary>Goes on for that time, or until there is a reason to stop.</summary>
    public void Run(TimeSpan time, CancellationToken cancellation = default)
    {
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        Run(() => Stopwatch.GetTimestamp() < end && !cancellation.IsCancellationRequested);
    }

    /// <summary>Reads the next inputs, that many.</summary>
    public void Run(long count)
    {
        long end = number + count;
        Run(() => number < end);
    }

    /// <summary>Reads one input by its number.</summary>
    public void Repeat(long one)
    {
        number = one - 1;
        Run(1);
    }

    public void Dispose() => probe.Dispose();

    /// <summary>A thread of its own, because a reader that does not end can only be left behind.</summary>
    private void Run(Func<bool> goesOn)
    {
        if (isStuck) return;
        Exception? failure = null;
        Thread worker = new(() =>
        {
            try
            {
                while (goesOn()) Next();
            }
            catch (Exception error)
            {
                failure = error;
            }
        })
        { IsBackground = true };
        Volatile.Write(ref started, Stopwatch.GetTimestamp());
        worker.Start();
        while (!worker.Join(TimeSpan.FromSeconds(1)))
        {
            lock (guard)
            {
                if (Stopwatch.GetElapsedTime(Volatile.Read(ref started)).TotalSeconds < PatienceSeconds) continue;
                isStuck = true;
                Count(new(null, $"has not ended after {PatienceSeconds:0} s", "hang"), inputs.Make(number));
                return;
            }
        }
        if (failure is null) return;
        throw new InvalidOperationException(
            $"fuzz: {target.Name}: input {number} of seed {seed} could not be made: {failure.Message}", failure);
    }

    private void Next()
    {
        byte[] input = inputs.Make(++number);
        Volatile.Write(ref started, Stopwatch.GetTimestamp());
        FuzzOutcome outcome = probe.Run(input);
        lock (guard)
        {
            if (!isStuck) Count(outcome, input);
        }
    }

    private void Count(FuzzOutcome outcome, byte[] input) => Tally.Add(outcome, problem =>
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}-{number}");
        string file = Path.Combine(findings, name + Path.GetExtension(target.FileName));
        OutputFile.Guard(findings, () =>
        {
            Directory.CreateDirectory(findings);
            File.WriteAllBytes(file, input);
        });
        return new(target.Name, seed, number, problem, file, 1, corpus);
    });
}
