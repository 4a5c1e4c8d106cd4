using System.CommandLine;
using System.Globalization;
using MiniGrad.Formats.Images;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;

namespace MiniGrad.Cli.Options;

/// <summary>How image files become inputs of a network: as its home prepares photos, or as the options say.</summary>
internal sealed class PhotoOptions
{
    private readonly Option<int?> resize = CliOption.Whole(
        "--resize", "Resize the shorter side of images to n pixels and cut out the middle; ImageNet networks do so by default.", 1,
        ImageTransform.MaxSide);
    private readonly Option<string?> interpolation = CliOption.Choice("--interpolation", "How images are resized.", "bilinear", "bicubic");

    public void AddTo(Command command)
    {
        command.Add(resize);
        command.Add(interpolation);
    }

    public bool IsGiven(ParseResult parse) => parse.GetValue(resize) is not null || parse.GetValue(interpolation) is not null;

    /// <summary>What makes any image fit the network: by the options, else as the network's home does; none if it has no custom.</summary>
    public ImageTransform? Transform(ParseResult parse, LoadedModel model)
    {
        Shape wanted = model.Network.InputShape;
        ImageTransform? usual = ModelCatalog.Find(model.Architecture).Photo?.Invoke(wanted);
        Interpolation by = parse.GetValue(interpolation) switch
        {
            "bilinear" => Interpolation.Bilinear,
            "bicubic" => Interpolation.Bicubic,
            _ => usual?.Interpolation ?? Interpolation.Bilinear,
        };
        if ((parse.GetValue(resize) ?? usual?.Resize) is { } side) return new(side, wanted[1], wanted[2], by);
        if (parse.GetValue(interpolation) is not null)
        {
            throw new UsageException($"--interpolation: {model.Architecture} has no usual size to resize photos to. Give --resize too.");
        }
        return null;
    }

    /// <summary>One image file as a batch of one, in [0, 1]. Images that have the network's size already are taken as they are.</summary>
    public Tensor Read(ParseResult parse, string what, string path, LoadedModel model, Session session)
    {
        InputFile.Check(path, what);
        Shape wanted = model.Network.InputShape;
        if (wanted[0] is not (1 or 3))
        {
            throw new UsageException($"{what}: {model.Architecture} takes {wanted[0]} channels, images have 1 or 3.");
        }
        PixelImage image = ImageFile.Read(path);
        bool fits = image.Height == wanted[1] && image.Width == wanted[2] && parse.GetValue(resize) is null;
        if (fits) return ImageFile.ToTensor(image, wanted[0]);
        if (Transform(parse, model) is not { } transform)
        {
            throw new InputException($"{what}: {path} is {image.Width} x {image.Height} pixels, {model.Architecture} takes {wanted[2]} "
                + $"x {wanted[1]}. Resize it first, or pass --resize {Math.Min(wanted[1], wanted[2])}.");
        }
        session.Note(string.Create(CultureInfo.InvariantCulture,
            $"{path}: {image.Width} x {image.Height} pixels, resized to a shorter side of {transform.Resize} "
            + $"({(transform.Interpolation == Interpolation.Bicubic ? "bicubic" : "bilinear")}), "
            + $"the middle {transform.CropWidth} x {transform.CropHeight} taken."));
        return ImageFile.ToTensor(transform.Apply(image), wanted[0]);
    }
}
