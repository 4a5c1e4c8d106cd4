using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>reproduce robustness</c>: distances in the worst, random and universal directions, regions of classes, and a ladder of attacks, each
/// beside published numbers, as one report.
/// </summary>
internal sealed class ReproduceRobustnessCommand : StudyCommand
{
    private readonly Option<string[]?> also = AlsoOption();

    public ReproduceRobustnessCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info, RobustPreset.Names, "mnist", "fashion", "cifar-10") => Add(also);

    protected override Study Prepare(ParseResult parse, RunSettings settings, StudyRequest request)
    {
        RobustPreset preset = RobustPreset.Find(request.Preset, request.Images.Channels);
        RobustSetting setting = new(request.DataSet, request.Images, RobustSubject.All(
            request.DataSet, request.Images, parse.List(also) ?? [], settings.Device, Session.Note), request.Seed);
        JsonObject identity = new()
        {
            ["weights_sha256"] = JsonText.Array(setting.Subjects.Select(s => s.Sha256)),
            ["data_sha256"] = request.Images.Sha256,
            ["measures"] = preset.ToString(),
            ["attacks"] = JsonText.Array(Enum.GetValues<RobustRung>().Select(r => setting.Attack(r, preset)?.ToString() ?? "none")
                .Concat(setting.Members(preset).Select(m => m.Attack.ToString()))),
        };
        return new("robustness", preset.Name, request.Images, request.Seed, identity,
            [.. setting.Subjects.Select(s => (s.Weights, s.Sha256)), ($"{request.Images.Name} (test)", request.Images.Sha256)],
            parts => RobustReport.Outcome(new RobustStudy(setting, preset, parts).Run()));
    }
}
