using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>reproduce invariance</c>: the study of excessive invariance on networks of our own, its numbers beside ours, as one report.
/// </summary>
internal sealed class ReproduceInvarianceCommand(Session session, GlobalOptions globals, CommandInfo info)
    : StudyCommand(session, globals, info, InvariancePreset.Names, "mnist", "cifar-10")
{
    protected override Study Prepare(ParseResult parse, RunSettings settings, StudyRequest request)
    {
        InvariancePreset preset = InvariancePreset.Find(request.Preset);
        ImageDataSet images = request.Images;
        PerceptualMetric metric = PerceptualMetric.Find(
            request.DataFolder, request.DataSet == "mnist" ? "lenet5-mnist" : "resnet20-cifar", settings.Device);
        if (!metric.IsStandard) Session.Note($"no SqueezeNet 1.1 in the data folder: measures the {metric.Title}.");
        InvarianceSetting setting = new(images, InvarianceSubject.All(request.DataSet, settings.Device), metric, request.Seed);
        JsonObject identity = new()
        {
            ["weights_sha256"] = JsonText.Array(setting.Subjects.Select(s => s.Sha256)),
            ["controls_sha256"] = JsonText.Array(InvarianceStudy.ControlWeights(images).Select(weights =>
                ShippedWeights.Load("reproduce invariance", weights).Record.Sha256)),
            ["metric"] = metric.Name,
            ["metric_sha256"] = metric.Sha256,
            ["data_sha256"] = images.Sha256,
        };
        return new("invariance", preset.Name, images, request.Seed, identity,
            [
                .. setting.Subjects.Select(s => (s.Weights, s.Sha256)), (metric.Title, metric.Sha256),
                ($"{images.Name} (test)", images.Sha256),
            ],
            parts => Outcome(new InvarianceStudy(setting, preset, parts).Run(), settings));
    }

    private static StudyOutcome Outcome(InvarianceResult result, RunSettings settings)
    {
        ReportSection? twoLayer = null;
        if (result.IsMnist)
        {
            (Network mlp, _) = ShippedWeights.Load("reproduce invariance", "mlp-mnist", device: settings.Device);
            twoLayer = TwoLayerStudy.Section(mlp, result.Setting.Data, "mlp-mnist");
        }
        return new(reproduce => InvarianceReport.Page(result, twoLayer, reproduce), [("walks.csv", InvarianceReport.WalksCsv(result))],
            new() { ["metric"] = result.Setting.Metric.Title }, [.. result.Networks.Select(Network)], InvarianceClaims.Of(result));
    }

    private static JsonObject Network(SubjectOutcome n) => new()
    {
        ["weights"] = n.Subject.Weights,
        ["walks"] = n.Success().Count,
        ["arrived"] = n.Success().Successes,
        ["near"] = n.NearSuccess.Successes,
        ["error"] = n.Errors.Worst.Error,
        ["error_accepted"] = n.Errors.Worst.AcceptedError,
        ["threshold"] = n.Errors.Threshold,
        ["width"] = JsonText.Number(n.Widths.Widths.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()),
    };
}
