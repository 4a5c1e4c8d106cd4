using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Curvature;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// What fine-tuning by CURE does to a trained network, beside as many steps of plain fine-tuning: accuracy on the test
/// images within L∞ balls, against PGD of 20 steps of a quarter of the radius from a random start.
/// </summary>
/// <param name="Recipe">The fine-tuning by CURE; the control differs in its objective alone.</param>
/// <param name="TrainImages">The images of an epoch.</param>
/// <param name="TestImages">The images that are counted.</param>
/// <param name="Epsilons">The radii in units of pixels, from 0, which stands for no attack.</param>
/// <param name="Outcomes">The network before, after plain fine-tuning and after CURE.</param>
internal sealed record CureStudy(Recipe Recipe, int TrainImages, int TestImages, double[] Epsilons, IReadOnlyList<CureOutcome> Outcomes)
{
    /// <summary>Steps of an attack: what the paper tests with.</summary>
    public const int AttackSteps = 20;

    private const int ChunkSize = 100;

    /// <summary>Images at which the curvature of the loss is taken.</summary>
    private const int CurvatureImages = 50;

    /// <summary>Radii around those that break a plain network of 28 × 28 grey pixels.</summary>
    public static IReadOnlyList<double> GreyEpsilons { get; } = [0.01, 0.025, 0.05, 0.1, 0.15, 0.2];

    /// <summary>The radii of the paper's figure for colour images.</summary>
    public static IReadOnlyList<double> ColourEpsilons { get; } = [1 / 255.0, 2 / 255.0, 4 / 255.0, 8 / 255.0, 12 / 255.0];

    /// <summary>A recipe of CURE in fewer epochs, in half of which the step grows, as it does in five of ten.</summary>
    public static Recipe Shortened(Recipe recipe, int epochs) =>
        recipe with { Epochs = epochs, Objective = Cure(recipe) with { RampEpochs = Math.Min(Cure(recipe).RampEpochs, epochs / 2.0) } };

    /// <summary>Fine-tunes and attacks copies; the network itself, without the recipe's normalisation, stays as it is.</summary>
    /// <param name="recipe">One whose objective is CURE, with the hash of the start if checkpoints are kept.</param>
    /// <param name="start">The trained network.</param>
    /// <param name="train">The images to train on, all of them in each epoch.</param>
    /// <param name="test">The images to count.</param>
    /// <param name="epsilons">The radii above 0.</param>
    /// <param name="checkpoints">A folder in which an interrupted study finds its trainings again; none to keep none.</param>
    /// <param name="line">Where to say how far it is.</param>
    public static CureStudy Run(
        Recipe recipe, Network start, ImageDataSet train, ImageDataSet test, IReadOnlyList<double> epsilons,
        string? checkpoints = null, ProgressLine? line = null, CancellationToken cancellation = default)
    {
        CureObjective cure = Cure(recipe);
        double[] radii = [0, .. epsilons];
        CureOutcome Outcome(string name, Recipe? training)
        {
            Network copy = Copy(recipe, start);
            if (training is not null) Train(training, name, copy, train, checkpoints, line, cancellation);
            Network network = recipe.Normalize(copy);
            int[] robust = Array.ConvertAll(radii, radius => Robust(network, test, radius, recipe.Seed, name, line, cancellation));
            return new(name, robust, SlopeChange(cure, network, test), LargestCurvature(network, test, cancellation), network);
        }
        return new(recipe, train.Count, test.Count, radii,
            [Outcome("before", null), Outcome("plain", recipe with { Objective = null }), Outcome("cure", recipe)]);
    }

    public ReportSection Section() => CureReport.Section([this]);

    private static CureObjective Cure(Recipe recipe)
    {
        if (recipe.Objective is CureObjective cure) return cure;
        Throw.Argument($"cure: the recipe {recipe.Name} makes the {recipe.MakeObjective().Name} small. Give one whose objective is CURE.");
        return null!;
    }

    private static Network Copy(Recipe recipe, Network network) =>
        ModelCatalog.Load(recipe.Model, network.Parameters.ToDictionary(p => p.Name, p => p.Value.Detach()),
            new() { Classes = network.ClassCount, Image = network.InputShape, BlurPool = recipe.BlurPool }, device: network.Device);

    private static void Train(
        Recipe recipe, string name, Network network, ImageDataSet data, string? folder, ProgressLine? line, CancellationToken cancellation)
    {
        string? checkpoint = folder is null ? null : Path.Combine(folder, $"{recipe.Name}-{name}.safetensors");
        Trainer trainer = new(recipe, network, data, new()
        {
            CheckpointPath = checkpoint,
            Resume = File.Exists(checkpoint),
            Progress = line is null ? null : new Shown(progress => line.Show(() => string.Create(CultureInfo.InvariantCulture,
                $"{recipe.Name}, {name}: epoch {progress.Epoch}/{progress.Epochs}  step {progress.Step}/{progress.StepsPerEpoch}  "
                + $"{ProgressLine.Duration(progress.Remaining)} left"))),
        });
        if (!trainer.Run(cancellation)) cancellation.ThrowIfCancellationRequested();
    }

    private static int Robust(
        Network network, ImageDataSet test, double radius, long seed, string name, ProgressLine? line, CancellationToken cancellation)
    {
        if (radius == 0) return Evaluator.Accuracy(network, test).Correct;
        Pgd attack = new(Threat.Linf(radius), AttackSteps, StepSize: radius / 4) { StopAtSuccess = true };
        Classifier classifier = new(network);
        int robust = 0;
        for (int first = 0; first < test.Count; first += ChunkSize)
        {
            line?.Show(() => string.Create(CultureInfo.InvariantCulture,
                $"{test.Name}, {name}: PGD within {radius:0.####}, image {first}/{test.Count}"));
            int count = Math.Min(ChunkSize, test.Count - first);
            int[] labels = test.Labels[first..(first + count)];
            AttackResult result = attack.Run(classifier, new(test.Images(first, count), labels),
                new() { Seed = seed, FirstIndex = first, ChunkSize = ChunkSize, Cancellation = cancellation });
            cancellation.ThrowIfCancellationRequested();
            robust += result.Examples.Count(example => !example.Success);
        }
        return robust;
    }

    private static double SlopeChange(CureObjective cure, Network network, ImageDataSet test)
    {
        CureObjective norm = cure with { Squared = false };
        double sum = 0;
        for (int first = 0; first < test.Count; first += ChunkSize)
        {
            int count = Math.Min(ChunkSize, test.Count - first);
            sum += Arena.Step(
                () => norm.Change(network, test.Images(first, count, network.Device), test.Labels[first..(first + count)], cure.MaximumStep)
                    .ToArray<float>().Sum(v => (double)v), _ => []);
        }
        return sum / test.Count;
    }

    private static double LargestCurvature(Network network, ImageDataSet test, CancellationToken cancellation)
    {
        int count = Math.Min(CurvatureImages, test.Count);
        return new LossCurvature()
            .Of(new Classifier(network), test.Images(0, count), test.Labels[..count], new() { Cancellation = cancellation })
            .Average(r => r.Largest);
    }

    private sealed class Shown(Action<TrainProgress> show) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => show(value);
    }
}
