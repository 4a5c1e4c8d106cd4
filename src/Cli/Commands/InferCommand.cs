using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;

namespace MiniGrad.Cli.Commands;

/// <summary><c>infer</c>: logits and input gradients of images in a tensor file, or the best classes of one image file.</summary>
internal sealed class InferCommand : CliCommand
{
    private const int BestClasses = 5;

    private readonly ModelOptions model = new();
    private readonly Option<string?> input = CliOption.Text(
        "--input", "A safetensors file with the images as tensor x, [N, C, H, W] in [0, 1].", "file");
    private readonly Option<string?> image = CliOption.Text("--image", "One PNG or JPEG image.", "file");
    private readonly Option<int[]?> labels = CliOption.Wholes("--labels", "The class of each image; the predicted ones by default.");
    private readonly Option<bool> gradient = CliOption.Flag(
        "--grad", "Also compute the gradient of the summed cross-entropy in the images.");
    private readonly Option<string?> output = CliOption.Text("--out", "Where to write logits and, with --grad, input_grad.", "file");
    private readonly PhotoOptions photo = new();
    private readonly ClassLabels names = new();
    private readonly DataOptions data = new();
    private readonly Option<int?> repeat = CliOption.Whole(
        "--repeat", "Time that many repetitions of the computation alone.", 1, 1_000_000);

    public InferCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        model.AddTo(this);
        foreach (Option option in (Option[])[input, image, labels, gradient, output, repeat]) Add(option);
        photo.AddTo(this);
        names.AddTo(this);
        data.AddTo(this, withName: false);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string? tensorPath = parse.GetValue(input);
        string? imagePath = parse.GetValue(image);
        if (tensorPath is null == imagePath is null) throw new UsageException("infer: give either --input or --image.");
        if (tensorPath is not null && (photo.IsGiven(parse) || names.IsGiven(parse)))
        {
            throw new UsageException("infer: --resize, --interpolation and --class-names are for --image; tensors are taken as they are.");
        }
        if (parse.GetValue(output) is { } path) OutputFile.Check(path, tensorPath ?? imagePath!, model.Source(parse).Path);
        else if (tensorPath is not null && parse.GetValue(repeat) is null)
        {
            throw new UsageException("infer: --out is missing. Name the safetensors file to write.");
        }

        LoadedModel loaded = model.Load(parse, settings, Session, _ => tensorPath is null ? null : ImageInput.ShapeIn(tensorPath));
        Tensor x = tensorPath is not null ? ImageInput.Read(tensorPath, loaded) : photo.Read(parse, "--image", imagePath!, loaded, Session);
        int[]? given = parse.List(labels);
        CheckLabels(given, x.Shape[0], loaded.Network.ClassCount);
        Inference inference = new(loaded.Network, x.Cast(settings.Precision), given, parse.GetValue(gradient), Session.Notes);
        InferenceResult result = inference.Run(Session.Cancellation);
        result.CheckFinite();
        JsonObject json = Describe(settings, loaded, x, given, result);
        if (parse.GetValue(repeat) is { } times) Time(inference, times, json);
        if (parse.GetValue(output) is { } target)
        {
            Write(target, loaded, result);
            json["out"] = target;
        }
        string text = imagePath is not null
            ? Best(result, names.For(parse, loaded, data.Folder(parse), Session), json)
            : $"{x.Shape[0]} images: "
                + $"logits {result.Logits.Shape}{(result.Gradient is null ? "" : $", input_grad {result.Gradient.Shape}")}";
        if (json["out"] is not null) text += $"\nwritten to {parse.GetValue(output)}";
        if (json["median_ms"] is { } median)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"\nmedian {median.GetValue<double>():0.000} ms, "
                + $"least {json["min_ms"]!.GetValue<double>():0.000} ms on {settings.Device}; threads: {settings.Computing.Threads}");
        }
        return Answer(settings, json, text);
    }

    private static void CheckLabels(int[]? labels, int images, int classes)
    {
        if (labels is null) return;
        if (labels.Length != images) throw new UsageException($"--labels: {labels.Length} labels for {images} images. Give one each.");
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classes)
            {
                throw new UsageException(
                    $"--labels: class {labels[i]} (value {i}) does not exist; the network has classes 0 to {classes - 1}.");
            }
        }
    }

    private static JsonObject Describe(RunSettings settings, LoadedModel loaded, Tensor x, int[]? labels, InferenceResult result)
    {
        JsonObject json = new() { ["count"] = x.Shape[0], ["predicted"] = JsonText.Array(result.Predicted) };
        if (labels is not null)
        {
            json["labels"] = JsonText.Array(labels);
            json["correct"] = labels.Zip(result.Predicted).Count(pair => pair.First == pair.Second);
        }
        json["gradient"] = result.Gradient is not null;
        json["device"] = settings.DeviceName;
        json["threads"] = settings.Computing.Threads;
        json["precision"] = settings.PrecisionName;
        json["exact"] = settings.Computing.Exact;
        loaded.Describe(json);
        return json;
    }

    private void Time(Inference inference, int times, JsonObject json)
    {
        double[] milliseconds = inference.Time(times, Session.Cancellation);
        Array.Sort(milliseconds);
        json["repeat"] = times;
        json["median_ms"] = 0.5 * (milliseconds[(times - 1) / 2] + milliseconds[times / 2]);
        json["min_ms"] = milliseconds[0];
    }

    private static void Write(string path, LoadedModel loaded, InferenceResult result)
    {
        List<(string, Tensor)> tensors = [("logits", result.Logits)];
        if (result.Gradient is { } slope) tensors.Add(("input_grad", slope));
        Dictionary<string, string> metadata =
            new(StringComparer.Ordinal) { ["model"] = loaded.Architecture, ["weights_sha256"] = loaded.Sha256 };
        OutputFile.Guard(path, () => Safetensors.Write(path, tensors, metadata));
    }

    private static string Best(InferenceResult result, IReadOnlyList<string>? names, JsonObject json)
    {
        double[] probabilities = result.Logits.Cast(DType.F64).Softmax(1).ToArray<double>();
        TextTable table = names is null ? new("class", "probability") : new("class", "probability", "name");
        JsonArray best = [];
        foreach (int k in Enumerable.Range(0, probabilities.Length).OrderByDescending(k => probabilities[k]).Take(BestClasses))
        {
            string probability = probabilities[k].ToString("0.000000", CultureInfo.InvariantCulture);
            JsonObject row = new() { ["class"] = k, ["probability"] = probabilities[k] };
            if (names is not null) row["name"] = names[k];
            best.Add(row);
            if (names is null) table.Add($"{k}", probability);
            else table.Add($"{k}", probability, names[k]);
        }
        json["best"] = best;
        return table.ToString();
    }
}
