namespace MiniGrad;

/// <summary>
/// Recycles the memory of a piece of work: one step of a loop, or a walk over a graph. What is allocated while it is open
/// goes back to the pool at a sweep, except what is held or kept. Correctness never depends on it: a recycled tensor that
/// is touched throws, it does not lie.
/// </summary>
public sealed class Arena : IDisposable
{
    [ThreadStatic]
    private static Arena? current;

    /// <summary>The list of the last arena that closed, for the next one.</summary>
    [ThreadStatic]
    private static List<Storage>? spare;

    /// <summary>The arena that was current before.</summary>
    private readonly Arena? outer;

    /// <summary>Who gets what is kept.</summary>
    private readonly Arena? heir;
    private readonly List<Storage> fresh;

    private Arena(Arena? heir)
    {
        this.heir = heir;
        outer = current;
        fresh = spare ?? [];
        spare = null;
    }

    internal static Arena? Current => current;

    /// <summary>
    /// Opens an arena inside the current one; disposing it closes it. What was not swept by then, as when the work
    /// threw, is left to the collector.
    /// </summary>
    public static Arena Open() => current = new Arena(heir: current);

    /// <summary>
    /// Runs a step and recycles what it allocated, save the storages of the tensors that <paramref name="survivors"/>
    /// lists of its result.
    /// </summary>
    public static T Step<T>(Func<T> step, Func<T, IEnumerable<Tensor>> survivors) => Step(step, survivors, current);

    /// <summary>An arena that is never current: it owns what steps leave to it.</summary>
    internal static Arena Aside() => new(heir: null);

    internal static T Step<T>(Func<T> step, Func<T, IEnumerable<Tensor>> survivors, Arena? heir)
    {
        using Arena arena = current = new Arena(heir);
        T result = step();
        foreach (Tensor tensor in survivors(result)) arena.Keep(tensor);
        arena.Sweep();
        return result;
    }

    /// <summary>Allocations until the returned scope is disposed outlive every arena: for caches that steps share.</summary>
    public static Pause Outside() => new(Interlocked.Exchange(ref current, null));

    /// <summary>
    /// Protects memory allocated here from sweeps until it was released as often. A storage may be held through several
    /// tensors.
    /// </summary>
    public void Hold(Tensor tensor)
    {
        Storage storage = tensor.Storage.Root;
        if (ReferenceEquals(storage.Owner, this)) storage.Holders++;
    }

    /// <summary>Takes back one <see cref="Hold"/>; the last one recycles the memory at once.</summary>
    public void Release(Tensor tensor)
    {
        Storage storage = tensor.Storage.Root;
        if (ReferenceEquals(storage.Owner, this) && --storage.Holders == 0) Recycle(storage);
    }

    /// <summary>Passes memory allocated here on to the enclosing arena, or out of all.</summary>
    public void Keep(Tensor tensor)
    {
        Storage storage = tensor.Storage.Root;
        if (ReferenceEquals(storage.Owner, this)) PassOn(storage);
    }

    /// <summary>Passes everything that was allocated here on to the enclosing arena, or out of all.</summary>
    public void KeepAll()
    {
        foreach (Storage storage in fresh)
        {
            if (ReferenceEquals(storage.Owner, this)) PassOn(storage);
        }
        fresh.Clear();
    }

    /// <summary>Recycles what was allocated since the last sweep and is neither held nor kept.</summary>
    public void Sweep()
    {
        foreach (Storage storage in fresh)
        {
            if (ReferenceEquals(storage.Owner, this) && storage.Holders == 0) Recycle(storage);
        }
        fresh.Clear();
    }

    /// <summary>Closes the arena; the one that was current before is so again.</summary>
    public void Dispose()
    {
        current = outer;
        fresh.Clear();
        spare = fresh;
    }

    internal void Note(Storage storage)
    {
        storage.Owner = this;
        fresh.Add(storage);
    }

    private void PassOn(Storage storage)
    {
        storage.Owner = null;
        storage.Holders = 0;
        heir?.Note(storage);
    }

    private static void Recycle(Storage storage)
    {
        storage.Owner = null;
        storage.Recycle();
    }

    /// <summary>Ends the exemption that <see cref="Outside"/> began.</summary>
    public readonly ref struct Pause
    {
        private readonly Arena? resume;

        internal Pause(Arena? resume) => this.resume = resume;

        /// <summary>Makes the arena current again that was so before.</summary>
        public void Dispose() => current = resume;
    }
}
