using System.Diagnostics;
using MiniGrad.Kernels;

namespace MiniGrad.Bench.Peers;

/// <summary>Measures the rows, each at every number of threads in turn, beside a peer process for each number.</summary>
internal sealed class PeerRun(PeerOptions options, Roofline roofline, string? python) : IDisposable
{
    private const int UsualPairs = 5;
    private const int QuickPairs = 3;

    private readonly Dictionary<int, TorchPeer> peers = python is null ? [] : options.Threads.ToDictionary(threads => threads, threads => new TorchPeer(python, threads));

    public int Pairs => options.Pairs ?? (options.Quick ? QuickPairs : UsualPairs);

    /// <summary>None where it is missing.</summary>
    public string? PeerVersion => peers.Count == 0 ? null : peers.Values.First().Version;

    public List<PeerResult> Measure(IReadOnlyList<PeerRow> rows)
    {
        List<PeerResult> results = [];
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; i < rows.Count; i++)
        {
            foreach (int threads in options.Threads)
            {
                PeerResult result = Measure(rows[i], threads);
                results.Add(result);
                string theirs = result.Ratio is { } ratio ? $", PyTorch {result.Theirs * 1e3:G4} ms, ratio {ratio:F2}" : "";
                Console.Error.WriteLine($"[{i + 1}/{rows.Count} {clock.Elapsed:mm\\:ss}] {rows[i].Group}: {rows[i].Name}, {threads} t: "
                    + $"{result.Ours * 1e3:G4} ms, {result.Share:P0} of the floor{theirs}");
            }
        }
        return results;
    }

    public void Dispose()
    {
        foreach (TorchPeer peer in peers.Values) peer.Dispose();
    }

    private PeerResult Measure(PeerRow row, int threads)
    {
        Threads.Count = threads;
        Func<int, double>? peer = peers.TryGetValue(threads, out TorchPeer? torch) ? torch.Run : null;
        torch?.Prepare(row.Job);
        (double[] ours, double[] theirs) = PeerClock.Compare(PeerClock.Timed(row.Prepare()), peer, Pairs);
        double? their = peer is null ? null : PeerClock.Median(theirs);
        double? ratio = peer is null ? null : PeerClock.Median(theirs.Zip(ours, (t, o) => t / o));
        return new(row, threads, PeerClock.Median(ours), their, ratio, roofline.Floor(row, threads));
    }
}
