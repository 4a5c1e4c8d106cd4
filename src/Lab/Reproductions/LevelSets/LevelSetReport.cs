using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The page of the study, and its numbers as files.</summary>
internal static class LevelSetReport
{
    public static StudyOutcome Outcome(LevelSetResult result)
    {
        IReadOnlyList<NetworkVerdicts> each = LevelSetClaims.Each(result);
        IReadOnlyList<Claim> claims = LevelSetClaims.Of(result, each);
        return new(reproduce => Page(result, each, claims, reproduce),
            [("walks.csv", WalksCsv(result)), ("regions.csv", RegionsCsv(result))],
            new()
            {
                ["protocol"] = result.Setting.Protocol.ToString().ToLowerInvariant(),
                ["sources"] = result.Plan.Sources.Length,
                ["walks"] = result.Plan.Pairs.Length,
                ["iterations"] = result.Preset.Iterations,
                ["metric"] = result.Setting.Metric.Title,
            },
            [.. each.Select(Summary)], claims);
    }

    private static ReportPage Page(
        LevelSetResult result, IReadOnlyList<NetworkVerdicts> each, IReadOnlyList<Claim> claims, ReproduceSection reproduce)
    {
        FilledTemplate text = Template.Embedded("LevelSets.md").Fill(Values(result));
        string Note(string id) => text[id].Text;
        ReportSection Section(string id, params IReadOnlyList<IReportPart> parts) => new(text[id].Title, text[id].Text, parts);
        LevelSetFigures figures = new(result);
        HashSet<LevelSetOutcome> full = [.. Full(result)];
        List<ReportSection> sections =
        [
            Section("claims", Claim.Table(claims, Note("claims-note")), LevelSetTables.Verdicts(each, Note("verdicts-note"))),
            Section("tables", LevelSetTables.Distances(result, Note("distances-note")), LevelSetTables.Hulls(result, Note("hulls-note")),
                figures.Shares()),
            Section("stars", LevelSetTables.Stars(result, Note("stars-note")), LevelSetTables.Volumes(result, Note("volumes-note"))),
        ];
        if (result.Networks.Any(n => n.Subject.IsRobust && result.PartnerOf(n) is not null))
        {
            sections.Add(Section("pairs", LevelSetTables.Pairs(result, Note("pairs-note"))));
        }
        if (result.Networks.Select(n => n.Subject.Family).Distinct().Count() > 1)
        {
            sections.Add(Section("families", LevelSetTables.Families(result, Note("families-note"))));
        }
        sections.Add(Section("sensitivity", LevelSetTables.Sensitivity(result, Note("sensitivity-note"))));
        sections.AddRange(each.Select(n => new ReportSection(n.Network.Subject.Title, Lead(n.Network),
            [LevelSetTables.Verdicts(n), .. figures.Of(n.Network, full.Contains(n.Network))])));
        IReportPart[] absent = result.Setting.Roster.Absent.Count == 0 ? [] : [LevelSetTables.Absent(result)];
        sections.Add(new(text["about"].Title, "",
            [
                new Prose(text["about"].Paragraphs), LevelSetTables.Networks(result), .. absent,
                LevelSetTables.Statuses(result, Note("statuses-note")),
            ]));
        sections.Add(new("How to reproduce this", "", [reproduce]));
        return new(text["page"].Title, text["page"].Text, sections);
    }

    /// <summary>The first normal and the first robust network of each family are shown in full, the others by grid and star.</summary>
    private static IEnumerable<LevelSetOutcome> Full(LevelSetResult result) =>
        result.Networks.GroupBy(n => (n.Subject.Family, n.Subject.IsRobust)).Select(of => of.First());

    private static string Lead(LevelSetOutcome n)
    {
        string family = LevelSetSubject.TitleOf(n.Subject.Family);
        return $"{char.ToUpperInvariant(family[0])}{family[1..]}, {n.Subject.Training.Words}: walks end "
            + $"{ReportNumber.Fixed(n.Distances.Rmse.Mean, 3)} (RMSE) from the target at a confidence of "
            + $"{ReportNumber.Fixed(n.Distances.Confidence.Mean, 3)}; the mean over triangles is "
            + $"{ReportNumber.Fixed(n.Hulls.Mean.Mean, 3)}.";
    }

