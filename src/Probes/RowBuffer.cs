using System.Buffers;

namespace MiniGrad.Probes;

/// <summary>
/// One value for each row of a batch, on the host, in borrowed memory: a step of a search gives it back at its end, and so
/// allocates nothing that grows with the batch. It starts with default values.
/// </summary>
internal readonly ref struct RowBuffer<T> : IDisposable where T : unmanaged
{
    private readonly T[] memory;

    public RowBuffer(int count)
    {
        memory = ArrayPool<T>.Shared.Rent(count);
        Span = memory.AsSpan(0, count);
        Span.Clear();
    }

    public Span<T> Span { get; }

    public int Count => Span.Length;

    public ref T this[int row] => ref Span[row];

    public void Dispose() => ArrayPool<T>.Shared.Return(memory);

    /// <summary>A copy that stays.</summary>
    public T[] ToArray()
    {
        T[] copy = Span.ToArray();
        Dispose();
        return copy;
    }
}
