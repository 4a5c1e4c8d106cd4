using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>reproduce lst</c>: the study of level sets on small and on other authors' networks, normal and robust, convolutions and attention,
/// as one report.
/// </summary>
internal sealed class ReproduceLstCommand : StudyCommand
{
    private readonly Option<string[]?> also = AlsoOption();
    private readonly Option<string[]?> alsoRobust = CliOption.Texts("--also-robust",
        "Another robust network in the tables, named as by --also; it is compared with the normal network of its kind.", "weights");
    private readonly Option<string?> protocolName = CliOption.Choice("--protocol",
        "Targets: final (another image each round) or early (the same few for all); final by default.",
        [.. Enum.GetNames<LevelSetProtocol>().Select(name => name.ToLowerInvariant())]);
    private readonly Option<bool> referenceGrid = CliOption.Flag("--reference-grid",
        "Measure triangles at the 64 points of the released code, not at all 66.");

    public ReproduceLstCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info, LevelSetPreset.Names, "mnist", "fashion", "cifar-10", "imagenet")
    {
        foreach (Option option in (Option[])[also, alsoRobust, protocolName, referenceGrid]) Add(option);
    }

    protected override ImageDataSet Images(string dataSet, string? dataFolder) => dataSet == "imagenet"
        ? SamplePhotos.Load(Path.Combine(DataSets.Folder(dataFolder), SamplePhotos.Folder)) : base.Images(dataSet, dataFolder);

    protected override Study Prepare(ParseResult parse, RunSettings settings, StudyRequest request)
    {
        LevelSetPreset preset = LevelSetPreset.Find(request.Preset, request.DataSet);
        LevelSetProtocol protocol = Enum.Parse<LevelSetProtocol>(parse.GetValue(protocolName) ?? "final", ignoreCase: true);
        LevelSetRoster roster = LevelSetRoster.Of(request.DataSet, request.Images, DataSets.Folder(request.DataFolder), preset.HasDeep,
            parse.List(also) ?? [], parse.List(alsoRobust) ?? [], settings.Device, Session.Note);
        PerceptualMetric metric = PerceptualMetric.Find(
            request.DataFolder, request.Images.Channels == 1 ? "lenet5-mnist" : "resnet20-cifar", settings.Device);
        if (!metric.IsStandard) Session.Note($"no SqueezeNet 1.1 in the data folder: measures the {metric.Title}.");
        LevelSetSetting setting = new(
            request.DataSet, request.Images, roster, metric, protocol, parse.GetValue(referenceGrid), request.Seed);
        JsonObject identity = new()
        {
            ["weights_sha256"] = JsonText.Array(setting.Subjects.Select(s => s.Sha256)),
            ["training"] = JsonText.Array(setting.Subjects.Select(s => s.Training.Words)),
            ["metric"] = metric.Name,
            ["metric_sha256"] = metric.Sha256,
            ["data_sha256"] = request.Images.Sha256,
            ["measures"] = preset.ToString(),
            ["walk"] = LevelSetSetting.Walk(preset).ToString(),
            ["protocol"] = protocol.ToString(),
            ["reference_grid"] = setting.HasReferenceGrid,
        };
        return new("lst", preset.Name, request.Images, request.Seed, identity,
            [
                .. setting.Subjects.Select(s => (s.Weights, s.Sha256)), (metric.Title, metric.Sha256),
                ($"{request.Images.Name} (test)", request.Images.Sha256),
            ],
            parts => LevelSetReport.Outcome(new LevelSetStudy(setting, preset, parts).Run()));
    }
}
