using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>reproduce spatial</c>: the study of rotations and shifts as attacks on networks of our own, its numbers beside ours, as one report.
/// </summary>
internal sealed class ReproduceSpatialCommand : StudyCommand
{
    private readonly Option<string[]?> also = AlsoOption();

    public ReproduceSpatialCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info, SpatialPreset.Names, "mnist", "fashion", "cifar-10") => Add(also);

    protected override Study Prepare(ParseResult parse, RunSettings settings, StudyRequest request)
    {
        SpatialPreset preset = SpatialPreset.Find(request.Preset, request.Images.Channels);
        SpatialSetting setting = new(request.DataSet, request.Images, SpatialSubject.All(
            request.DataSet, request.Images, parse.List(also) ?? [], settings.Device, Session.Note), request.Seed);
        JsonObject identity = new()
        {
            ["weights_sha256"] = JsonText.Array(setting.Subjects.Select(s => s.Sha256)),
            ["data_sha256"] = request.Images.Sha256,
            ["measures"] = preset.ToString(),
            ["attacks"] = JsonText.Array(Enum.GetValues<SpatialMeasure>().Select(m => setting.Attack(m, preset)?.ToString() ?? "none")),
        };
        return new("spatial", preset.Name, request.Images, request.Seed, identity,
            [.. setting.Subjects.Select(s => (s.Weights, s.Sha256)), ($"{request.Images.Name} (test)", request.Images.Sha256)],
            parts => SpatialReport.Outcome(new SpatialStudy(setting, preset, parts).Run()));
    }
}
