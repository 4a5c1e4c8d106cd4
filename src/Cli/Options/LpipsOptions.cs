using System.CommandLine;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Probes.Distances;

namespace MiniGrad.Cli.Options;

/// <summary>The options that name the weights of LPIPS.</summary>
internal sealed class LpipsOptions
{
    private readonly Option<string?> net = CliOption.Choice("--lpips-net", "The network of LPIPS; alex by default.",
        [.. Enum.GetNames<LpipsNet>().Select(name => name.ToLowerInvariant())]);
    private readonly Option<string?> backbone = CliOption.Text(
        "--lpips-backbone", "Measure LPIPS too, with these weights of torchvision's alexnet, vgg16 or squeezenet1_1.", "file");
    private readonly Option<string?> heads = CliOption.Text("--lpips-heads", "The linear weights of LPIPS 0.1 for that network.", "file");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[net, backbone, heads]) command.Add(option);
    }

    /// <summary>LPIPS with the weights that were named; none where none were.</summary>
    public LoadedLpips? Load(ParseResult parse, RunSettings run, Session session)
    {
        (string? network, string? body, string? head) = (parse.GetValue(net), parse.GetValue(backbone), parse.GetValue(heads));
        if (network is null && body is null && head is null) return null;
        if (body is null)
        {
            throw new UsageException("--lpips-backbone is missing: LPIPS needs weights of alexnet, "
                + "vgg16 or squeezenet1_1 trained on ImageNet. Name a file, or leave LPIPS out.");
        }
        if (head is null)
        {
            throw new UsageException("--lpips-heads is missing: LPIPS needs its linear weights, alex.pth, "
                + "vgg.pth or squeeze.pth of version 0.1. Name a file, or leave LPIPS out.");
        }
        network ??= "alex";
        LpipsFeatures features = LpipsFeatures.Load(Enum.Parse<LpipsNet>(network, ignoreCase: true),
            Read(body, backbone.Name, session), run.Precision, device: run.Device);
        Lpips lpips = new(features, Read(head, heads.Name, session)) { Notes = session.Notes };
        return new(lpips, network, FileHash.Sha256(body), FileHash.Sha256(head));
    }

    // The classifier of vgg16 is nine tenths of its file, and LPIPS has no use for it.
    private static Dictionary<string, Tensor> Read(string path, string option, Session session)
    {
        InputFile.Check(path, option);
        using WeightFile file = WeightFile.Open(path);
        foreach (string note in file.Notes) session.Note($"{path}: {note}");
        return file.Names.Where(name => !name.StartsWith("classifier.", StringComparison.Ordinal)).ToDictionary(name => name, file.Read);
    }
}
