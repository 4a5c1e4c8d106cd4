using System.Diagnostics;

namespace MiniGrad.Bench.Peers;

/// <summary>
/// What this machine can do at most, measured: multiply-adds in registers, and copies of working sets of several sizes.
/// (Williams et al., CACM 2009.)
/// </summary>
internal sealed class Roofline
{
    // Short and many, so that some meet no other work.
    private const int Bursts = 150;
    private const double BurstSeconds = 0.001;

    private static readonly long[] WorkingSets = [256L << 10, 2L << 20, 16L << 20, 256L << 20];

    private readonly Dictionary<int, double> peaks = [];
    private readonly Dictionary<int, double[]> copies = [];

    public Roofline(IEnumerable<int> threadCounts)
    {
        foreach (int threads in threadCounts)
        {
            peaks[threads] = Best(threads, _ => FmaLoop.Run, FmaLoop.Flops);
            copies[threads] =
                [.. WorkingSets.Select(bytes => Best(threads, _ => Copy((int)(bytes / 8 / threads)), (double)bytes / threads))];
        }
    }

    /// <summary>Floating-point operations a second.</summary>
    public double Peak(int threads) => peaks[threads];

    /// <summary>Bytes a second, reads and writes counted, of the smallest measured working set that holds so many.</summary>
    public double CopyRate(int threads, double bytes)
    {
        int i = Array.FindIndex(WorkingSets, size => bytes <= size);
        return copies[threads][i < 0 ? WorkingSets.Length - 1 : i];
    }

    /// <summary>No program can be faster than this many seconds, unless it needs fewer operations than the direct algorithm.</summary>
    public double Floor(PeerRow row, int threads) => Math.Max(row.Flops / Peak(threads), row.Bytes / CopyRate(threads, row.Bytes));

    public string Describe(int threads) =>
        $"{threads} thread{(threads == 1 ? "" : "s")}: {Peak(threads) / 1e9:F1} GFLOP/s; copies "
        + string.Join(", ", WorkingSets.Select((bytes, i) =>
            $"{copies[threads][i] / 1e9:F0} GB/s of {(bytes >= 1 << 20 ? $"{bytes >> 20} MB" : $"{bytes >> 10} KB")}"));

    private static Action<int> Copy(int floats)
    {
        float[] from = new float[floats];
        float[] to = new float[floats];
        return repetitions =>
        {
            for (int i = 0; i < repetitions; i++) from.CopyTo(to, 0);
        };
    }

    /// <summary>The best rate of several bursts of all threads at once, in units a second.</summary>
    private static double Best(int threads, Func<int, Action<int>> make, double unitsPerRepetition)
    {
        Action<int>[] bodies = [.. Enumerable.Range(0, threads).Select(make)];
        bodies[0](1);
        int repetitions = 1;
        while (Seconds(bodies[0], repetitions) < BurstSeconds) repetitions *= 2;
        double best = 0;
        using Barrier barrier = new(threads);
        Thread[] workers = [.. bodies.Skip(1).Select(body => new Thread(() =>
        {
            for (int i = 0; i < Bursts; i++) Burst(barrier, body, repetitions);
        }))];
        foreach (Thread worker in workers) worker.Start();
        for (int i = 0; i < Bursts; i++)
        {
            best = Math.Max(best, threads * repetitions * unitsPerRepetition / Burst(barrier, bodies[0], repetitions));
        }
        foreach (Thread worker in workers) worker.Join();
        return best;
    }

    /// <summary>From the moment that all begin until all have ended.</summary>
    private static double Burst(Barrier barrier, Action<int> body, int repetitions)
    {
        barrier.SignalAndWait();
        long start = Stopwatch.GetTimestamp();
        body(repetitions);
        barrier.SignalAndWait();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Seconds(Action<int> body, int repetitions)
    {
        long start = Stopwatch.GetTimestamp();
        body(repetitions);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
