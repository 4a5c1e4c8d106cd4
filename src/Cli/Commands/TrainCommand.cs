using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary><c>train</c>: a recipe into a run folder, with checkpoints; a stopped run goes on to the same bits.</summary>
internal sealed class TrainCommand : CliCommand
{
    private readonly Argument<string> recipeName =
        new("recipe") { Description = $"What to train: {string.Join(", ", RecipeCatalog.All.Select(r => r.Name))}." };
    private readonly Option<string?> outFolder = CliOption.Text("--out", "The run folder; runs/<recipe> by default.", "folder");
    private readonly Option<bool> resume = CliOption.Flag("--resume", "Go on with the run in that folder.");
    private readonly Option<double?> checkpointSeconds = CliOption.Real(
        "--checkpoint-seconds", "Seconds between checkpoints; 30 by default.", 0);
    private readonly Option<int?> count = CliOption.Whole("--count", "Train on the first images only.", 1);
    private readonly TrainOverrides overrides = new();
    private readonly DataOptions data = new();

    public TrainCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(recipeName);
        overrides.AddTo(this);
        data.AddTo(this);
        foreach (Option option in (Option[])[count, outFolder, resume, checkpointSeconds]) Add(option);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        if (settings.Precision != DType.F32)
        {
            throw new UsageException("train: --precision f64 is for eval, infer and gradcheck; training computes in f32.");
        }
        Recipe recipe = overrides.Apply(parse, RecipeCatalog.Find(parse.GetValue(recipeName)!), parse.GetValue(data.Name), settings.Seed);
        (recipe, string? start) = StartWeights.Locate(recipe);
        recipe = PerceptualMetric.Attach(recipe, data.Folder(parse), settings.Device, Session.Note);
        string path = parse.GetValue(outFolder) ?? Path.Combine("runs", recipe.Name);
        JsonObject identity = new() { ["recipe"] = JsonText.Of(recipe), ["images"] = parse.GetValue(count) };
        settings.IdentifyMachine(identity);
        identity["exact"] = settings.Computing.Exact;
        RunFolder.Check(path, identity, parse.GetValue(resume));

        DataSource source = data.Source(parse, recipe.DataSet);
        ImageDataSet images = (source with { Count = parse.GetValue(count) }).Load(Split.Train);
        ImageDataSet test = source.Load();
        ModelSettings shape =
            new() { Classes = images.ClassCount, Image = [images.Channels, images.Height, images.Width], BlurPool = recipe.BlurPool };
        Network network = start is null
            ? ModelCatalog.Create(recipe.Model, recipe.Seed, shape, device: settings.Device)
            : StartWeights.Load(recipe, start, shape, settings.Device);
        DataFit.Check(network, recipe.Model, images);

        JsonObject manifest = RunManifest.Create(Session, settings, "train", identity, recipe.Seed);
        manifest["data_sha256"] = images.Sha256;
        using RunFolder folder = RunFolder.Open(path, manifest, parse.GetValue(resume));
        if (folder.IsComplete)
        {
            Session.Note($"{path} is complete already.");
            JsonObject former = folder.ReadSummary();
            return Answer(settings, former, Sentence(former));
        }
        JsonObject summary = new()
        {
            ["schema"] = RunFolder.Schema,
            ["recipe"] = recipe.Name,
            ["model"] = recipe.Model,
            ["data"] = recipe.DataSet,
            ["epochs"] = recipe.Epochs,
            ["training_images"] = images.Count,
            ["resumed"] = folder.IsResumed,
        };
        Train(parse, recipe, network, images, folder, summary);
        try
        {
            Measure(recipe, network, images, test, folder, summary);
        }
        catch (OperationCanceledException)
        {
            throw Stopped(folder, "while the accuracy was measured");
        }
        folder.WriteSummary(summary);
        return Answer(settings, summary, Sentence(summary));
    }

    private void Train(ParseResult parse, Recipe recipe, Network network, ImageDataSet images, RunFolder folder, JsonObject summary)
    {
        string checkpoint = folder.File("checkpoint.safetensors");
        ProgressLine line = new(Session);
        TrainMeter meter = new(folder, line);
        Trainer trainer = new(recipe, network, images, new TrainOptions
        {
            CheckpointPath = checkpoint,
            Resume = folder.IsResumed && File.Exists(checkpoint),
            CheckpointSeconds = parse.GetValue(checkpointSeconds) ?? 30,
            Progress = meter,
        });
        Stopwatch clock = Stopwatch.StartNew();
        bool done = false;
        try
        {
            OutputFile.Guard(folder.Path, () => done = trainer.Run(Session.Cancellation));
        }
        finally
        {
            line.End();
        }
        if (done)
        {
            summary["wall_seconds"] = clock.Elapsed.TotalSeconds;
            summary["images_per_second"] = JsonText.Number(meter.Last?.ImagesPerSecond ?? double.NaN);
            if (meter.Last is { AttackStepsPerSecond: > 0 and double steps }) summary["attack_steps_per_second"] = steps;
            return;
        }
        throw Stopped(folder,
            meter.Last is { } last ? $"in epoch {last.Epoch}, step {last.Step} of {last.StepsPerEpoch}" : "before the first step");
    }

    private OperationCanceledException Stopped(RunFolder folder, string where)
    {
        return new($"stopped {where}; saved in {folder.File("checkpoint.safetensors")}. Go on with: {Session.ResumeLine}");
    }

    private void Measure(Recipe recipe, Network network, ImageDataSet images, ImageDataSet test, RunFolder folder, JsonObject summary)
    {
        int correct = Evaluator.Correct(
            Evaluator.Predict(recipe.Normalize(network), test, test.Count, null, Session.Notes, Session.Cancellation), test.Labels);
        string path = folder.File($"{recipe.Name}.safetensors");
        (string, Tensor)[] weights = [.. network.Parameters.Select(p => (p.Name, p.Value.Detach()))];
        OutputFile.Guard(path, () => Safetensors.Write(path, weights, Metadata(recipe, network, images, correct, test.Count)));
        summary["accuracy"] = (double)correct / test.Count;
        summary["correct"] = correct;
        summary["count"] = test.Count;
        summary["weights"] = path;
        summary["weights_sha256"] = FileHash.Sha256(path);
        summary["status"] = "ok";
    }

    private static Dictionary<string, string> Metadata(Recipe recipe, Network network, ImageDataSet images, int correct, int count)
    {
        int channels = network.InputShape[0];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["architecture"] = recipe.Model,
            ["recipe"] = JsonText.Line(JsonText.Of(recipe)),
            ["data_set"] = recipe.DataSet,
            ["data_sha256"] = images.Sha256,
            ["classes"] = Text(network.ClassCount),
            ["mean"] = WeightMetadata.Text(recipe.Means(channels)),
            ["std"] = WeightMetadata.Text(recipe.Deviations(channels)),
            ["accuracy"] = ((double)correct / count).ToString("R", CultureInfo.InvariantCulture),
            ["correct"] = Text(correct),
            ["count"] = Text(count),
        };
        if (recipe.BlurPool != 0) metadata["blur_pool"] = Text(recipe.BlurPool);
        return metadata;
    }

    private static string Sentence(JsonObject summary) =>
        $"{EvalCommand.Percent(summary["correct"]!.GetValue<int>(), summary["count"]!.GetValue<int>())} on the test "
        + $"images of {summary["data"]}; weights in {summary["weights"]}";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
