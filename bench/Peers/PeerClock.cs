using System.Diagnostics;

namespace MiniGrad.Bench.Peers;

/// <summary>Times sides in turn. A side is a function from a number of repetitions to the seconds they took.</summary>
internal static class PeerClock
{
    private const double WarmSeconds = 0.2;
    private const double SampleSeconds = 0.03;

    // OpenBLAS's workers look for more work during some 20 ms before they sleep.
    private const int SettleMilliseconds = 50;

    /// <summary>
    /// Turns our side into one that times itself; where it only asks for work,
    /// <paramref name="epilogue"/> waits for the end of it.
    /// </summary>
    public static Func<int, double> Timed(Action action, Action? epilogue = null) => repetitions =>
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repetitions; i++) action();
        epilogue?.Invoke();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    };

    /// <summary>Seconds of one repetition of our side and of the faster of the others, pair by pair; who goes first alternates.</summary>
    public static (double[] Ours, double[] Theirs) Compare(Func<int, double> ours, IEnumerable<Func<int, double>> theirs, int pairs)
    {
        WarmSide? other = theirs.Select(Warm).MinBy(side => side.Seconds);
        Thread.Sleep(SettleMilliseconds);
        WarmSide own = Warm(ours);
        List<double> ourTimes = [];
        List<double> theirTimes = [];
        for (int pair = 0; pair < pairs; pair++)
        {
            if (pair % 2 == 0) ourTimes.Add(own.Sample());
            if (other is not null) theirTimes.Add(other.Sample());
            if (pair % 2 == 0) continue;
            Thread.Sleep(SettleMilliseconds);
            ourTimes.Add(own.Sample());
        }
        return ([.. ourTimes], [.. theirTimes]);
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs until code and caches are warm, and finds the repetitions of a sample that is long enough to time.</summary>
    private static WarmSide Warm(Func<int, double> run)
    {
        int count = 1;
        double spent = 0;
        double last = 0;
        while (spent < WarmSeconds)
        {
            double seconds = run(count);
            spent += seconds;
            last = seconds / count;
            if (seconds < SampleSeconds) count = (int)Math.Clamp(count * SampleSeconds / Math.Max(seconds, 1e-9), count, 10.0 * count) + 1;
        }
        return new(run, count, last);
    }

    /// <param name="Count">Repetitions of a sample.</param>
    /// <param name="Seconds">Of one repetition, at the end of the warming.</param>
    private sealed record WarmSide(Func<int, double> Run, int Count, double Seconds)
    {
        public double Sample() => Run(Count) / Count;
    }
}
