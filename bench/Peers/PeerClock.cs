using System.Diagnostics;

namespace MiniGrad.Bench.Peers;

/// <summary>Times two sides in turn. A side is a function from a number of repetitions to the seconds they took.</summary>
internal static class PeerClock
{
    private const double WarmSeconds = 0.2;
    private const double SampleSeconds = 0.03;

    /// <summary>Turns our side into one that times itself.</summary>
    public static Func<int, double> Timed(Action action) => repetitions =>
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repetitions; i++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    };

    /// <summary>Seconds of one repetition of either side, pair by pair; the side that goes first alternates.</summary>
    public static (double[] Ours, double[] Theirs) Compare(Func<int, double> ours, Func<int, double>? theirs, int pairs)
    {
        int ourCount = Warm(ours);
        int theirCount = theirs is null ? 0 : Warm(theirs);
        double[] ourTimes = new double[pairs];
        double[] theirTimes = new double[theirs is null ? 0 : pairs];
        for (int pair = 0; pair < pairs; pair++)
        {
            if (pair % 2 == 0) ourTimes[pair] = ours(ourCount) / ourCount;
            if (theirs is not null) theirTimes[pair] = theirs(theirCount) / theirCount;
            if (pair % 2 == 1) ourTimes[pair] = ours(ourCount) / ourCount;
        }
        return (ourTimes, theirTimes);
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs until code and caches are warm; returns the repetitions of a sample that is long enough to time.</summary>
    private static int Warm(Func<int, double> side)
    {
        int count = 1;
        double spent = 0;
        while (spent < WarmSeconds)
        {
            double seconds = side(count);
            spent += seconds;
            if (seconds < SampleSeconds) count = (int)Math.Clamp(count * SampleSeconds / Math.Max(seconds, 1e-9), count, 10.0 * count) + 1;
        }
        return count;
    }
}
