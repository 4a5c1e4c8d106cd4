using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Checks;
using MiniGrad.Nn;

namespace MiniGrad.Cli.Commands;

/// <summary><c>gradcheck</c>: derivatives of first and second order against differences, in double precision.</summary>
internal sealed class GradCheckCommand : CliCommand
{
    private readonly Option<string?> op = CliOption.Text("--op", "One operation; all by default.", "name");
    private readonly Option<string?> model = CliOption.Text("--model", "A network instead of operations.", "name");

    public GradCheckCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(op);
        Add(model);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        long seed = settings.Seed ?? 1;
        string? network = parse.GetValue(model);
        if (network is not null && parse.GetValue(op) is not null) throw new UsageException("gradcheck: give --op or --model, not both.");
        TextTable table = new("what", "result", "order 1", "order 2", "worst", "where");
        JsonArray rows = [];
        List<string> failed = [];
        if (network is not null)
        {
            ModelCatalog.Find(network);
            Report(network, NetworkCheck.Run(network, 1, seed, settings.Device, Session.Cancellation).Result,
                NetworkCheck.Run(network, 2, seed, settings.Device, Session.Cancellation).Result);
        }
        else
        {
            foreach (GradCheckEntry entry in parse.GetValue(op) is { } name ? [GradCheckCatalog.Find(name)] : GradCheckCatalog.All)
            {
                Session.Cancellation.ThrowIfCancellationRequested();
                Tensor[] point = entry.Point(seed, settings.Device);
                Report(entry.Name, GradCheck.Run(entry.Function, point, 1), GradCheck.Run(entry.Function, point, 2));
            }
        }
        JsonObject result = new() { ["passed"] = failed.Count == 0, ["checks"] = rows };
        return failed.Count == 0
            ? Answer(settings, result, table.ToString())
            : Answer(settings, result, table.ToString(), ExitCode.NumericalFailure,
                $"gradcheck: wrong derivatives of {string.Join(", ", failed)}.");

        void Report(string what, GradCheckResult first, GradCheckResult second)
        {
            GradCheckResult worse = !first.Passed || (second.Passed && first.WorstError > second.WorstError) ? first : second;
            bool passed = first.Passed && second.Passed;
            if (!passed) failed.Add(what);
            table.Add(what, passed ? "passed" : "FAILED", Text(first.WorstError),
                Text(second.WorstError), Text(worse.WorstError), worse.Where);
            rows.Add(new JsonObject
            {
                ["name"] = what,
                ["passed"] = passed,
                ["order_1"] = JsonText.Number(first.WorstError),
                ["order_2"] = JsonText.Number(second.WorstError),
                ["worst"] = JsonText.Number(worse.WorstError),
                ["tolerance"] = worse.Tolerance,
                ["where"] = worse.Where,
            });
        }
    }

    private static string Text(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
