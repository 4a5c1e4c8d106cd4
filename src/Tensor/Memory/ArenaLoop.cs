namespace MiniGrad;

/// <summary>
/// The memory of a loop: what a step leaves lives until the next step's result has taken its place, so a loop of any
/// length runs in the memory of two steps.
/// </summary>
/// <param name="tensors">The tensors of a state that must live on.</param>
internal sealed class ArenaLoop<TState>(Func<TState, IEnumerable<Tensor>> tensors) : IDisposable
{
    private readonly Arena memory = Arena.Aside();
    private TState? last;
    private bool any;

    /// <summary>Runs a step; its result replaces the last one, whose memory is recycled unless the two share it.</summary>
    public TState Step(Func<TState> step)
    {
        TState next = Arena.Step(step, tensors, memory);
        foreach (Tensor tensor in tensors(next)) memory.Hold(tensor);
        Dispose();
        memory.Sweep();
        (last, any) = (next, true);
        return next;
    }

    /// <summary>Recycles the last state.</summary>
    public void Dispose()
    {
        if (!any) return;
        foreach (Tensor tensor in tensors(last!)) memory.Release(tensor);
        (last, any) = (default, false);
    }
}
