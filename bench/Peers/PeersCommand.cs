namespace MiniGrad.Bench.Peers;

/// <summary>MiniGrad beside PyTorch, row by row.</summary>
internal static class PeersCommand
{
    /// <summary>The exit code: 0, or 2 for wrong usage.</summary>
    public static int Run(string[] arguments)
    {
        try
        {
            Compare(PeerOptions.Parse(arguments));
            return 0;
        }
        catch (Exception error) when (error is PeerException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    private static void Compare(PeerOptions options)
    {
        if (options.Help)
        {
            Console.WriteLine(PeerOptions.Usage);
            return;
        }
        IReadOnlyList<PeerRow> rows = PeerRows.Select(options.Quick, options.Filter);
        if (rows.Count == 0) throw new PeerException($"peers: no row holds \"{options.Filter}\". See peers --list.");
        if (options.List)
        {
            foreach (PeerRow row in rows) Console.WriteLine($"{row.Group}: {row.Name}");
            return;
        }
        string? path = ReportPath(options);
        string? python = Python.WithTorch();
        if (python is null) Console.Error.WriteLine($"{Python.Missing}. The table comes without ratios.");
        Roofline roofline = new(options.Threads);
        using PeerRun run = new(options, roofline, python);
        foreach (int threads in options.Threads) Console.Error.WriteLine(roofline.Describe(threads));
        List<PeerResult> results = run.Measure(rows);
        // The peak of a process says nothing about a selection of kernels.
        PeerMemory? ours = null;
        PeerMemory? theirs = null;
        if (options.Filter is null)
        {
            int threads = options.Threads.Max();
            ours = PeerMemory.Ours(threads);
            theirs = python is null ? null : PeerMemory.Theirs(python, threads);
        }
        PeerReport report = new(options, roofline, run.PeerVersion, run.Pairs, results, ours, theirs);
        Console.Write(options.Json ? report.Json() : report.Markdown());
        if (path is null) return;
        File.WriteAllText(path, report.Markdown());
        Console.Error.WriteLine($"written to {path}");
    }

    /// <summary>Where the report goes, its folder made before the work; a selection of rows replaces no file unless told.</summary>
    private static string? ReportPath(PeerOptions options)
    {
        if (options.Out is null && options.Filter is not null) return null;
        string path = Path.GetFullPath(
            options.Out ?? Path.Combine(Repository.Root, "bench", "results", $"{(options.Quick ? "quick-" : "")}peers-{Machine.Slug}.md"));
        if (Directory.Exists(path)) throw new PeerException($"peers: --out {path} is a folder; name a file.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
