using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Tests.Kernels;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>Training reaches the same bits whatever interrupts it and however many threads compute it.</summary>
[Collection(SerialCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("minigrad-").FullName;
    private readonly ImageDataSet data = SyntheticDigits.Create(1, 0, 200);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("sgd")]
    [InlineData("nesterov")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void AStoppedRunGoesOnToTheSameBits(string optimizer)
    {
        Recipe recipe = Small(optimizer);
        float[] whole = Train(recipe, new TrainOptions(), int.MaxValue);
        string checkpoint = Path.Combine(folder, "c.safetensors");
        for (int steps = 3; ; steps += 4)
        {
            float[]? weights = TryTrain(recipe,
                new TrainOptions { CheckpointPath = checkpoint, Resume = File.Exists(checkpoint) }, steps: 4);
            if (weights is null) continue;
            Assert.Equal(whole, weights);
            Assert.InRange(steps, 7, 100);
            return;
        }
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        int before = Computing.Default.Threads;
        try
        {
            Computing.Default = Computing.Default with { Threads = 1 };
            float[] one = Train(Small("adam"), new TrainOptions(), int.MaxValue);
            Computing.Default = Computing.Default with { Threads = 3 };
            Assert.Equal(one, Train(Small("adam"), new TrainOptions(), int.MaxValue));
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = before };
        }
    }

    [Fact]
    public void TheLossFalls()
    {
        List<double> losses = [];
        Network network = ModelCatalog.Create("lenet5", 1);
        Trainer trainer = new(Small("adam") with { Epochs = 15, LearningRate = 0.005 }, network,
            data, new TrainOptions { Progress = new InlineProgress(p => losses.Add(p.Loss)) });
        Assert.True(trainer.Run());
        Assert.InRange(losses[^1], 0, 0.6 * losses[0]);
    }

    [Fact]
    public void ACheckpointOfAnotherRecipeIsRefused()
    {
        string checkpoint = Path.Combine(folder, "c.safetensors");
        Train(Small("adam"), new TrainOptions { CheckpointPath = checkpoint }, int.MaxValue);
        Network network = ModelCatalog.Create("lenet5", 1);
        WeightsException error = Assert.Throws<WeightsException>(() =>
            new Trainer(Small("adam") with { LearningRate = 0.5 }, network, data,
                new TrainOptions { CheckpointPath = checkpoint, Resume = true }));
        Assert.Contains("another recipe", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parameter/fc3.bias", false)]
    [InlineData("optimizer/fc3.bias/mean", false)]
    [InlineData("optimizer/fc3.bias/mean", true)]
    public void ACheckpointThatDoesNotFitIsRefused(string name, bool reshaped)
    {
        string checkpoint = Path.Combine(folder, "c.safetensors");
        Train(Small("adam"), new TrainOptions { CheckpointPath = checkpoint }, int.MaxValue);
        using (SafetensorsFile file = SafetensorsFile.Open(checkpoint))
        {
            Tensor Changed(string key) =>
                key != name ? file.Read(key) : reshaped ? file.Read(key).Reshape(2, 5) : Ops.Zeros([10], DType.I32);
            Safetensors.Write(checkpoint, [.. file.Names.Select(key => (key, Changed(key)))], file.Metadata);
        }
        WeightsException error = Assert.Throws<WeightsException>(() =>
            new Trainer(Small("adam"), ModelCatalog.Create("lenet5", 1), data,
                new TrainOptions { CheckpointPath = checkpoint, Resume = true }));
        Assert.Contains("does not fit the network", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALossThatIsNotFiniteStopsTheRunAndNamesTheStep()
    {
        Network network = ModelCatalog.Create("lenet5", 1);
        Trainer trainer = new(Small("sgd") with { LearningRate = 1e30, Epochs = 5 }, network, data);
        NumericalException error = Assert.Throws<NumericalException>(() => trainer.Run());
        Assert.Contains("epoch", error.Message, StringComparison.Ordinal);
        Assert.Contains("1E+30", error.Message, StringComparison.Ordinal);
    }

    private static Recipe Small(string optimizer) =>
        new("small", "lenet5", "digits", Epochs: 2, BatchSize: 32, LearningRate: 0.002, Optimizer: optimizer, WeightDecay: 0.01);

    private float[] Train(Recipe recipe, TrainOptions options, int steps) =>
        TryTrain(recipe, options, steps) ?? throw new InvalidOperationException("the training did not reach its end");

    private float[]? TryTrain(Recipe recipe, TrainOptions options, int steps)
    {
        using CancellationTokenSource stop = new();
        Network network = ModelCatalog.Create(recipe.Model, recipe.Seed);
        int taken = 0;
        Trainer trainer = new(recipe, network, data, options with
        {
            Progress = new InlineProgress(_ =>
        {
            if (++taken == steps) stop.Cancel();
        })
        });
        return trainer.Run(stop.Token) ? [.. network.Parameters.SelectMany(p => p.Value.ToArray<float>())] : null;
    }

    private sealed class InlineProgress(Action<TrainProgress> report) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => report(value);
    }
}
