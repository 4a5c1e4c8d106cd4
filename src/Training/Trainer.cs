using System.Diagnostics;
using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Training.Objectives;
using MiniGrad.Training.Optimizers;

namespace MiniGrad.Training;

/// <summary>
/// Trains a network, behind the recipe's normalisation, by a recipe. A stopped or killed run goes on from its checkpoint
/// to the same bits.
/// </summary>
public sealed class Trainer
{
    private readonly Recipe recipe;
    private readonly Network network;
    private readonly ImageDataSet data;
    private readonly TrainOptions options;
    private readonly Objective objective;
    private readonly Optimizer optimizer;
    private readonly Schedule schedule;
    private readonly Augmentation augmentation;
    private readonly Parameter[] trainable;
    private TrainState state = new(0, 0, 0, 0, 0);

    /// <summary>A training that begins here, or where a checkpoint stands.</summary>
    /// <exception cref="ArgumentException">The recipe makes no sense, the data set is empty, or
    /// the network has nothing to train.</exception>
    /// <exception cref="WeightsException">The checkpoint is of another recipe, data set or network.</exception>
    public Trainer(Recipe recipe, Network network, ImageDataSet data, TrainOptions? options = null)
    {
        recipe.Check();
        if (data.Count == 0) Throw.Argument($"train: the data set {data.Name} is empty.");
        this.recipe = recipe;
        this.network = recipe.Normalize(network);
        this.data = data;
        this.options = options ?? new TrainOptions();
        objective = recipe.MakeObjective();
        optimizer = recipe.MakeOptimizer();
        schedule = recipe.MakeSchedule();
        augmentation = recipe.MakeAugmentation();
        trainable = [.. network.Parameters.Where(p => p.Trainable)];
        if (trainable.Length == 0) Throw.Argument($"train: the network {recipe.Model} has no trainable weights.");
        if (this.options is { Resume: true, CheckpointPath: { } path })
        {
            state = Checkpoint.Read(path, recipe, data.Sha256, network, optimizer);
        }
    }

    private int StepsPerEpoch => (data.Count + recipe.BatchSize - 1) / recipe.BatchSize;

    /// <summary>Trains to the end, or until cancelled (then the state is saved first). Returns whether it reached the end.</summary>
    public bool Run(CancellationToken cancellation = default)
    {
        Stopwatch sinceSave = Stopwatch.StartNew();
        Stopwatch clock = Stopwatch.StartNew();
        (long images, long attackSteps) = (0, 0);
        while (state.Epoch < recipe.Epochs)
        {
            int[] order = EpochOrder.Of(recipe.Seed, state.Epoch, data.Count);
            while (state.Step < StepsPerEpoch)
            {
                if (cancellation.IsCancellationRequested)
                {
                    Save();
                    return false;
                }
                int from = state.Step * recipe.BatchSize;
                int count = Math.Min(recipe.BatchSize, data.Count - from);
                attackSteps += Advance(order.AsSpan(from, count));
                images += count;
                double seconds = clock.Elapsed.TotalSeconds;
                Report(images / seconds, attackSteps / seconds);
                if (sinceSave.Elapsed.TotalSeconds < options.CheckpointSeconds || state.Step == StepsPerEpoch) continue;
                Save();
                sinceSave.Restart();
            }
            state = new(state.Epoch + 1, 0, 0, 0, 0);
            Save();
            sinceSave.Restart();
        }
        return true;
    }

    /// <summary>Makes one step; returns how many the attacks made in it.</summary>
    private int Advance(ReadOnlySpan<int> indices)
    {
        int[] batch = indices.ToArray();
        int[] labels = Array.ConvertAll(batch, i => data.Labels[i]);
        double epoch = state.Epoch + (double)state.Step / StepsPerEpoch;
        (double loss, int correct, int attackSteps) = Fitting(
            () => Arena.Step(() => Step(batch, labels, epoch), _ => Survivors()), batch.Length);
        if (!double.IsFinite(loss))
        {
            throw new NumericalException($"train: the loss became {loss} in epoch {state.Epoch + 1}, step {state.Step + 1}. "
                + $"Lower the learning rate ({recipe.LearningRate}).");
        }
        state = state with
        {
            Step = state.Step + 1,
            LossSum = state.LossSum + loss * batch.Length,
            Correct = state.Correct + correct,
            Seen = state.Seen + batch.Length,
        };
        return attackSteps;
    }

