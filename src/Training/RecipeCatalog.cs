using MiniGrad.Training.Objectives;

namespace MiniGrad.Training;

/// <summary>The recipes behind the shipped weights, by the names of those, and their refinements.</summary>
public static class RecipeCatalog
{
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
    ];

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
