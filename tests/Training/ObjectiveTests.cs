using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Tests.Kernels;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>Trainings by objectives: the shipped ones, and one from outside.</summary>
[Collection(SerialCollection.Name)]
public sealed class ObjectiveTests : IDisposable
{
    private static readonly Recipe Tiny = new("tiny", "tiny", "random",
        Epochs: 2, BatchSize: 16, LearningRate: 0.01, Augmentation: "crop-flip",
        Mean: [0.5, 0.4, 0.3], Std: [0.2, 0.25, 0.3]);

    private static readonly Recipe Cured = Tiny with { Objective = new CureObjective(Gamma: 2, MaximumStep: 0.5, RampEpochs: 1) };

    private readonly string folder = Directory.CreateTempSubdirectory("minigrad-").FullName;
    private readonly ImageDataSet data = AugmentationTests.Random(60, 3, 8, 8);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ATrainingByCureGoesOnToTheSameBitsWithAnyThreads()
    {
        float[] whole = Train(Cured, new TrainOptions(), int.MaxValue)!;
        Assert.NotEqual(whole, Train(Tiny, new TrainOptions(), int.MaxValue));
        int before = Computing.Default.Threads;
        try
        {
            Computing.Default = Computing.Default with { Threads = before == 1 ? 2 : 1 };
            TrainOptions options = new() { CheckpointPath = Path.Combine(folder, "c.safetensors") };
            Assert.Null(Train(Cured, options, 3));
            Assert.Equal(whole, Train(Cured, options with { Resume = true }, int.MaxValue));
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = before };
        }
    }

    /// <summary>To the bit: no penalty is computed, not one times 0.</summary>
    [Fact]
    public void WithoutWeightOrStepCureIsPlainTraining()
    {
        float[] plain = Train(Tiny, new TrainOptions(), int.MaxValue)!;
        Assert.Equal(plain, Train(Tiny with { Objective = new CrossEntropyObjective() }, new TrainOptions(), int.MaxValue));
        Assert.Equal(plain, Train(Tiny with { Objective = new CureObjective(Gamma: 0) }, new TrainOptions(), int.MaxValue));
        Assert.Equal(plain, Train(Tiny with { Objective = new CureObjective(MaximumStep: 0) }, new TrainOptions(), int.MaxValue));
    }

    [Fact]
    public void ARecipeHoldsTheParametersOfItsObjective()
    {
        Assert.Contains("\"Objective\":{\"Gamma\":2,\"MaximumStep\":0.5,\"RampEpochs\":1,\"Squared\":true,\"Name\":\"cure\"}",
            Cured.ToJson(), StringComparison.Ordinal);
        Assert.NotEqual(Cured, Cured with { Objective = new CureObjective(Gamma: 3, MaximumStep: 0.5, RampEpochs: 1) });
        // A recipe that says nothing of all this reads as it did before there were objectives, and its checkpoints with it.
        Assert.EndsWith("\"BlurPool\":0}", Tiny.ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"Radius\":0.1", (Tiny with { Objective = new Attacked(0.1) }).ToJson(), StringComparison.Ordinal);
    }

    /// <summary>Adversarial training in a dozen lines, whose attack meets a network that is not tracked.</summary>
    [Fact]
    public void AnObjectiveFromOutsideTrains()
    {
        Attacked objective = new(0.1);
        float[] attacked = Train(Tiny with { Objective = objective }, new TrainOptions(), int.MaxValue)!;
        Assert.Equal(8, objective.Seen.Count);
        Assert.All(objective.Seen, change => Assert.Equal(0.1, change, 1e-6));
        Assert.NotEqual(attacked, Train(Tiny, new TrainOptions(), int.MaxValue));
        Assert.Equal(attacked, Train(Tiny with { Objective = new Attacked(0.1) }, new TrainOptions(), int.MaxValue));
    }

    private float[]? Train(Recipe recipe, TrainOptions options, int steps)
    {
        using CancellationTokenSource stop = new();
        TinyColourNetwork network = new(Params.Fresh(3));
        int taken = 0;
        Trainer trainer = new(recipe, network, data, options with
        {
            Progress = new InlineProgress(() =>
            {
                if (++taken == steps) stop.Cancel();
            }),
        });
        return trainer.Run(stop.Token) ? [.. network.Parameters.SelectMany(p => p.Value.ToArray<float>())] : null;
    }

    private sealed record Attacked(double Radius) : Objective
    {
        private readonly CrossEntropyObjective loss = new();

        public override string Name => "attacked";

        internal List<double> Seen { get; } = [];

        public override TrainBatch Prepare(Network network, TrainBatch batch)
        {
            Assert.DoesNotContain(network.Parameters, parameter => parameter.Value.IsTracked);
            Tensor slope = Gradient.Of(x => network.Forward(x).CrossEntropy(batch.Labels, LossReduction.Sum), batch.Images);
            Tensor images = batch.Images + slope.Sign() * Radius;
            Seen.Add((images - batch.Images).Abs().Max([0, 1, 2, 3]).Item());
            return batch with { Images = images };
        }

        public override (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch) => loss.Of(network, batch);
    }

    private sealed class InlineProgress(Action report) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => report();
    }
}
