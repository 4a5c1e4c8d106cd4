using System.Diagnostics;

namespace MiniGrad.Bench.Peers;

/// <summary>Measures the rows, each at every number of threads in turn, beside peer processes with as many.</summary>
internal sealed class PeerRun(PeerOptions options, Roofline roofline, string? python) : IDisposable
{
    private const int UsualPairs = 5;
    private const int QuickPairs = 3;

    private readonly Dictionary<int, TorchPeer[]> peers = options.Threads.ToDictionary(
        threads => threads, threads => TorchPeer.Start(python, threads));

    public int Pairs => options.Pairs ?? (options.Quick ? QuickPairs : UsualPairs);

    /// <summary>None where it is missing.</summary>
    public string? PeerVersion => peers.Values.SelectMany(all => all).FirstOrDefault()?.Version;

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
        foreach (TorchPeer peer in peers.Values.SelectMany(all => all)) peer.Dispose();
    }

    private PeerResult Measure(PeerRow row, int threads)
    {
        Computing.Default = Computing.Default with { Threads = threads };
        Func<int, double> own = PeerClock.Timed(row.Prepare());
        double floor = roofline.Floor(row, threads);
        try
        {
            foreach (TorchPeer peer in peers[threads]) peer.Prepare(row.Job);
            (double[] ours, double[] theirs) = PeerClock.Compare(own, peers[threads].Select(peer => (Func<int, double>)peer.Run), Pairs);
            if (theirs.Length == 0) return new(row, threads, PeerClock.Median(ours), null, null, floor);
            return new(row, threads, PeerClock.Median(ours), PeerClock.Median(theirs),
                PeerClock.Median(theirs.Zip(ours, (t, o) => t / o)), floor);
        }
        catch (PeerException error)
        {
            // One computation that the peer cannot do is no reason to lose the others.
            Console.Error.WriteLine($"{error.Message} The row comes without a ratio.");
            return new(row, threads, PeerClock.Median(PeerClock.Compare(own, [], Pairs).Ours), null, null, floor);
        }
    }
}
