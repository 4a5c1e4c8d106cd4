using System.CommandLine;
using MiniGrad.Data;
using MiniGrad.Kernels;

namespace MiniGrad.Cli;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    private static readonly string[] Devices = ["cpu", "auto", "gpu"];

    private readonly Option<bool> json = CliOption.Flag("--json", "Write the result as one JSON object.");
    private readonly Option<long?> seed = CliOption.Long("--seed", "The seed of all random numbers.");
    private readonly Option<int?> threads = CliOption.Whole("--threads", "How many threads to compute with; all by default.", 1, 1024);
    private readonly Option<bool> exact = CliOption.Flag("--exact", "No Winograd convolutions: every output is a plain sum of products.");
    private readonly Option<string?> device = CliOption.Text("--device", "Where to compute: cpu (the default) or auto.", "cpu|auto");
    private readonly Option<string?> precision = CliOption.Choice("--precision", "The numbers to compute with; f32 by default, f64 for probes of curvature.", "f32", "f64", "tf32");

    public void AddTo(Command root)
    {
        foreach (Option option in (Option[])[json, seed, threads, exact, device, precision])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>Resolves the options and puts the number of threads and the kind of convolutions into force.</summary>
    /// <param name="usual">The precision of a command whose user names none.</param>
    public RunSettings Read(ParseResult parse, Session session, DType usual = DType.F32)
    {
        Device where = Device(parse.GetValue(device) ?? "cpu");
        if (parse.GetValue(precision) == "tf32") throw new DeviceException("tf32: only tensor cores of a GPU compute with it, and this version has no GPU back end. Use --precision f32.");
        if (parse.GetValue(threads) is { } count) Threads.Count = count;
        CpuBackend.Exact = parse.GetValue(exact);
        if (parse.GetValue(device) == "auto") session.Note($"device: {where} ({Machine.Describe(Threads.Count)})");
        return new(parse.GetValue(json), parse.GetValue(seed), Threads.Count, where, parse.GetValue(precision) switch { null => usual, "f64" => DType.F64, _ => DType.F32 }, CpuBackend.Exact);
    }

    /// <summary>The device of a name.</summary>
    private static Device Device(string given)
    {
        if (given is "cpu" or "auto") return MiniGrad.Device.Cpu;
        if (given == MiniGrad.Device.Reference.Name) return MiniGrad.Device.Reference;
        if (given == "gpu" || (given.StartsWith("gpu:", StringComparison.Ordinal) && int.TryParse(given.AsSpan(4), out _)))
        {
            throw new DeviceException($"{given}: no GPU back end in this version; use --device cpu.");
        }
        throw new UsageException(UnknownName.Message("--device", given, Devices));
    }
}
