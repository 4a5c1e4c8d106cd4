using System.Text.Json;
using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Tests.Kernels;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>What the values of a recipe do to a training.</summary>
[Collection(SerialCollection.Name)]
public sealed class RecipeTests : IDisposable
{
    private static readonly Recipe Tiny = new("tiny", "tiny", "random", Epochs: 2, BatchSize: 16, LearningRate: 0.05, Optimizer: "nesterov",
        WeightDecay: 0.01, Augmentation: "crop-flip", Mean: [0.5, 0.4, 0.3], Std: [0.2, 0.25, 0.3], LabelSmoothing: 0.1);

    private readonly string folder = Directory.CreateTempSubdirectory("minigrad-").FullName;
    private readonly ImageDataSet data = AugmentationTests.Random(60, 3, 8, 8);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, Recipe> BadRecipes => new()
    {
        { "label smoothing 1", Tiny with { LabelSmoothing = 1 } },
        { "both mean and standard deviation", Tiny with { Std = null } },
        { "no augmentation \"crop\"", Tiny with { Augmentation = "crop" } },
        { "no optimizer \"sgdd\"", Tiny with { Optimizer = "sgdd" } },
        { "momentum 1", Tiny with { Momentum = 1 } },
        { "belongs to the cross-entropy alone, not to cure", Tiny with { Objective = new CureObjective() } },
        { "label smoothing -0.1", Tiny with { LabelSmoothing = 0, Objective = new CrossEntropyObjective(-0.1) } },
        { "curvature weight -1", Tiny with { LabelSmoothing = 0, Objective = new CureObjective(Gamma: -1) } },
        { "curvature step NaN", Tiny with { LabelSmoothing = 0, Objective = new CureObjective(MaximumStep: double.NaN) } },
        { "grows over -2 epochs", Tiny with { LabelSmoothing = 0, Objective = new CureObjective(RampEpochs: -2) } },
    };

    [Theory]
    [MemberData(nameof(BadRecipes))]
    public void WhatMakesNoSenseIsNamed(string words, Recipe recipe)
    {
        string message = Assert.ThrowsAny<ArgumentException>(recipe.Check).Message;
        Assert.Contains(words.Replace("no ", "there is no ", StringComparison.Ordinal), message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecipesOfEqualValuesAreEqual()
    {
        Recipe copy = JsonSerializer.Deserialize<Recipe>(Tiny.ToJson())!;
        Assert.NotSame(Tiny.Mean, copy.Mean);
        Assert.Equal(Tiny, copy);
        Assert.Equal(Tiny.GetHashCode(), copy.GetHashCode());
        Assert.NotEqual(Tiny, copy with { Mean = [0.5, 0.4, 0.2] });
        Assert.All(RecipeCatalog.All, recipe => recipe.Check());
    }

    [Fact]
    public void AnAugmentedTrainingGoesOnToTheSameBitsWithAnyThreads()
    {
        float[] whole = Train(Tiny, new TrainOptions(), int.MaxValue)!;
        int before = Computing.Default.Threads;
        try
        {
            Computing.Default = Computing.Default with { Threads = before == 1 ? 2 : 1 };
            TrainOptions options = new() { CheckpointPath = Path.Combine(folder, "c.safetensors") };
            Assert.Null(Train(Tiny, options, 3));
            Assert.Equal(whole, Train(Tiny, options with { Resume = true }, int.MaxValue));
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = before };
        }
        Assert.NotEqual(whole, Train(Tiny with { Augmentation = "none" }, new TrainOptions(), int.MaxValue));
        Assert.NotEqual(whole, Train(Tiny with { LabelSmoothing = 0 }, new TrainOptions(), int.MaxValue));
    }

    /// <summary>The first step's loss, computed from log-probabilities of the normalised images by hand.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void TheLossIsThatOfTheSmoothedLabels(double smoothing)
    {
        Recipe recipe = Tiny with { LabelSmoothing = smoothing, BatchSize = 60, Epochs = 1, Augmentation = "none" };
        TinyColourNetwork network = new(Params.Fresh(3));
        float[] pixels = data.Images(0, 60).ToArray<float>();
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i / 64 % 3;
            pixels[i] = (pixels[i] - (float)recipe.Mean![channel]) / (float)recipe.Std![channel];
        }
        float[] logs = network.Forward(Tensor.From(pixels, [60, 3, 8, 8]), new Pass { IsTraining = true }).LogSoftmax(1).ToArray<float>();
        double expected = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            expected -= logs[i] * ((data.Labels[i / 10] == i % 10 ? 1 - smoothing : 0) + smoothing / 10) / 60;
        }

        double loss = double.NaN;
        new Trainer(recipe, network, data, new TrainOptions { Progress = new InlineProgress(progress => loss = progress.Loss) }).Run();
        Assert.Equal(expected, loss, 1e-5);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("nesterov")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void DecayCanSpareVectors(string name)
    {
        Recipe recipe = Tiny with { Optimizer = name, Momentum = 0, WeightDecay = 0.1 };
        foreach (bool decays in (bool[])[true, false])
        {
            Parameter bias = new("bias", Tensor.From([2f], [1]), trainable: true);
            Parameter weight = new("weight", Tensor.From([2f], [1, 1]), trainable: true);
            (recipe with { DecayVectors = decays }).MakeOptimizer().Step([bias, weight], [Ops.Zeros([1]), Ops.Zeros([1, 1])], 0.5);
            Assert.InRange(weight.Value.Item(), 1, 1.99);
            Assert.Equal(decays ? weight.Value.Item() : 2, bias.Value.Item());
        }
    }

    private float[]? Train(Recipe recipe, TrainOptions options, int steps)
    {
        using CancellationTokenSource stop = new();
        TinyColourNetwork network = new(Params.Fresh(3));
        int taken = 0;
        Trainer trainer = new(recipe, network, data, options with
        {
            Progress = new InlineProgress(_ =>
            {
                if (++taken == steps) stop.Cancel();
            }),
        });
        return trainer.Run(stop.Token) ? [.. network.Parameters.SelectMany(p => p.Value.ToArray<float>())] : null;
    }

    private sealed class InlineProgress(Action<TrainProgress> report) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => report(value);
    }
}
