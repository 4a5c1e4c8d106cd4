using System.CommandLine;
using System.Globalization;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;

namespace MiniGrad.Cli.Options;

/// <summary>The options that name a network.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> model = CliOption.Text(
        "--model", "The network the weights belong to; known for shipped and own weights.", "name");
    private readonly Option<string?> weights = CliOption.Text("--weights", "A file of weights, or the name of shipped ones.", "file");
    private readonly Option<double[]?> mean = CliOption.Reals(
        "--mean", "The mean of each channel that the network expects to be subtracted.", positive: false);
    private readonly Option<double[]?> std = CliOption.Reals(
        "--std", "The standard deviation of each channel that the network expects to be divided by.", positive: true);
    private readonly Option<int?> classes = CliOption.Whole(
        "--classes", "The number of classes; as many as the file has by default.", 2, 1_000_000);
    private readonly Option<string?> size = CliOption.Text("--size",
        "Height and width of the images, such as 224 or 160x224; those of the data, or of the network's home, by default.", "HxW");
    private readonly Option<int?> blurPool = CliOption.Whole(
        "--blur-pool", "Anti-alias: low-pass filters of n taps wherever a convolutional network strides or pools (4 is usual).", 2, 7);
    private readonly Option<string?> state = CliOption.Text(
        "--state", "Which of several sets of weights in a PyTorch file, such as ema.", "name");
    private readonly Option<bool> allowNonFinite = CliOption.Flag("--allow-nonfinite", "Take weights that hold NaN or infinities.");

    public void AddTo(Command command)
    {
        weights.Required = true;
        foreach (Option option in (Option[])[model, weights, mean, std, classes, size, blurPool, state, allowNonFinite])
        {
            command.Add(option);
        }
    }

    /// <summary>What was named.</summary>
    public ModelSource Source(ParseResult parse) => new(parse.GetValue(weights)!)
    {
        Name = parse.GetValue(model),
        Mean = parse.List(mean),
        Std = parse.List(std),
        Classes = parse.GetValue(classes),
        Size = parse.GetValue(size) is { } text ? Sides(text) : null,
        BlurPool = parse.GetValue(blurPool),
        State = parse.GetValue(state),
        AllowNonFinite = parse.GetValue(allowNonFinite),
    };

    /// <summary>The network that was named, on the device of the run.</summary>
    /// <param name="imageOf">The shape of the images, for the data set that the weights name; the
    /// network's usual one where it gives none.</param>
    public LoadedModel Load(
        ParseResult parse, RunSettings run, Session session, Func<string?, Shape?>? imageOf = null, Activation? activation = null) =>
        (Source(parse) with { Activation = activation }).Load(run.Device, run.Precision, session.Note, imageOf);

    private static (int Height, int Width) Sides(string text)
    {
        string[] parts = text.Split('x');
        int[] sides = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts.Length > 2 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sides[i])
                || sides[i] is < 1 or > 10_000)
            {
                throw new UsageException($"--size: \"{text}\" is not a height and a width of 1 to 10000. Write 224, or 160x224.");
            }
        }
        return (sides[0], sides[^1]);
    }
}
