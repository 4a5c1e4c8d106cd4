namespace MiniGrad.Nn;

/// <summary>
/// Work on examples that do not meet, some of them at a time. Where the device runs out of memory the batch is halved and
/// the work goes on; no result depends on it, since kernels do not. What fits is remembered for the work that follows.
/// </summary>
internal sealed class MicroBatches(Device device, IProgress<string>? notes = null)
{
    private int most = int.MaxValue;

    /// <summary>
    /// Calls the work for all examples, each time with the first one and how many; what it
    /// did before it ran out of memory must not count.
    /// </summary>
    public void Run(int total, int usual, Action<int, int> work)
    {
        for (int first = 0; first < total;)
        {
            int count = Math.Min(Math.Min(usual, most), total - first);
            if (Fits(() => work(first, count), count)) first += count;
        }
    }

    /// <summary>f of all rows of a tensor, at once if possible.</summary>
    public Tensor Map(Tensor x, Func<Tensor, Tensor> f)
    {
        Tensor? whole = null;
        int rows = x.Shape[0];
        if (rows <= most && Fits(() => whole = Alone(f, x), rows)) return whole!;
        List<Tensor> parts = [];
        Run(rows, rows, (first, count) => parts.Add(Alone(f, x.Take(0, new AxisRange(first, count)))));
        return Ops.Concat([.. parts], 0);
    }

    /// <summary>
    /// f of a tensor; what it made on the way is recycled at once, also when it ran out of
    /// memory, unless a graph refers to it.
    /// </summary>
    private static Tensor Alone(Func<Tensor, Tensor> f, Tensor x)
    {
        using Arena arena = Arena.Open();
        try
        {
            Tensor y = f(x);
            if (y.IsTracked) arena.KeepAll();
            else arena.Keep(y);
            return y;
        }
        finally
        {
            arena.Sweep();
        }
    }

    /// <summary>Whether the work was done; one example that does not fit is the caller's error.</summary>
    private bool Fits(Action work, int count)
    {
        try
        {
            work();
            return true;
        }
        catch (DeviceMemoryException) when (count > 1)
        {
            most = Math.Min(most, count / 2);
            notes?.Report($"{device}: out of memory with {count} images at once; going on with {most}.");
            return false;
        }
    }
}
