using System.CommandLine;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;

namespace MiniGrad.Cli.Commands;

/// <summary>The options that change a recipe.</summary>
internal sealed class TrainOverrides
{
    private readonly Option<int?> epochs = CliOption.Whole("--epochs", "How often to see every image.", 1, 100_000);
    private readonly Option<int?> batch = CliOption.Whole("--batch", "Images per step.", 1, 1_000_000);
    private readonly Option<double?> rate = CliOption.Real("--learning-rate", "The learning rate at its highest.", 0, above: true);
    private readonly Option<string?> optimizer = CliOption.Choice(
        "--optimizer", "The rule that moves the weights.", "sgd", "nesterov", "adam", "adamw");
    private readonly Option<string?> schedule = CliOption.Choice(
        "--schedule", "How the learning rate changes.", "constant", "cosine", "step", "ramp");
    private readonly Option<double?> decay = CliOption.Real("--weight-decay", "How strongly weights are drawn to 0.", 0);
    private readonly Option<string?> augment = CliOption.Choice(
        "--augment", "How training images are varied.", [.. Augmentation.All.Select(entry => entry.Name)]);
    private readonly Option<string?> model = CliOption.Text("--model", $"The network: {string.Join(", ", ModelCatalog.Names)}.", "name");

    private readonly Option<int?> blurPool = CliOption.Whole(
        "--blur-pool", "Anti-alias: low-pass filters of n taps wherever a convolutional network strides or pools (4 is usual).", 2, 7);

    private readonly Option<string?> start = CliOption.Text(
        "--start", "The weights to start from, a file or shipped ones; fresh ones, or the recipe's own, by default.", "file");
    private readonly Option<double?> curvatureWeight = CliOption.Real(
        "--curvature-weight", "CURE: how much the change of the loss gradient weighs.", 0);
    private readonly Option<double?> curvatureStep = CliOption.Real(
        "--curvature-step", "CURE: over which distance it is taken at most, in L2 of pixels from 0 to 1.", 0);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[
            epochs, batch, rate, optimizer, schedule, decay, augment, model, blurPool, start, curvatureWeight, curvatureStep])
        {
            command.Add(option);
        }
    }

    public Recipe Apply(ParseResult parse, Recipe recipe, string? data, long? seed)
    {
        recipe = recipe with
        {
            Model = ModelCatalog.Find(parse.GetValue(model) ?? recipe.Model).Name,
            DataSet = DataSource.Resolve(data ?? recipe.DataSet),
            Epochs = parse.GetValue(epochs) ?? recipe.Epochs,
            BatchSize = parse.GetValue(batch) ?? recipe.BatchSize,
            LearningRate = parse.GetValue(rate) ?? recipe.LearningRate,
            Optimizer = parse.GetValue(optimizer) ?? recipe.Optimizer,
            Schedule = parse.GetValue(schedule) ?? recipe.Schedule,
            WeightDecay = parse.GetValue(decay) ?? recipe.WeightDecay,
            Augmentation = parse.GetValue(augment) ?? recipe.Augmentation,
            BlurPool = parse.GetValue(blurPool) ?? recipe.BlurPool,
            Seed = seed ?? recipe.Seed,
            Start = parse.GetValue(start) ?? recipe.Start,
            Objective = Curved(parse, recipe),
        };
        recipe.Check();
        return recipe;
    }

    private Objective? Curved(ParseResult parse, Recipe recipe)
    {
        if (parse.GetValue(curvatureWeight) is null && parse.GetValue(curvatureStep) is null) return recipe.Objective;
        if (recipe.Objective is CureObjective cure)
        {
            return cure with
            {
                Gamma = parse.GetValue(curvatureWeight) ?? cure.Gamma,
                MaximumStep = parse.GetValue(curvatureStep) ?? cure.MaximumStep,
            };
        }
        string[] others = [.. RecipeCatalog.All.Where(other => other.Objective is CureObjective).Select(other => other.Name)];
        throw new UsageException(
            $"--curvature-weight, --curvature-step: {recipe.Name} does not train by CURE. Choose one of {string.Join(", ", others)}.");
    }
}
