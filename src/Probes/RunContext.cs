namespace MiniGrad.Probes;

/// <summary>What a run needs and an attack should not own: random numbers, cancellation, progress, what to keep.</summary>
public sealed record RunContext
{
    /// <summary>The seed that every random number of the run follows from.</summary>
    public long Seed { get; init; }

    /// <summary>Cancels between iterations; examples that are finished by then are kept.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Told how many examples are finished and how far the current chunk is.</summary>
    public IProgress<RunProgress>? Progress { get; init; }

    /// <summary>Examples that are searched together. The results do not depend on it.</summary>
    public int ChunkSize { get; init; } = 64;

    /// <summary>The number of the first example in its whole run: random numbers follow the whole run's numbering.</summary>
    public int FirstIndex { get; init; }

    /// <summary>How many examples, from the first on, keep the course of their walk.</summary>
    public int KeepPaths { get; init; }

    /// <summary>Iterations between two kept images of a walk.</summary>
    public int PathEvery { get; init; } = 10;

    /// <summary>Walks pairs of one class too; averages leave them out all the same.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// Attacks images within a threat that meet the goal already, too, to make the classifier surer of its mistake; otherwise they
    /// are returned as they are.
    /// </summary>
    public bool AttacksMet { get; init; }

    /// <summary>
    /// The number of the first start of an attack within a threat: one that starts once does then what one that starts
    /// several times does at that start.
    /// </summary>
    public int FirstStart { get; init; }

    /// <summary>Whether attacks within a threat make one start only, however many they would make.</summary>
    internal bool IsOneStart { get; init; }

    internal void Check()
    {
        if (ChunkSize < 1) Throw.Range($"run: chunk size {ChunkSize}; at least 1 is needed.");
        if (FirstStart < 0) Throw.Range($"run: first start {FirstStart}; starts are numbered from 0.");
        if (PathEvery < 1) Throw.Range($"run: an image of a path every {PathEvery} iterations; at least 1 is needed.");
    }

    internal Rng ExampleRng(int index) => new Rng(Seed).At("example").At(FirstIndex + index);
}

/// <summary>How far a run is.</summary>
public sealed record RunProgress(int Finished, int Total, int Iteration, int Iterations);
