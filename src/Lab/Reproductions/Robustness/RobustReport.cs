using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The page of the study, and its numbers as files.</summary>
internal static class RobustReport
{
    private const int UsualQueries = 5000;

    public static StudyOutcome Outcome(RobustResult result)
    {
        IReadOnlyList<Claim> claims = RobustClaims.Of(result);
        return new(reproduce => Page(result, claims, reproduce), [.. Files(result)],
            new()
            {
                ["images"] = result.Preset.Distances,
                ["threat"] = result.Setting.Threat,
            },
            [.. result.Networks.Select(Summary)], claims);
    }

    private static ReportPage Page(RobustResult result, IReadOnlyList<Claim> claims, ReproduceSection reproduce)
    {
        FilledTemplate text = Template.Embedded("Robustness.md").Fill(Values(result));
        string Note(string id) => text[id].Text;
        ReportSection Section(string id, params IReadOnlyList<IReportPart> parts) => new(text[id].Title, text[id].Text, parts);
        bool hasPublished = PublishedRobustness.Ladder(result.Setting.DataSet).Count > 0;
        return new(text["page"].Title, text["page"].Text,
        [
            Section("claims", Claim.Table(claims, Note("claims-note"))),
            Section("distances", RobustTables.Rho(result, Note("rho-note")), RobustTables.Spreads(result, Note("spreads-note")),
                RobustFigures.Distances(result)),
            Section("ladder", [RobustTables.Ladder(result, Note("ladder-note")), RobustTables.Members(result, Note("members-note")),
                .. hasPublished ? (IReportPart[])[RobustTables.PublishedLadder(result, Note("published-note"))] : []]),
            Section("lines", RobustTables.Lines(result, Note("lines-note"))),
            Section("subspaces", RobustTables.Betas(result, Note("betas-note")), RobustFigures.Betas(result)),
            Section("universal", RegionTables.Fooling(result, Note("fooling-note")), RegionTables.Smallest(result, Note("smallest-note")),
                RegionTables.Transfer(result, Note("transfer-note")), RobustFigures.Universal(result)),
            Section("paths", [RegionTables.Paths(result, Note("paths-note")), .. RobustFigures.Paths(result)]),
            Section("convexity", RegionTables.Mixed(result, Note("mixed-note")), RobustFigures.Mixed(result)),
            Section("jacobians", RegionTables.Jacobians(result, Note("jacobians-note")),
                RegionTables.Normals(result, Note("normals-note"))),
            new(text["about"].Title, "", [new Prose(text["about"].Paragraphs)]),
            new("How to reproduce this", "", [reproduce]),
        ]);
    }

    /// <summary>All numbers and all conditions of Robustness.md.</summary>
    public static TemplateValues Values(RobustResult result)
    {
        RobustPreset preset = result.Preset;
        string kinds = RobustTables.Kinds(result);
        return new()
        {
            { "preset", preset.Name },
            { "full", preset.Name == "full" },
            { "data", result.Setting.Data.Name },
            { "fashion", result.Setting.DataSet == "fashion" },
            { "networks", string.Join(", ", result.Networks.Select(n => n.Subject.Title)) },
            { "threat", result.Setting.Threat.Replace("linf:", "L∞ ", StringComparison.Ordinal) },
            { "distances", ReportNumber.Integer(preset.Distances) },
            { "lines", ReportNumber.Integer(preset.Lines) },
            { "directions", ReportNumber.Integer(preset.Directions) },
            { "betas", ReportNumber.Integer(preset.Betas) },
            { "size", ReportNumber.Integer(result.Setting.Size) },
            { "crafting", ReportNumber.Integer(preset.Crafting) },
            { "held_out", ReportNumber.Integer(preset.HeldOut) },
            { "passes", ReportNumber.Integer(preset.Passes) },
            { "halvings", ReportNumber.Integer(preset.Halvings) },
            { "singular", ReportNumber.Integer(Math.Min(64, preset.Crafting)) },
            { "normals", ReportNumber.Integer(preset.Normals) },
            { "pairs", ReportNumber.Integer(preset.Pairs) },
            { "draws", ReportNumber.Integer(preset.Draws) },
            { "suite", ReportNumber.Integer(preset.Suite) },
            { "queries", ReportNumber.Integer(preset.Queries) },
            { "fewer", preset.Queries < UsualQueries },
            { "steps", ReportNumber.Integer(RobustSetting.Steps) },
            { "restarts", ReportNumber.Integer(RobustSetting.Restarts) },
            { "kinds", kinds.Length > 0 },
            { "kind_words", kinds },
        };
    }

    private static IEnumerable<(string Name, string Text)> Files(RobustResult result)
    {
        StringBuilder accuracies = new("network,attack,images,right,accuracy,low,high,forwards,gradients,configuration\n");
        StringBuilder distances = new("network,norm,image,distance,relative,first_order,cosine,iterations\n");
        foreach (RobustOutcome n in result.Networks)
        {
            foreach (RobustRung rung in Enum.GetValues<RobustRung>())
            {
                MeasureOutcome o = n[rung];
                (double low, double high) = o.Interval();
                Append(accuracies, n.Subject.Weights, rung, o.Count, o.Right, o.Accuracy, low, high, o.Forwards, o.Gradients,
                    $"\"{o.Attack}\"");
            }
            foreach ((string norm, Distances d) in ((string, Distances)[])[("l2", n.L2), ("linf", n.Linf)])
            {
                for (int i = 0; i < d.Norm.Length; i++)
                {
                    Append(distances, n.Subject.Weights, norm, i, d.Norm[i], d.Relative[i], d.FirstOrder[i], d.Cosine[i], d.Iterations[i]);
                }
            }
        }
        yield return ("accuracies.csv", accuracies.ToString());
        yield return ("distances.csv", distances.ToString());
    }

    private static void Append(StringBuilder text, params object[] values) =>
        text.Append(string.Join(',', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))).Append('\n');

    private static JsonObject Summary(RobustOutcome n)
    {
        JsonObject summary = new()
        {
            ["weights"] = n.Subject.Weights,
            ["role"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(n.Subject.Role.ToString()),
            ["rho_l2"] = JsonText.Number(n.L2.Rho),
            ["rho_linf"] = JsonText.Number(n.Linf.Rho),
            ["median_l2"] = JsonText.Number(RobustClaims.Median(n.L2.Norm)),
            ["median_linf"] = JsonText.Number(RobustClaims.Median(n.Linf.Norm)),
            ["no_boundary"] = n.L2.Failures,
        };
        foreach (RobustRung rung in Enum.GetValues<RobustRung>())
        {
            summary[JsonNamingPolicy.SnakeCaseLower.ConvertName(rung.ToString())] = Counts(n[rung]);
        }
        summary["union"] = Counts(n.Union);
        if (n.Whole is { } whole)
        {
            summary["random_over_nearest"] = JsonText.Number(whole.Random.Of(Probes.Directions.LineKind.Gaussian).Ratio.Median);
            summary["paths_found"] = whole.Paths.Kinds.Sum(k => k.Summary.Found);
            summary["path_pairs"] = whole.Paths.Kinds.Sum(k => k.Summary.Pairs);
        }
        if (n.Universal.Smallest is { } smallest)
        {
            summary["smallest_universal"] = JsonText.Number(smallest.CraftedRadius);
            summary["random_over_universal"] = JsonText.Number(smallest.Ratio);
        }
        return summary;

        static JsonObject Counts(MeasureOutcome outcome) => new() { ["right"] = outcome.Right, ["images"] = outcome.Count };
    }
}
