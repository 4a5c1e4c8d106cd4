using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>Times work that is only asked for: batches of calls, then a wait. gpu_peer.py does the same with the same numbers.</summary>
internal static class GpuClock
{
    private const double WarmSeconds = 0.15;
    private const double SampleSeconds = 0.025;
    private const double MostSeconds = 1.5;
    private const int Samples = 7;

    /// <summary>Median seconds of one call.</summary>
    public static double Median(Action action, Action epilogue)
    {
        Func<int, double> run = PeerClock.Timed(action, epilogue);
        // Kernels are compiled and memory is taken.
        run(1);
        int count = 1;
        double sample;
        for (double spent = 0; spent < WarmSeconds; spent += sample)
        {
            sample = run(count);
            if (sample < SampleSeconds) count = (int)Math.Clamp(count * SampleSeconds / Math.Max(sample, 1e-9), count, 10.0 * count) + 1;
        }
        double last = run(count);
        int samples = (int)Math.Clamp(MostSeconds / last, 1, Samples);
        return PeerClock.Median(Enumerable.Range(0, samples).Select(_ => run(count) / count).ToArray());
    }
}
