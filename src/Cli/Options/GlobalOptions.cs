using System.CommandLine;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Lab;

namespace MiniGrad.Cli.Options;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<bool> json = CliOption.Flag("--json", "Write the result as one JSON object.");
    private readonly Option<long?> seed = CliOption.Long("--seed", "The seed of all random numbers.");
    private readonly Option<int?> threads = CliOption.Whole("--threads", "How many threads to compute with; all by default.", 1, 1024);
    private readonly Option<bool> exact = CliOption.Flag("--exact", "No Winograd convolutions: every output is a plain sum of products.");
    private readonly Option<string?> device = CliOption.Text("--device", "Where to compute: cpu (the default), gpu (the best there is), "
        + "gpu:N as 'minigrad devices' lists them, or auto (a GPU if there is one).",
        "cpu|gpu|gpu:N|auto");
    private readonly Option<string?> precision = CliOption.Choice("--precision", "The numbers to compute with; f32 by default, "
        + "f64 for probes of curvature; tf32 rounds products for the tensor cores of a GPU.",
        "f32", "f64", "tf32");

    public void AddTo(Command root)
    {
        foreach (Option option in (Option[])[json, seed, threads, exact, device, precision])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>Resolves the options; the device carries the number of threads and the kind of convolutions.</summary>
    /// <param name="usual">The precision of a command whose user names none.</param>
    public RunSettings Read(ParseResult parse, Session session, DType usual = DType.F32)
    {
        string? numbers = parse.GetValue(precision);
        Computing computing = Computing.Default with { Exact = parse.GetValue(exact), TensorCores = numbers == "tf32" };
        if (parse.GetValue(threads) is { } count) computing = computing with { Threads = count };
        Device where = DeviceChoice.Find(parse.GetValue(device) ?? "cpu", computing, session);
        if (where is GpuDevice gpu) gpu.OnTensorCores = computing.TensorCores;
        else if (computing.TensorCores)
        {
            throw new DeviceException(
                $"tf32: only the tensor cores of a GPU compute with it, and this is the {where}. Use --device gpu, or --precision f32.");
        }
        else where = where.With(computing);
        DType type = numbers switch { null => usual, "f64" => DType.F64, _ => DType.F32 };
        return new(parse.GetValue(json), parse.GetValue(seed), computing, where, type);
    }
}
