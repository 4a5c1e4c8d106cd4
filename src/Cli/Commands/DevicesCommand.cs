using System.CommandLine;
using System.Text.Json.Nodes;

namespace MiniGrad.Cli;

/// <summary><c>devices</c>: what there is to compute with.</summary>
internal sealed class DevicesCommand(Session session, GlobalOptions globals, CommandInfo info)
    : CliCommand(session, globals, info)
{
    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        JsonObject result = new()
        {
            ["devices"] = new JsonArray
            {
                new JsonObject
                {
                    ["name"] = "cpu",
                    ["processor"] = Machine.Processor,
                    ["threads"] = settings.Threads,
                    ["simd_bits"] = Machine.SimdBits,
                    ["available"] = true,
                },
                new JsonObject { ["name"] = "gpu", ["available"] = false },
            },
            ["version"] = Machine.Version,
            ["runtime"] = Machine.Runtime,
            ["operating_system"] = Machine.OperatingSystem,
        };
        TextTable table = new("device", "what it is");
        table.Add("cpu", Machine.Describe(settings.Threads));
        table.Add("reference", "the same processor with plain loops: what the fast kernels are tested against, not for use");
        table.Add("gpu", "not in this version");
        return Answer(settings, result, table.ToString());
    }
}
