using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Reproductions;

/// <summary>How much of the study is run.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Spectra">Images whose whole spectra are taken for figures 3 and 4.</param>
/// <param name="Subject">The class these images are to the network.</param>
/// <param name="PerClass">Natural images of a detection experiment, and as many perturbed ones.</param>
/// <param name="Seeds">Repetitions with other images.</param>
/// <param name="FurtherSeeds">Repetitions of the attacks other than PGD.</param>
/// <param name="Boundary">Natural images whose nearest boundary points are measured too.</param>
/// <param name="Smooth">How the scores of smooth networks are found.</param>
/// <param name="Crafting">Images a universal perturbation is made from.</param>
/// <param name="Agreement">Images on which exact derivatives are compared with differences.</param>
/// <param name="Cure">What fine-tuning by CURE may cost, network by network.</param>
internal sealed record CurvaturePreset(
    string Name, int Spectra, int Subject, int PerClass, int Seeds, int FurtherSeeds, int Boundary,
    AverageMethod Smooth, int Crafting, int Agreement, IReadOnlyList<CureBudget> Cure)
{
    public static CurvaturePreset Small { get; } = new("small", 4, 0, 40, 1, 1, 10, new Hutchinson(), 100, 2,
        [new("lenet5-mnist-cure", Epochs: 1, TrainImages: 4000, TestImages: 200)]);

    public static CurvaturePreset Full { get; } = new("full", 40, 0, 500, 5, 1, 200, new Hutchinson(), 500, 20,
    [
        new("lenet5-mnist-cure", Epochs: 4, TrainImages: 20_000, TestImages: 1000),
        new("lenet5-fashion-cure", Epochs: 4, TrainImages: 20_000, TestImages: 1000),
        new("resnet20-cifar-cure", Epochs: 1, TrainImages: 5000, TestImages: 200),
    ]);

    public static CurvaturePreset Find(string name) => name == Small.Name ? Small : Full;
}

/// <summary>A fine-tuning by a recipe of the catalogue, cut to a budget.</summary>
internal sealed record CureBudget(string Recipe, int Epochs, int TrainImages, int TestImages);
