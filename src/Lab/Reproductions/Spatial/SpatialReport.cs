using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The page of the study, and its numbers as files.</summary>
internal static class SpatialReport
{
    public static StudyOutcome Outcome(SpatialResult result)
    {
        IReadOnlyList<Claim> claims = SpatialClaims.Of(result);
        return new(reproduce => Page(result, claims, reproduce), [.. Files(result)],
            new()
            {
                ["images"] = result.Preset.Images,
                ["passes_of_grid"] = result.Networks.Max(n => n[SpatialMeasure.Grid].MostForwards),
            },
            [.. result.Networks.Select(Summary)], claims);
    }

    private static ReportPage Page(SpatialResult result, IReadOnlyList<Claim> claims, ReproduceSection reproduce)
    {
        FilledTemplate text = Template.Embedded("Spatial.md").Fill(Values(result));
        SpatialOutcome[] drawn = [.. result.Networks.Where(n => n.Drawn is not null)];
        ReportSection Section(string id, params IReadOnlyList<IReportPart> parts) => new(text[id].Title, text[id].Text, parts);
        List<ReportSection> sections =
        [
            Section("claims", Claim.Table(claims, text["claims-note"].Text)),
            Section("attacks",
                SpatialTables.Accuracies(result, "Accuracy under rotations and shifts.", text["attacks-note"].Text, SpatialMeasure.Natural,
                    SpatialMeasure.Random, SpatialMeasure.WorstOf, SpatialMeasure.FirstOrder, SpatialMeasure.Grid),
                SpatialTables.Gaps(result, text["gaps-note"].Text), SpatialTables.Beside(result, text["beside-note"].Text)),
            Section("apart", SpatialTables.Accuracies(result, "Accuracy under parts of the threat, and under changes of pixels.",
                text["apart-note"].Text, SpatialMeasure.Rotation, SpatialMeasure.Shift, SpatialMeasure.Mirrored, SpatialMeasure.Linf,
                SpatialMeasure.Combined)),
            Section("adds", SpatialTables.Additive(result, text["adds-note"].Text)),
            Section("moves", SpatialFigures.Moves(result, result.Standard, text["moves-note"].Text),
                SpatialFigures.Gallery(result, result.Standard)),
            Section("landscapes", [.. Enumerable.Range(0, result.Preset.Drawn).Select(i => SpatialFigures.Landscape(result, i, drawn))]),
            Section("smooth", SurfaceTables.Means(result, text["smooth-note"].Text), SurfaceTables.Pairs(result, text["pairs-note"].Text)),
        ];
        if (result.Find(SpatialRole.Blur) is { } blur)
        {
            sections.Add(Section("blur", SurfaceTables.AntiAliasing(result, blur, text["blur-note"].Text),
                SurfaceTables.Published(text["published-note"].Text)));
        }
        sections.Add(Section("vote", SpatialTables.Accuracies(result, "Accuracy of a vote over ten rotations and shifts.",
            text["vote-note"].Text, SpatialMeasure.Natural, SpatialMeasure.Vote, SpatialMeasure.WorstOf, SpatialMeasure.VoteWorstOf)));
        sections.Add(new(text["about"].Title, "", [new Prose(text["about"].Paragraphs)]));
        sections.Add(new("How to reproduce this", "", [reproduce]));
        return new(text["page"].Title, text["page"].Text, sections);
    }

    /// <summary>All numbers and all conditions of Spatial.md.</summary>
    public static TemplateValues Values(SpatialResult result)
    {
        SpatialPreset preset = result.Preset;
        IEnumerable<SpatialRole> published = Enum.GetValues<SpatialRole>().Where(r => PublishedSpatial.Accuracy(r) is not null);
        return new()
        {
            { "preset", preset.Name },
            { "full", preset.Name == "full" },
            { "grey", result.Setting.Data.Channels == 1 },
            { "data", result.Setting.Data.Name },
            { "networks", string.Join(", ", result.Networks.Select(n => n.Subject.Title)) },
            { "missing", published.Any(r => result.Find(r) is null) },
            { "degrees", ReportNumber.Short(result.Setting.Warp.Degrees) },
            { "pixels", ReportNumber.Short(result.Setting.Warp.Pixels) },
            { "side", ReportNumber.Integer(result.Setting.Data.Width) },
            { "steps", ReportNumber.Integer(preset.Steps) },
            { "epsilon", result.Setting.DataSet == "cifar-10" ? "8/255" : ReportNumber.Short(result.Setting.Epsilon) },
            { "pixel_steps", ReportNumber.Integer(result.Setting.Pixels.Steps) },
            { "combined", ReportNumber.Integer(preset.Combined) },
            { "resolution", ReportNumber.Integer(preset.Resolution) },
            { "rough", ReportNumber.Integer(preset.Rough) },
            { "basins", ReportNumber.Integer(preset.Basins) },
            { "starts", ReportNumber.Integer(preset.Starts) },
        };
    }

    private static IEnumerable<(string Name, string Text)> Files(SpatialResult result)
    {
        StringBuilder accuracies = new("network,measure,images,right,accuracy,low,high,forwards,gradients,most_forwards,attack\n");
        StringBuilder moves = new("network,measure,image,prediction,degrees,right,down\n");
        foreach (SpatialOutcome n in result.Networks)
        {
            foreach ((SpatialMeasure measure, MeasureOutcome o) in n.Measures)
            {
                (double low, double high) = o.Interval();
                Append(accuracies, n.Subject.Weights, measure, o.Count, o.Right, o.Accuracy, low, high, o.Forwards, o.Gradients,
                    o.MostForwards, $"\"{o.Attack}\"");
                foreach (ImageMove m in o.Moves)
                {
                    Append(moves, n.Subject.Weights, measure, m.Image, m.Prediction, m.Degrees, m.Right, m.Down);
                }
            }
        }
        yield return ("accuracies.csv", accuracies.ToString());
        yield return ("moves.csv", moves.ToString());
        foreach (SpatialOutcome n in result.Networks)
        {
            foreach (DrawnLandscape drawn in n.Drawn?.Images ?? [])
            {
                using StringWriter writer = new(CultureInfo.InvariantCulture);
                drawn.Of(result.Setting.Warp).WriteCsv(writer);
                string name = string.Create(CultureInfo.InvariantCulture, $"landscape-{n.Subject.Weights}-{drawn.Image}.csv");
                yield return (name, writer.ToString());
            }
        }
    }

    private static void Append(StringBuilder text, params object[] values) =>
        text.Append(string.Join(',', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))).Append('\n');

    private static JsonObject Summary(SpatialOutcome n)
    {
        JsonObject summary = new()
        {
            ["weights"] = n.Subject.Weights,
            ["training"] = n.Subject.Title,
        };
        foreach ((SpatialMeasure measure, MeasureOutcome outcome) in n.Measures)
        {
            summary[JsonNamingPolicy.SnakeCaseLower.ConvertName(measure.ToString())] = Counts(outcome);
        }
        summary["spatial_union"] = Counts(n.SpatialUnion);
        summary["union"] = Counts(n.Union);
        summary["shift_consistency"] = n.Consistency.Share;
        return summary;

        static JsonObject Counts(MeasureOutcome outcome) => new() { ["right"] = outcome.Right, ["images"] = outcome.Count };
    }
}
