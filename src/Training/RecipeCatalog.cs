using MiniGrad.Probes.Attacks;
using MiniGrad.Training.Objectives;

namespace MiniGrad.Training;

/// <summary>The recipes behind the shipped weights, by the names of those, and their refinements.</summary>
public static class RecipeCatalog
{
    private static readonly Threat MnistBall = Threat.Linf(0.3);

    private static readonly UnionThreat MnistUnion = new(MnistBall, Threat.L2(2), Threat.L1(10));

    private static readonly PgdConf MnistConfident = new(MnistBall, Steps: 10, StepSize: 0.05, Shrink: 1.5, StartAt: ConfidenceStart.Any);

    private static readonly Threat CifarBall = Threat.Linf(8.0 / 255);

    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("lenet5-digits", "lenet5", "digits", Epochs: 5, BatchSize: 64, LearningRate: 2e-3, Optimizer: "adamw", WeightDecay: 0.01),
        new("lenet5-mnist", "lenet5", "mnist", Epochs: 15, BatchSize: 64, LearningRate: 2e-3, Optimizer: "adamw", WeightDecay: 0.02),
        new("lenet5-tanh-mnist", "lenet5-tanh", "mnist", Epochs: 15, BatchSize: 64,
            LearningRate: 2e-3, Optimizer: "adamw", WeightDecay: 0.02),
        new("lenet5-fashion", "lenet5", "fashion", Epochs: 20, BatchSize: 64, LearningRate: 2e-3, Optimizer: "adamw", WeightDecay: 0.02),
        new("lenet5-tanh-fashion", "lenet5-tanh", "fashion", Epochs: 20,
            BatchSize: 64, LearningRate: 2e-3, Optimizer: "adamw", WeightDecay: 0.02),
        new("mlp-mnist", "mlp", "mnist", Epochs: 12, BatchSize: 128, LearningRate: 1e-3, Optimizer: "adamw", WeightDecay: 0.02),
        new("resnet20-cifar", "resnet20-cifar", "cifar-10:1-4", Epochs: 20,
            BatchSize: 128, LearningRate: 0.2, Optimizer: "nesterov", Schedule: "ramp",
            WeightDecay: 5e-4, Augmentation: "crop-flip", Mean: [0.485, 0.456, 0.406], Std: [0.229, 0.224, 0.225]),
        Cure("lenet5-mnist", "lenet5", "mnist", step: 0.9),
        Cure("lenet5-fashion", "lenet5", "fashion", step: 0.9),
        Cure("resnet20-cifar", "resnet20-cifar", "cifar-10:1-4", step: 0.6) with
        {
            Augmentation = "crop-flip",
            Mean = [0.485, 0.456, 0.406],
            Std = [0.229, 0.224, 0.225],
        },
        Lite("", epochs: 5, null),
        Lite("-at", epochs: 6, new AdversarialObjective(new Pgd(MnistBall, Steps: 10, StepSize: 0.05)) { RampEpochs = 2 }),
        Lite("-at50", epochs: 6, new AdversarialObjective(
            new PgdConf(MnistBall, Steps: 10, StepSize: 0.05, Shrink: 1.5, StartAt: ConfidenceStart.Random) { Loss = Loss.CrossEntropy },
            share: 0.5)),
        Lite("-trades", epochs: 3, new TradesObjective(new DivergencePgd(MnistBall, Steps: 10, StepSize: 0.05), Beta: 1)),
        Lite("-msd", epochs: 3, new AdversarialObjective(new Msd(MnistUnion, Steps: 20, LinfStep: 0.03, L2Step: 0.3, L1Step: 2.4))
        {
            RampEpochs = 1,
        }),
        Lite("-max", epochs: 3, new AdversarialObjective(EachOfMnist, Many: ManyAttacks.Worst, RampEpochs: 1)),
        Lite("-avg", epochs: 3, new AdversarialObjective(EachOfMnist, Many: ManyAttacks.All, RampEpochs: 1)),
        Lite("-pat", epochs: 3, new AdversarialObjective([new FastLpa(new FeatureBall(0.5), Steps: 10)], OnlyRight: true)),
        Lite("-ccat", epochs: 8, new CcatObjective(MnistConfident)),
        Lite("-lpips-ccat", epochs: 3, new LpipsCcatObjective(MnistConfident, LeastRadius: 0.15, MostRadius: 0.45)),
        Lite("-temperature", epochs: 3, new CcatObjective(MnistConfident) { TemperaturePenalty = 0.001 }) with
        {
            Model = "lenet-madry-lite-temperature",
        },
        Cifar("", null),
        Cifar("-at", new AdversarialObjective(new Pgd(CifarBall, Steps: 5, StepSize: 2.0 / 255))),
        Cifar("-msd", new AdversarialObjective(new Msd(new UnionThreat(Threat.Linf(0.03), Threat.L2(0.3), Threat.L1(12)), Steps: 8,
            LinfStep: 0.009, L2Step: 0.15, L1Step: 3))),
        Cifar("-ccat", new CcatObjective(
            new PgdConf(Threat.Linf(0.03), Steps: 7, StepSize: 0.01, Shrink: 1.5, StartAt: ConfidenceStart.Any))),
        Cifar("-lpips-ccat", new LpipsCcatObjective(
            new PgdConf(Threat.Linf(0.03), Steps: 7, StepSize: 0.01, Shrink: 1.5, StartAt: ConfidenceStart.Any))),
        .. Turned("mnist", 0.3), .. Turned("fashion", 0.1),
        Cifar("-flip", null) with { Augmentation = "flip" },
        Cifar("-aug30", Drawn(Turn30)) with { Augmentation = "flip" },
        Cifar("-w10", Worst(Turn30)) with { Augmentation = "flip" },
        Cifar("-w10-canvas", Worst(Turn30)) with { Augmentation = "flip", DataSet = "cifar-10+canvas" },
        Cifar("-blur", null) with { BlurPool = 4 },
        Vit("vit-mnist", "vit-7-64-4", "mnist", epochs: 15, null) with { Augmentation = "shift" },
        Vit("vit-mnist-at", "vit-7-64-4", "mnist", epochs: 12, new AdversarialObjective(new Pgd(MnistBall, Steps: 5, StepSize: 0.1))
        {
            RampEpochs = 4,
        }),
        VitOfCifar("vit-cifar", epochs: 20, null),
        VitOfCifar("vit-cifar-at", epochs: 12, new AdversarialObjective(new Pgd(CifarBall, Steps: 3, StepSize: 4.0 / 255))),
    ];

    private static Warp Turn30 => new(30, 3);

    private static Warp Turn40 => new(40, 4);

    private static BallAttack[] EachOfMnist =>
    [
        new Pgd(MnistBall, Steps: 10, StepSize: 0.05), new Pgd(Threat.L2(2), Steps: 10, StepSize: 0.5),
        new Pgd(Threat.L1(10), Steps: 10, StepSize: 2.5),
    ];

    /// <summary>
    /// Adam on a LeNet of half of Madry's filters and a quarter of its units, and attacks
    /// of few steps: what two cores can do.
    /// </summary>
    private static Recipe Lite(string method, int epochs, Objective? objective) =>
        new($"lenet-lite-mnist{method}", "lenet-madry-lite", "mnist", epochs, BatchSize: 100, LearningRate: 1e-3, Objective: objective);

    /// <summary>
    /// Networks for the study of rotations and shifts: plain ones with and without shifts, trained on random and on the worst of ten
    /// random warps, adversarially in the pixels, and without aliasing.
    /// </summary>
    private static IEnumerable<Recipe> Turned(string data, double radius)
    {
        Recipe Of(string method, Objective? objective) => new($"lenet5-{data}{method}", "lenet5", data, Epochs: 10, BatchSize: 128,
            LearningRate: 1e-3, Objective: objective);
        return
        [
            Of("-nocrop", null),
            Of("-shift", null) with { Augmentation = "shift" },
            Of("-blur", null) with { Augmentation = "shift", BlurPool = 4 },
            Of("-aug30", Drawn(Turn30)), Of("-aug40", Drawn(Turn40)), Of("-w10", Worst(Turn30)), Of("-w10-40", Worst(Turn40)),
            Of("-reflect", Worst(Turn30 with { Border = Border.Reflect })),
            Of("-linf", new AdversarialObjective(new Pgd(Threat.Linf(radius), Steps: 10, StepSize: radius / 6)) { RampEpochs = 4 }),
        ];
    }

    /// <summary>One random warp of each image in each step.</summary>
    private static AdversarialObjective Drawn(Warp warp) => new(new SpatialRandom(warp));

    /// <summary>The worst of ten. Engstrom et al., arXiv:1712.02779.</summary>
    private static AdversarialObjective Worst(Warp warp) => new(new SpatialWorstOf(warp));

    /// <summary>A ResNet of 8 layers, for the same reason.</summary>
    private static Recipe Cifar(string method, Objective? objective) =>
        new($"resnet8-cifar{method}", "resnet8-cifar", "cifar-10", Epochs: 15, BatchSize: 128, LearningRate: 0.1, Optimizer: "nesterov",
            Schedule: "ramp", WeightDecay: 5e-4, Augmentation: "crop-flip", Mean: [0.4914, 0.4822, 0.4465], Std: [0.2471, 0.2435, 0.2616],
            Objective: objective);

    /// <summary>Vision transformers of 0.2 million numbers: AdamW with a warm-up, without which transformers start badly.</summary>
    private static Recipe Vit(string name, string model, string data, int epochs, Objective? objective) =>
        new(name, model, data, epochs, BatchSize: 128, LearningRate: 2e-3, Optimizer: "adamw", Schedule: "ramp", WeightDecay: 0.05,
            DecayVectors: false, Objective: objective);

    private static Recipe VitOfCifar(string name, int epochs, Objective? objective) =>
        Vit(name, "vit-4-64-4", "cifar-10", epochs, objective) with
        {
            Augmentation = "crop-flip",
            Mean = [0.4914, 0.4822, 0.4465],
            Std = [0.2471, 0.2435, 0.2616],
        };

    /// <summary>Ten epochs of Adam from trained weights, as the public code of CURE does.</summary>
    private static Recipe Cure(string start, string model, string data, double step) =>
        new($"{start}-cure", model, data, Epochs: 10, BatchSize: 128, LearningRate: 1e-4,
            Schedule: "constant", Objective: new CureObjective(MaximumStep: step), Start: start);

    /// <summary>The recipe of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static Recipe Find(string name)
    {
        if (All.FirstOrDefault(recipe => recipe.Name == name) is { } found) return found;
        throw new ArgumentException(Suggestion.Unknown("recipe", name, [.. All.Select(recipe => recipe.Name)]));
    }
}
