using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab;

namespace MiniGrad.Fuzz;

/// <summary>What a run over some targets comes to, for people and for machines.</summary>
internal sealed class FuzzReport(long seed, IReadOnlyList<FuzzTally> tallies)
{
    private IEnumerable<FuzzFinding> Findings => tallies.SelectMany(tally => tally.Findings);

    public bool Passed => !Findings.Any();

    /// <summary>The one line that says what failed.</summary>
    public string Error =>
        $"fuzz: {string.Join("; ", Findings.Take(5).Select(found => $"{found.Target}: {found.Problem} ({found.Command})"))}";

    public string Text
    {
        get
        {
            TextTable table = new("reader", "inputs", "refused", "reasons", "findings");
            foreach (FuzzTally tally in tallies)
            {
                table.Add(tally.Target, Count(tally.Inputs), Count(tally.Refused), Count(tally.Reasons), Count(tally.Findings.Count));
            }
            string[] lines = [.. Findings.Select(found => $"{found.Target}: {found.Problem} ({Count(found.Times)} "
                + $"times)\n  {found.Command}\n  {found.File}")];
            return string.Join('\n', [table.ToString(), .. lines]);
        }
    }

    public JsonObject Json => new()
    {
        ["passed"] = Passed,
        ["seed"] = seed,
        ["targets"] = new JsonArray([.. tallies.Select(tally => (JsonNode)new JsonObject
        {
            ["name"] = tally.Target,
            ["inputs"] = tally.Inputs,
            ["refused"] = tally.Refused,
            ["reasons"] = tally.Reasons,
            ["findings"] = new JsonArray([.. tally.Findings.Select(Describe)]),
        })]),
    };

    private static JsonNode Describe(FuzzFinding found) => new JsonObject
    {
        ["problem"] = found.Problem,
        ["case"] = found.Number,
        ["times"] = found.Times,
        ["file"] = found.File,
        ["command"] = found.Command,
    };

    private static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);
}
