using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>Trainings on attacked images reach the same bits whatever stops them and however many threads compute them.</summary>
[Collection(SerialCollection.Name)]
public sealed class AttackedTrainingTests : IDisposable
{
    private static readonly Threat Ball = Threat.Linf(0.1);

    private static readonly PgdConf Confident = new(Ball, Steps: 3, StepSize: 0.1, Shrink: 1.5, StartAt: ConfidenceStart.Any);

    private static readonly Dictionary<string, Objective> Objectives = new(StringComparer.Ordinal)
    {
        ["adversarial"] = new AdversarialObjective(new Pgd(Ball, Steps: 2, StepSize: 0.04)),
        ["adversarial on half"] = new AdversarialObjective(Confident with { Loss = Loss.CrossEntropy }, share: 0.5),
        ["adversarial on what is right"] = new AdversarialObjective([new Pgd(Ball, Steps: 2)], OnlyRight: true),
        ["trades"] = new TradesObjective(new DivergencePgd(Ball, Steps: 2)),
        ["trades in L2"] = new TradesObjective(new DivergencePgd(Threat.L2(0.5), Steps: 2)),
        ["msd"] = new AdversarialObjective(
            new Msd(new UnionThreat(Ball, Threat.L2(0.5), Threat.L1(3)), Steps: 2, LinfStep: 0.05, L2Step: 0.3, L1Step: 2)),
        ["worst"] = new AdversarialObjective([new Pgd(Ball, Steps: 2), new Pgd(Threat.L2(0.5), Steps: 2)], Many: ManyAttacks.Worst),
        ["all"] = new AdversarialObjective([new Pgd(Ball, Steps: 2), new Pgd(Threat.L2(0.5), Steps: 2)], Many: ManyAttacks.All),
        ["ccat"] = new CcatObjective(Confident),
        ["lpips-ccat"] = new LpipsCcatObjective(Confident, LeastRadius: 0.05, MostRadius: 0.15) { Distance = MeanSquare },
        ["perceptual"] = new AdversarialObjective([new FastLpa(new FeatureBall(0.3, "conv"), Steps: 2)], OnlyRight: true),
        ["temperature"] = new CcatObjective(Confident) { TemperaturePenalty = 0.001 },
    };

    private readonly string folder = Directory.CreateTempSubdirectory("minigrad-").FullName;

    // The last batch is odd: 57 = 3 · 16 + 9.
    private readonly ImageDataSet data = AugmentationTests.Random(57, 3, 8, 8);

    public static TheoryData<string> Methods => [.. Objectives.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Methods))]
    public void AStoppedRunGoesOnToTheSameBitsWithAnyThreads(string method)
    {
        Recipe recipe = Recipe(method);
        float[] whole = Train(method, recipe, new TrainOptions(), () => { })!;
        Assert.NotEqual(whole, Train(method, recipe with { Objective = null }, new TrainOptions(), () => { }));
        int before = Computing.Default.Threads;
        try
        {
            Computing.Default = Computing.Default with { Threads = before == 1 ? 2 : 1 };
            TrainOptions options = new() { CheckpointPath = Path.Combine(folder, "c.safetensors") };
            using CancellationTokenSource stop = new();
            int taken = 0;
            Assert.Null(Train(method, recipe, options, () =>
            {
                if (++taken == 3) stop.Cancel();
            }, stop.Token));
            Assert.Equal(whole, Train(method, recipe, options with { Resume = true }, () => { }));
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = before };
        }
    }

    /// <summary>What is killed has saved nothing of the step that it was in.</summary>
    [Theory, MemberData(nameof(Methods))]
    public void AKilledRunGoesOnToTheSameBits(string method)
    {
        Recipe recipe = Recipe(method);
        TrainOptions options = new() { CheckpointPath = Path.Combine(folder, "c.safetensors"), CheckpointSeconds = 0 };
        int taken = 0;
        Assert.Throws<KilledException>(() => Train(method, recipe, options, () =>
        {
            if (++taken == 6) throw new KilledException();
        }));
        float[] whole = Train(method, recipe, new TrainOptions(), () => { })!;
        Assert.Equal(whole, Train(method, recipe, options with { Resume = true }, () => { }));
    }

    /// <summary>The attack meets a network that infers: no running statistic moves, and no weight is tracked.</summary>
    [Theory, MemberData(nameof(Methods))]
    public void AnAttackLeavesTheNetworkAsItIs(string method)
    {
        Network network = Make(method);
        float[] before = Weights(network);
        Pass pass = new() { IsTraining = true, Rng = new Rng(4) };
        Tensor images = Tensor.From(new Rng(5).Uniform(7 * 192), [7, 3, 8, 8]);
        int[] labels = network.Forward(images).ArgMax(1).ToArray<int>();
        TrainBatch prepared = Objectives[method].Prepare(network, new(images, labels, pass, Epoch: 0));
        Assert.Equal(before, Weights(network));
        Assert.Empty(pass.Updates);
        Assert.DoesNotContain(network.Parameters, parameter => parameter.Value.IsTracked);
        Assert.False(prepared.Images.IsTracked);
        Assert.True(prepared.AttackSteps > 0);
        Tensor attacked = prepared.Attacked ?? prepared.Images;
        Assert.InRange(attacked.Min([0, 1, 2, 3]).Item(), 0, 1);
        Assert.InRange(attacked.Max([0, 1, 2, 3]).Item(), 0, 1);
        Assert.Equal(prepared.Count, prepared.Images.Shape[0]);
    }

    private static Recipe Recipe(string method) => new("tiny", "tiny", "random", Epochs: 2, BatchSize: 16, LearningRate: 0.01,
        Augmentation: "crop-flip", Mean: [0.5, 0.4, 0.3], Std: [0.2, 0.25, 0.3], Objective: Objectives[method]);

    private static Network Make(string method) =>
        method is "temperature" or "perceptual" ? new TemperedNetwork(Params.Fresh(3)) : new TinyColourNetwork(Params.Fresh(3));

    private float[]? Train(string method, Recipe recipe, TrainOptions options, Action afterStep, CancellationToken stop = default)
    {
        Network network = Make(method);
        Trainer trainer = new(recipe, network, data, options with { Progress = new InlineProgress(afterStep) });
        return trainer.Run(stop) ? Weights(network) : null;
    }

    private static float[] Weights(Network network) => [.. network.Parameters.SelectMany(p => p.Value.ToArray<float>())];

    private static double[] MeanSquare(Tensor a, Tensor b) => (a - b).Square().Mean([1, 2, 3]).Cast(DType.F64).ToArray<double>();

    private sealed class TemperedNetwork(Params p) : Network(p)
    {
        private readonly Conv2d conv = new(p / "conv", 3, 4, 3, ConvOptions.Square(stride: 2, pad: 1));
        private readonly Linear fc = new(p / "fc", 64, 10);
        private readonly Temperature temperature = new(p / "temperature", 64);

        public override Shape InputShape => [3, 8, 8];

        public override int ClassCount => 10;

        public override bool IsPiecewiseLinear => false;

        public override IReadOnlyList<string> Taps => ["conv", Temperature.TapName];

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            Tensor activations = conv.Forward(x, pass, null, Activation.Relu);
            pass?.Tap?.Invoke("conv", activations);
            Tensor features = activations.Flatten();
            return temperature.Forward(features, fc.Forward(features, pass), pass);
        }
    }

    private sealed class KilledException : Exception;

    private sealed class InlineProgress(Action report) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value) => report();
    }
}
