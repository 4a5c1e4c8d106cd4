using System.Globalization;
using System.Text;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Lab.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The page of the study, and its numbers as files.</summary>
internal static class InvarianceReport
{
    public static ReportPage Page(InvarianceResult result, ReportSection? twoLayer, ReproduceSection reproduce)
    {
        FilledTemplate text = Template.Embedded("Invariance.md").Fill(Values(result));
        IReadOnlyList<Claim> claims = InvarianceClaims.Of(result);
        SubjectOutcome[] drawn = [.. result.Networks.Where(n => n.Subject.IsPublished)];
        ReportSection Section(string id, params IReadOnlyList<IReportPart> parts) => new(text[id].Title, text[id].Text, parts);
        List<ReportSection> sections =
        [
            Section("claims", Claim.Table(claims, text["claims-note"].Text)),
            Section("walks", [InvarianceTables.Successes(result, text["walks-note"].Text),
                InvarianceTables.Nearness(result, text["near-note"].Text), .. InvarianceTables.Curves(result, text["curve-note"].Text)]),
            Section("grids", [.. drawn.Select(n => InvarianceFigures.Grid(result, n.Relative,
                $"{n.Subject.Title}: the first source of each class walked towards each target."))]),
            Section("matrices", [.. drawn.Select(n => InvarianceFigures.Matrix(result, n))]),
            Section("errors", InvarianceTables.Errors(result, text["errors-caption"].Title, text["errors-note"].Text)),
            Section("norms", InvarianceTables.Norms(result, text["norms-note"].Text)),
            Section("brittle", InvarianceTables.Brittleness(result, text["brittle-note"].Text),
                InvarianceFigures.Brittle(result, drawn)),
            Section("widths", [InvarianceTables.Widths(result, text["widths-note"].Text), .. drawn.Where(n => n.Widths.Shown.Length > 0)
                .SelectMany(n => (IReportPart[])
                [
                    InvarianceFigures.Width(n, n.Widths.Shown, "in the tangent space of the level set"),
                    InvarianceFigures.Width(n, n.Widths.Across, "across the direction of travel"),
                ])]),
        ];
        if (twoLayer is not null) sections.Insert(1, twoLayer);
        if (result.Logit is { } logit) sections.Add(Section("logit", InvarianceFigures.Grid(result, logit, text["logit-caption"].Title)));
        if (result.Budgets.Count > 0) sections.Add(Section("budgets", [.. InvarianceFigures.Budgets(result)]));
        sections.Add(new(text["about"].Title, "", [new Prose(text["about"].Paragraphs)]));
        sections.Add(new("How to reproduce this", "", [reproduce]));
        return new(text["page"].Title, text["page"].Text, sections);
    }

    /// <summary>All numbers and all conditions of Invariance.md.</summary>
    public static TemplateValues Values(InvarianceResult result)
    {
        SubjectOutcome[] published = [.. result.Networks.Where(n => n.Subject.IsPublished)];
        SubjectOutcome? ccat = result.Find(TrainingMethod.Ccat);
        bool standard = result.Setting.Metric.IsStandard;
        return new()
        {
            { "preset", result.Preset.Name },
            { "full", result.Preset.Name == "full" },
            { "mnist", result.IsMnist },
            { "data", result.Setting.Data.Name },
            { "networks", string.Join(", ", result.Networks.Select(n => n.Subject.Title)) },
            { "metric", result.Setting.Metric.Title },
            { "standard", standard },
            { "sources", ReportNumber.Integer(result.Preset.Sources) },
            { "attacked", ReportNumber.Integer(result.Preset.Attacked) },
            { "radius", ReportNumber.Short(result.Setting.Radius) },
            { "ce_steps", ReportNumber.Integer(result.Preset.CrossEntropySteps) },
            { "conf_steps", ReportNumber.Integer(result.Preset.ConfidenceSteps) },
            { "restarts", ReportNumber.Integer(result.Preset.Restarts) },
            { "norm_steps", ReportNumber.Integer(result.Preset.NormSteps) },
            { "missing", published.Length < 4 },
            { "every", ReportNumber.Integer(PathWidths.Every) },
            { "directions", ReportNumber.Integer(result.Preset.Directions) },
            { "has_ccat", ccat is not null },
            { "logit_share", KeptOf(result.Logit) },
            { "noise_share", KeptOf(result.LogitNoise) },
        };
    }

    private static string KeptOf(Walks? walks) =>
        walks is null ? ReportNumber.Missing : ReportNumber.Share(walks.Kept.Count, walks.Kept.Of);

    /// <summary>The walks of all networks, one a line.</summary>
    public static string WalksCsv(InvarianceResult result)
    {
        StringBuilder text = new("network,steps,source,target,source_class,target_class,status,start_confidence,confidence,"
            + "start_distance,distance,start_rmse,rmse,kept,iterations\n");
        foreach (SubjectOutcome n in result.Networks)
        {
            foreach ((string steps, Walks? walks) in ((string, Walks?)[])[("relative", n.Relative), ("normalized", n.Normalized)])
            {
                foreach (WalkRow r in walks?.Rows ?? [])
                {
                    text.Append(string.Join(',', ((object[])
                    [
                        n.Subject.Weights, steps, r.Source, r.Target, r.SourceClass,
                        r.TargetClass, StatusWord.Of(r.Status), r.StartConfidence,
                        r.Confidence, r.StartDistance, r.Distance, r.StartRmse, r.Rmse, r.Kept ? 1 : 0, r.Iterations,
                    ]).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))).Append('\n');
                }
            }
        }
        return text.ToString();
    }
}
