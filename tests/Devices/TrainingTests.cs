using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Tests.Formats;
using MiniGrad.Tests.Training;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Devices;

/// <summary>Training follows the device of the weights: images, statistics, the optimiser's memory and checkpoints.</summary>
public sealed class TrainingTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("adam", 0.0, false)]
    [InlineData("nesterov", 0.1, false)]
    [InlineData("sgd", 0.0, true)]
    public void WeightsBecomeThoseOfTheProcessor(string optimizer, double smoothing, bool cure)
    {
        Recipe recipe =
            Small(optimizer) with { Objective = cure ? new CureObjective(RampEpochs: 0) : new CrossEntropyObjective(smoothing) };
        float[] expected = Train(recipe, Device.Cpu, null);
        float[] found = Train(recipe, Device.Reference, null);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-4f);
    }

    [Fact]
    public void AStoppedRunGoesOnToTheSameBits()
    {
        float[] whole = Train(Small("adam"), Device.Reference, null);
        string checkpoint = folder["c.safetensors"];
        Assert.Empty(Train(Small("adam"), Device.Reference, checkpoint, steps: 2));
        Assert.Equal(whole, Train(Small("adam"), Device.Reference, checkpoint));
    }

    [Fact]
    public void ABatchThatDoesNotFitIsAnErrorThatNamesASmallerOne()
    {
        DeviceMemoryException error = Assert.Throws<DeviceMemoryException>(() => Train(Small("sgd"), new LimitedDevice(8000), null));
        Assert.Equal("limited: out of memory with a batch of 16 images; a smaller one makes other steps. Use --batch 8.", error.Message);
    }

    [Fact]
    public void WeightsOfAnyDeviceAreWritten()
    {
        TinyNetwork network = Fresh(Device.Reference);
        Assert.All(network.Parameters, p => Assert.Equal(Device.Reference, p.Value.Device));
        Safetensors.Write(folder["w.safetensors"], [.. network.Parameters.Select(p => (p.Name, p.Value))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["w.safetensors"]);
        foreach (Parameter p in Fresh(Device.Cpu).Parameters) Assert.Equal(p.Value.ToArray<float>(), file.Read(p.Name).ToArray<float>());
    }

    private static TinyNetwork Fresh(Device device) => new TinyNetwork(Params.Fresh(3, device: device), Activation.Tanh, normalizes: true);

    private static Recipe Small(string optimizer) =>
        new("small", "tiny", "tiny", Epochs: 1, BatchSize: 16, LearningRate: 0.01, Optimizer: optimizer, WeightDecay: 0.01)
        {
            Augmentation = "crop-flip",
            Mean = [0.5, 0.5, 0.5],
            Std = [0.25, 0.25, 0.25],
        };

    /// <summary>The weights at the end; none of a run that was stopped after some steps.</summary>
    private static float[] Train(Recipe recipe, Device device, string? checkpoint, int steps = int.MaxValue)
    {
        byte[] pixels = Array.ConvertAll(new Rng(1).Uniform(40 * 192), u => (byte)(255 * u));
        ImageDataSet data = new("tiny", 3, 8, 8, pixels, [.. Enumerable.Range(0, 40).Select(i => i % 5)], ["a", "b", "c", "d", "e"]);
        TinyNetwork network = Fresh(device);
        using CancellationTokenSource stop = new();
        int taken = 0;
        Trainer trainer = new(recipe, network, data, new()
        {
            CheckpointPath = checkpoint,
            Resume = File.Exists(checkpoint),
            Progress = new Counter(() =>
            {
                if (++taken == steps) stop.Cancel();
            }),
        });
        return trainer.Run(stop.Token) ? [.. network.Parameters.SelectMany(p => p.Value.ToArray<float>())] : [];
    }

    private sealed class Counter(Action step) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => step();
    }
}