    /// <summary>All numbers and all conditions of LevelSets.md.</summary>
    public static TemplateValues Values(LevelSetResult result)
    {
        LevelSetPreset preset = result.Preset;
        Lst walk = LevelSetSetting.Walk(preset);
        int classes = result.Plan.Sources.Select(i => result.Setting.Data.Labels[i]).Distinct().Count();
        return new()
        {
            { "preset", preset.Name },
            { "full", preset.Name == "full" },
            { "short", preset.Iterations < 400 },
            { "data", result.Setting.Data.Name },
            { "networks", ReportNumber.Integer(result.Networks.Count) },
            { "final", result.Setting.Protocol == LevelSetProtocol.Final },
            { "reference_grid", result.Setting.HasReferenceGrid },
            { "sources", ReportNumber.Integer(result.Plan.Sources.Length) },
            { "classes", ReportNumber.Integer(classes) },
            { "looked", ReportNumber.Integer(result.Chosen.Looked) },
            { "rounds", ReportNumber.Integer(result.Preset.Rounds) },
            { "iterations", ReportNumber.Integer(preset.Iterations) },
            { "step", ReportNumber.Short(preset.StepSize) },
            { "left", ReportNumber.Fixed(100 * Math.Pow(1 - preset.StepSize, preset.Iterations), 1) },
            { "parallel", ReportNumber.Short(walk.ParallelStep) },
            { "arrival", ReportNumber.Short(LevelSetResult.Arrival) },
            { "points", ReportNumber.Integer(preset.HullPoints) },
            { "metric", result.Setting.Metric.Title },
            { "standard", result.Setting.Metric.IsStandard },
            { "sweep_sources", ReportNumber.Integer(Math.Min(preset.SweepSources, result.Plan.Sources.Length)) },
            { "unmatched", result.Networks.Any(n => n.Subject.IsRobust && result.PartnerOf(n) is { IsTwin: false }) },
            { "imagenet", result.Setting.DataSet == "imagenet" },
        };
    }

    private static string WalksCsv(LevelSetResult result)
    {
        StringBuilder text = new("network,source,target,status,source_confidence,confidence,kept,start_rmse,rmse,linf,ssim,"
            + "start_distance,distance,moved_linf,iterations\n");
        foreach (LevelSetOutcome n in result.Networks)
        {
            foreach (LevelSetWalk w in n.All.Walks)
            {
                Append(text, n.Subject.Weights, w.Source, w.Target, StatusWord.Of(w.Status), w.SourceConfidence, w.Confidence,
                    w.IsKept ? 1 : 0, w.StartRmse, w.Rmse, w.Linf, w.Ssim, w.StartDistance, w.Distance, w.Moved, w.Iterations);
            }
        }
        return text.ToString();
    }

    private static string RegionsCsv(LevelSetResult result)
    {
        StringBuilder text = new("network,source,triangles,source_confidence,hull_mean,frac_0,frac_0.1,frac_0.2,frac_0.3,edge_mean,"
            + "edge_low,lines,walked_0.2,random_0.2,targets_0.2,hull_points,hull_inside,random_inside,log_volume,random_log_volume\n");
        foreach (LevelSetOutcome n in result.Networks)
        {
            foreach (SourceRegion r in n.All.Regions)
            {
                double[] hull = r.Hull is { } h ? [h.SourceConfidence, h.Mean, .. h.Shares, h.EdgeMean, h.EdgeLowest]
                    : [.. Enumerable.Repeat(double.NaN, 8)];
                Append(text, [n.Subject.Weights, r.Source, r.Hull?.Triangles ?? 0, .. hull.Select(value => (object)value),
                    r.Star?.Limbs ?? 0, r.Star?.Walked[2] ?? 0, r.Star?.Random[2] ?? 0, r.Star?.Targets[2] ?? 0, r.Volume?.Points ?? 0,
                    r.Volume?.Inside ?? 0, r.Volume?.RandomInside ?? 0, r.Volume?.LogVolume ?? double.NaN,
                    r.Volume?.RandomLogVolume ?? double.NaN]);
            }
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, params object[] values) =>
        text.Append(string.Join(',', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))).Append('\n');

    private static JsonObject Summary(NetworkVerdicts verdicts)
    {
        LevelSetOutcome n = verdicts.Network;
        JsonObject summary = new()
        {
            ["weights"] = n.Subject.Weights,
            ["architecture"] = n.Subject.Architecture,
            ["training"] = n.Subject.Training.Words,
            ["radius"] = n.Subject.Training.Radius,
            ["walks"] = n.Distances.Count,
            ["arrived"] = n.Distances.Arrived,
            ["rmse"] = JsonText.Number(n.Distances.Rmse.Mean),
            ["linf"] = JsonText.Number(n.Distances.Linf.Mean),
            ["ssim"] = JsonText.Number(n.Distances.Ssim.Mean),
            ["distance"] = JsonText.Number(n.Distances.Distance.Mean),
            ["confidence"] = JsonText.Number(n.Distances.Confidence.Mean),
            ["source_confidence"] = JsonText.Number(n.Hulls.SourceConfidence.Mean),
            ["hull_mean"] = JsonText.Number(n.Hulls.Mean.Mean),
            ["hull_within"] = new JsonArray([.. n.Hulls.Shares.Select(share => JsonText.Number(share.Mean))]),
            ["edge_mean"] = JsonText.Number(n.Hulls.EdgeMean.Mean),
            ["lines"] = n.Stars.Walked[2].Count,
            ["lines_that_stay"] = n.Stars.Walked[2].Successes,
            ["random_lines_that_stay"] = n.Stars.Random[2].Successes,
        };
        JsonObject claims = [];
        foreach (LevelSetQuestion question in Enum.GetValues<LevelSetQuestion>())
        {
            claims[JsonNamingPolicy.SnakeCaseLower.ConvertName(question.ToString())] = verdicts[question].ToJson();
        }
        summary["claims"] = claims;
        return summary;
    }
}