    /// <summary>A batch cannot be cut where memory ends, as in inference: the step would be another one.</summary>
    private T Fitting<T>(Func<T> step, int images)
    {
        try
        {
            return step();
        }
        catch (DeviceMemoryException) when (images > 1)
        {
            throw new DeviceMemoryException($"{network.Device}: out of memory with a batch of {images} images; "
                + $"a smaller one makes other steps. Use --batch {images / 2}.");
        }
    }

    private (double Loss, int Correct, int AttackSteps) Step(int[] batch, int[] labels, double epoch)
    {
        Pass pass = new() { IsTraining = true, Rng = new Rng(recipe.Seed).At("step").At(state.Epoch).At(state.Step) };
        Tensor images = augmentation.Images(data, batch, new Rng(recipe.Seed).At("augment").At(state.Epoch), network.Device);
        TrainBatch prepared = objective.Prepare(network, new(images, labels, pass, epoch));
        foreach (Parameter parameter in trainable) parameter.Value = parameter.Value.Tracked();
        (Tensor loss, Tensor logits) = objective.Of(network, prepared);
        Tensor[] gradients = Gradient.Of(loss, Array.ConvertAll(trainable, p => p.Value));
        optimizer.Step(trainable, gradients, schedule.At(epoch));
        foreach ((Parameter statistic, Tensor value) in pass.Updates) statistic.Value = value.Detach();
        // An objective may see each image in several versions; the accuracy is of images all the same.
        long correct = Evaluator.Correct(logits.ArgMax(1).ToArray<int>(), prepared.Labels);
        return (loss.Item(), (int)(correct * batch.Length / prepared.Count), prepared.AttackSteps);
    }

    private IEnumerable<Tensor> Survivors() => network.Parameters.Select(p => p.Value).Concat(optimizer.Memory.Values);

    private void Save()
    {
        if (options.CheckpointPath is { } path) Checkpoint.Write(path, recipe, data.Sha256, network, optimizer, state);
    }

    private void Report(double imagesPerSecond, double attackStepsPerSecond)
    {
        if (options.Progress is null) return;
        double left = (double)(recipe.Epochs - state.Epoch) * data.Count - state.Seen;
        options.Progress.Report(new(state.Epoch + 1, recipe.Epochs, state.Step, StepsPerEpoch, state.LossSum / state.Seen,
            (double)state.Correct / state.Seen, imagesPerSecond, TimeSpan.FromSeconds(left / imagesPerSecond))
        {
            AttackStepsPerSecond = attackStepsPerSecond,
        });
    }
}

/// <summary>What one step of a training is about.</summary>
/// <param name="Images">[N, C, H, W], pixels in [0, 1].</param>
/// <param name="Labels">The class of each image.</param>
/// <param name="Pass">The pass of the step: its random numbers, and where layers leave the
/// running statistics that the step changes.</param>
/// <param name="Epoch">How far the training is, in epochs, fractions included.</param>
public sealed record TrainBatch(Tensor Images, int[] Labels, Pass Pass, double Epoch)
{
    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>Another version of every image, where an objective compares two.</summary>
    public Tensor? Attacked { get; init; }

    /// <summary>The target of each image [N, classes], where it is not the label alone.</summary>
    public Tensor? Targets { get; init; }

    /// <summary>The steps that attacks made for the batch, summed over its images.</summary>
    public int AttackSteps { get; init; }
}

/// <summary>Where a training stands; loss and accuracy are means over the epoch so far.</summary>
public sealed record TrainProgress(
    int Epoch, int Epochs, int Step, int StepsPerEpoch, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Remaining)
{
    /// <summary>Steps of attacks in a second, each image's counted; 0 where nothing is attacked.</summary>
    public double AttackStepsPerSecond { get; init; }
}

/// <summary>How a training is to be run, as far as it does not touch the outcome.</summary>
public sealed record TrainOptions
{
    /// <summary>Where the state is saved; none for no checkpoints.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Whether to go on from the checkpoint, which must be of the same recipe and data.</summary>
    public bool Resume { get; init; }

    /// <summary>Seconds between checkpoints; one is also written at the end of every epoch and when stopped.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    /// <summary>Told after every step.</summary>
    public IProgress<TrainProgress>? Progress { get; init; }
}
