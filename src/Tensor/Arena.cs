namespace MiniGrad;

/// <summary>
/// Recycles the memory of one step of a loop. Everything allocated inside <see cref="Step{T}"/> goes back to the pool
/// at its end, except what the returned state keeps. Correctness never depends on it: a recycled tensor that is
/// touched throws, it does not lie.
/// </summary>
public sealed class Arena
{
    [ThreadStatic]
    private static Arena? current;

    private readonly List<Storage> made = [];

    internal static Arena? Current => current;

    internal void Note(Storage storage) => made.Add(storage);

    /// <summary>Runs a step and recycles what it allocated, save the storages of the tensors that <paramref name="survivors"/> lists of its result.</summary>
    public static T Step<T>(Func<T> step, Func<T, IEnumerable<Tensor>> survivors)
    {
        Arena? outer = current;
        var arena = new Arena();
        current = arena;
        bool done = false;
        try
        {
            T result = step();
            current = outer;
            HashSet<Storage> keep = new(ReferenceEqualityComparer.Instance);
            foreach (Tensor tensor in survivors(result)) keep.Add(tensor.Storage);
            foreach (Storage storage in arena.made)
            {
                if (!keep.Contains(storage)) storage.Recycle();
                else outer?.Note(storage);
            }
            done = true;
            return result;
        }
        finally
        {
            current = outer;
            // A step that threw may have published tensors; leave its memory to the collector.
            if (!done) arena.made.Clear();
        }
    }

    /// <summary>Allocations until the returned scope is disposed outlive the current step: for caches that steps share.</summary>
    public static Pause Outside() => new(Interlocked.Exchange(ref current, null));

    /// <summary>Ends the exemption that <see cref="Outside"/> began.</summary>
    public readonly ref struct Pause
    {
        private readonly Arena? resume;

        internal Pause(Arena? resume) => this.resume = resume;

        public void Dispose() => current = resume;
    }
}
