namespace MiniGrad.Kernels.Cpu;

/// <summary>A loop body over a range of work items; a struct, so that starting a loop allocates nothing.</summary>
public interface ILoopBody
{
    /// <summary>Computes the items begin … end − 1.</summary>
    void Run(long begin, long end);
}

/// <summary>
/// The only place that starts parallel work. The caller takes part; workers spin for about 100 µs after a loop, since
/// the next one usually follows at once, and then park. Bodies write disjoint outputs, so the number of threads never
/// changes a result.
/// </summary>
public static class Threads
{
    private const int SpinMicroseconds = 100;

    private static readonly Lock Gate = new();
    private static readonly List<SemaphoreSlim> Parked = [];
    private static int started;
    private static int busy;
    private static volatile int generation;
    private static volatile bool open;
    private static int inside;
    private static Job? job;
    private static long total;
    private static long grain;
    private static long next;
    private static Exception? failure;

    /// <summary>
    /// What the caller of the open loop computes with: its number of threads bounds the workers, who compute with it
    /// too.
    /// </summary>
    private static Computing computing = Computing.Default;

    /// <summary>How many threads a loop that this thread starts may use, itself included.</summary>
    public static int Count => Computing.InForce.Threads;

    /// <summary>Runs the body over 0 … n − 1 in pieces of <paramref name="grain"/> items; a single piece stays on the caller.</summary>
    public static void For<TBody>(long n, long grain, in TBody body) where TBody : struct, ILoopBody
    {
        if (n <= 0) return;
        Computing wanted = Computing.InForce;
        if (n <= grain || wanted.Threads == 1 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            body.Run(0, n);
            return;
        }
        try
        {
            EnsureWorkers(wanted.Threads - 1);
            Job<TBody>.Slot.Body = body;
            Open(Job<TBody>.Slot, n, Math.Max(1, grain), wanted);
            Work(Job<TBody>.Slot);
            Close();
        }
        finally
        {
            Job<TBody>.Slot.Body = default;
            Volatile.Write(ref busy, 0);
        }
    }

    private static void Open(Job work, long n, long size, Computing wanted)
    {
        lock (Gate)
        {
            job = work;
            computing = wanted;
            total = n;
            grain = size;
            next = 0;
            failure = null;
            open = true;
            generation++;
            int wake = Math.Min(Parked.Count, wanted.Threads - 1);
            for (int i = 0; i < wake; i++)
            {
                Parked[^1].Release();
                Parked.RemoveAt(Parked.Count - 1);
            }
        }
    }

    private static void Close()
    {
        lock (Gate) open = false;
        SpinWait wait = default;
        while (Volatile.Read(ref inside) != 0) wait.SpinOnce(-1);
        job = null;
        if (failure is { } thrown)
        {
            failure = null;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private static void Work(Job work)
    {
        try
        {
            while (true)
            {
                long begin = Interlocked.Add(ref next, grain) - grain;
                if (begin >= total) return;
                work.Run(begin, Math.Min(total, begin + grain));
            }
        }
        catch (Exception thrown) when (Remember(thrown))
        {
            // Reported to the caller by Close; the other pieces are abandoned.
            Interlocked.Exchange(ref next, long.MaxValue / 2);
        }
    }

    private static bool Remember(Exception thrown)
    {
        Interlocked.CompareExchange(ref failure, thrown, null);
        return true;
    }

    private static void EnsureWorkers(int wanted)
    {
        for (; started < wanted; started++)
        {
            new Thread(Loop) { IsBackground = true, Name = "minigrad kernel" }.Start();
        }
    }

    private static void Loop()
    {
        using SemaphoreSlim signal = new(0);
        int seen = generation - 1;
        long spinTicks = System.Diagnostics.Stopwatch.Frequency * SpinMicroseconds / 1_000_000;
        long idle = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            Job? work = null;
            if (generation != seen && open)
            {
                lock (Gate)
                {
                    if (open && generation != seen && inside < computing.Threads - 1)
                    {
                        work = job;
                        Computing.Enter(computing);
                        // Workers leave without the lock.
                        Interlocked.Increment(ref inside);
                    }
                    seen = generation;
                }
            }
            if (work is not null)
            {
                Work(work);
                Interlocked.Decrement(ref inside);
                idle = System.Diagnostics.Stopwatch.GetTimestamp();
                continue;
            }
            if (System.Diagnostics.Stopwatch.GetTimestamp() - idle < spinTicks)
            {
                Thread.SpinWait(8);
                continue;
            }
            lock (Gate)
            {
                if (open && generation != seen) continue;
                Parked.Add(signal);
            }
            signal.Wait();
            idle = System.Diagnostics.Stopwatch.GetTimestamp();
        }
    }

    private abstract class Job
    {
        public abstract void Run(long begin, long end);
    }

    private sealed class Job<TBody> : Job where TBody : struct, ILoopBody
    {
        public static readonly Job<TBody> Slot = new();

        public TBody Body;

        public override void Run(long begin, long end) => Body.Run(begin, end);
    }
}
