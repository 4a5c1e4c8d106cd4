using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Lab.Sweeps;

namespace MiniGrad.Cli.Commands;

/// <summary><c>sweep plan</c>: a grid of runs, frozen with the hashes of all that decides their outcome.</summary>
internal sealed class SweepPlanCommand : CliCommand
{
    private readonly Argument<string> grid = new("grid") { Description = "A JSON file with the grid." };
    private readonly Option<string?> outFolder = CliOption.Text("--out", "The folder of the sweep, which all machines share; "
        + "runs/sweep by default. Cells can be added to one, never changed.", "folder");
    private readonly Option<string?> dataFolder = CliOption.Text("--data-dir", "The folder of the data sets.", "folder");
    private readonly Option<int?> simd =
        CliOption.Whole("--simd", "The width of vectors, in bits, that all machines have: 512, 256 or 128. "
        + "That of this machine by default.", 128, 512);

    public SweepPlanCommand(Session session, GlobalOptions globals, CommandInfo info) : base(session, globals, info)
    {
        Add(grid);
        foreach (Option option in (Option[])[outFolder, dataFolder, simd]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string folder = parse.GetValue(outFolder) ?? Path.Combine("runs", "sweep");
        if (parse.GetValue(simd) is not (null or 128 or 256 or 512)) throw new UsageException("--simd: vectors have 512, 256 or 128 bits.");
        SweepPlan plan = SweepPlan.Freeze(SweepGrid.Read(parse.GetValue(grid)!), parse.GetValue(dataFolder), parse.GetValue(simd));
        int added = plan.Write(folder);
        plan = SweepPlan.Read(folder);
        JsonObject json = new()
        {
            ["schema"] = RunFolder.Schema,
            ["plan"] = Path.Combine(folder, "plan.json"),
            ["cells"] = plan.Cells.Length,
            ["added"] = added,
            ["shards"] = plan.Shards,
            ["examples"] = plan.Cells.Sum(cell => (long)cell.Examples),
            ["simd_bits"] = plan.SimdBits,
        };
        return Answer(settings, json, string.Create(CultureInfo.InvariantCulture,
            $"{folder}: {plan.Cells.Length} cells ({added} new), {plan.Shards} shards of at most {plan.ShardSize}, "
            + $"{plan.Cells.Sum(cell => (long)cell.Examples)} examples, vectors of {plan.SimdBits} bits.\n"
            + $"next: minigrad sweep submit {folder} --engine local --now"));
    }
}
