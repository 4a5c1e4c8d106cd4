using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Formats.Images;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Probes.Distances;

namespace MiniGrad.Cli.Commands;

/// <summary><c>distance</c>: how far two images, or the pairs of two tensors of images, are apart.</summary>
internal sealed class DistanceCommand : CliCommand
{
    private const string Topic = "distance";

    private readonly Argument<string> first =
        new("a") { Description = "An image file, or a safetensors file with images as tensor x, [N, C, H, W] in [0, 1]." };
    private readonly Argument<string> second = new("b") { Description = "Another one of that kind and size." };
    private readonly LpipsOptions lpips = new();

    public DistanceCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(first);
        Add(second);
        lpips.AddTo(this);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        (string pathA, string pathB) = (parse.GetValue(first)!, parse.GetValue(second)!);
        (Tensor a, Tensor b) = Read(pathA, pathB);
        (a, b) = (a.To(settings.Device), b.To(settings.Device));
        LoadedLpips? perceptual = lpips.Load(parse, settings, Session);
        if (perceptual is not null && a.Shape[1] is not (1 or 3))
        {
            throw new InputException($"distance: {pathA}: x has shape {a.Shape}, LPIPS takes images of 1 or 3 channels.");
        }

        List<(string Key, string Title, double[] Values)> measures = [.. Differences(a, b), ("ssim", "SSIM", Ssim.Of(a, b))];
        if (perceptual is not null) measures.Add(("lpips", $"LPIPS ({perceptual.Net})", perceptual.Lpips.Of(a, b)));
        int count = a.Shape[0];
        JsonObject json = new() { ["a"] = pathA, ["b"] = pathB, ["count"] = count, ["shape"] = JsonText.Array(a.Shape.ToArray()[1..]) };
        foreach ((string key, _, double[] values) in measures) json[key] = JsonText.Array(values);
        perceptual?.Describe(json);

        TextTable table = new(["image", .. measures.Select(m => m.Title)]);
        void Row(string name, Func<double[], double> value) =>
            table.Add([name, .. measures.Select(m => value(m.Values).ToString("0.000000", CultureInfo.InvariantCulture))]);
        for (int i = 0; i < count; i++) Row($"{i}", values => values[i]);
        if (count > 1) Row("mean", values => values.Average());
        return Answer(settings, json, table.ToString());
    }

    private static (string Key, string Title, double[] Values)[] Differences(Tensor a, Tensor b)
    {
        Tensor difference = a.Cast(DType.F64).Flatten() - b.Cast(DType.F64).Flatten();
        double[] l2 = difference.NormL2([1]).ToArray<double>();
        double size = Math.Sqrt(difference.Shape[1]);
        return [("rmse", "RMSE", Array.ConvertAll(l2, d => d / size)), ("l2", "L2", l2),
            ("linf", "L-inf", difference.NormLinf([1]).ToArray<double>())];
    }

    private static (Tensor A, Tensor B) Read(string pathA, string pathB)
    {
        bool tensors = IsTensorFile(pathA);
        if (tensors != IsTensorFile(pathB))
        {
            throw new UsageException(
                $"distance: {(tensors ? pathA : pathB)} is a tensor file, {(tensors ? pathB : pathA)} an image. Give two of a kind.");
        }
        return tensors ? ReadTensors(pathA, pathB) : ReadImages(pathA, pathB);
    }

    private static (Tensor A, Tensor B) ReadTensors(string pathA, string pathB)
    {
        (Tensor a, Tensor b) = (ImageInput.ReadTensor(pathA, Topic), ImageInput.ReadTensor(pathB, Topic));
        if (a.Shape != b.Shape)
        {
            throw new InputException($"distance: x has shape {a.Shape} in {pathA}, {b.Shape} in {pathB}. They must be equal.");
        }
        return (a, b);
    }

    private static (Tensor A, Tensor B) ReadImages(string pathA, string pathB)
    {
        InputFile.Check(pathA, Topic);
        InputFile.Check(pathB, Topic);
        (PixelImage a, PixelImage b) = (ImageFile.Read(pathA), ImageFile.Read(pathB));
        if (a.Width != b.Width || a.Height != b.Height)
        {
            throw new InputException(
                $"distance: {pathA} is {a.Width} x {a.Height} pixels, {pathB} {b.Width} x {b.Height}. Resize one of them.");
        }
        int channels = a.Channels <= 2 && b.Channels <= 2 ? 1 : 3;
        return (ImageFile.ToTensor(a, channels), ImageFile.ToTensor(b, channels));
    }

    private static bool IsTensorFile(string path) => Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase);
}
