using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Lab;

namespace MiniGrad.Cli.Commands;

/// <summary><c>devices</c>: what there is to compute with, what of it can be used, and why not where it cannot.</summary>
internal sealed class DevicesCommand : CliCommand
{
    private readonly Option<bool> test = CliOption.Flag(
        "--test", "Compile every kernel of every usable GPU and compare it with the processor, although it was done before.");

    public DevicesCommand(Session session, GlobalOptions globals, CommandInfo info) : base(session, globals, info) => Options.Add(test);

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        JsonArray devices = [new JsonObject
        {
            ["name"] = Device.Cpu.Name,
            ["processor"] = Machine.Processor,
            ["threads"] = settings.Computing.Threads,
            ["simd_bits"] = Machine.SimdBits,
            ["available"] = true,
        }];
        TextTable table = new("device", "what it is");
        table.Add(Device.Cpu.Name, Machine.Describe(settings.Computing.Threads));
        table.Add(Device.Reference.Name, "the same processor with plain loops: what the fast kernels are tested against, not for use");
        int failures = 0;
        for (int i = 0; i < GpuDevices.All.Count; i++)
        {
            GpuFacts facts = GpuDevices.All[i];
            string name = $"gpu:{i}";
            string? verdict = parse.GetValue(test) && facts.Missing is null ? Test(i, ref failures) : null;
            devices.Add(Json(name, facts, verdict));
            table.Add(name, string.Create(CultureInfo.InvariantCulture, $"{facts.Name}; {facts.Interface} by {facts.Platform}; "
                + $"driver {facts.Driver}; {facts.Memory / 1e9:0.0} GB; {facts.Features}"));
            table.Add("", facts.Missing is { } missing
                ? $"cannot be used: {missing}"
                : verdict ?? (facts.IsGpu ? "can be used" : $"can be used, but only by its name: --device {name}"));
        }
        foreach (string note in GpuDevices.Notes) table.Add("gpu", $"none: {note}");
        JsonObject result = new()
        {
            ["devices"] = devices,
            ["notes"] = new JsonArray([.. GpuDevices.Notes.Select(note => (JsonNode)note)]),
            ["version"] = Machine.Version,
            ["runtime"] = Machine.Runtime,
            ["operating_system"] = Machine.OperatingSystem,
        };
        int code = Answer(settings, result, table.ToString());
        return failures > 0 ? ExitCode.MissingResource : code;
    }

    /// <summary>The verdict of a fresh self-test, in words.</summary>
    private string Test(int index, ref int failures)
    {
        try
        {
            IReadOnlyList<GpuSelfTestCase> cases = GpuSelfTest.Run(GpuDevices.Open(index));
            if (cases.Any(found => !found.Passed)) failures++;
            return GpuSelfTest.Sentence(cases);
        }
        catch (DeviceException error)
        {
            failures++;
            return error.Message;
        }
    }

    private static JsonObject Json(string name, GpuFacts facts, string? verdict)
    {
        JsonObject json = new()
        {
            ["name"] = name,
            ["device"] = facts.Name,
            ["interface"] = facts.Interface,
            ["platform"] = facts.Platform,
            ["driver"] = facts.Driver,
            ["memory_bytes"] = facts.Memory,
            ["largest_block_bytes"] = facts.LargestBlock,
            ["local_memory_bytes"] = facts.LocalMemory,
            ["compute_units"] = facts.ComputeUnits,
            ["is_gpu"] = facts.IsGpu,
            ["has_f64"] = facts.HasDoubles,
            ["has_tensor_cores"] = facts.HasTensorCores,
            ["available"] = facts.Missing is null,
        };
        if (facts.Missing is { } missing) json["reason"] = missing;
        if (verdict is not null) json["test"] = verdict;
        return json;
    }
}
