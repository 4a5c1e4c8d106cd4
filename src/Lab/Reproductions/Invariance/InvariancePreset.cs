namespace MiniGrad.Lab.Reproductions;

/// <summary>How much of the study is run; what the authors ran is in their own numbers beside ours.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Sources">Source images of each class.</param>
/// <param name="Fine">Source images of each class that are walked in steps of one length too.</param>
/// <param name="Attacked">Images that errors under attack are measured on.</param>
/// <param name="Clean">Clean images: nine tenths to test on, one tenth to choose thresholds by.</param>
/// <param name="CrossEntropySteps">Steps of PGD on the cross-entropy.</param>
/// <param name="ConfidenceSteps">Steps of PGD on the confidence.</param>
/// <param name="NormSteps">Steps of the attacks in single norms.</param>
/// <param name="Restarts">Starts of each attack on the confidence: one at the image, the others at random.</param>
/// <param name="LogitSources">Source images of each class for the search in logit space.</param>
/// <param name="Paths">Walks whose widths are measured.</param>
/// <param name="Directions">Random points on each sphere around them.</param>
/// <param name="Budgeted">Images of the curves over growing budgets.</param>
internal sealed record InvariancePreset(
    string Name, int Sources, int Fine, int Attacked, int Clean, int CrossEntropySteps, int ConfidenceSteps, int NormSteps, int Restarts,
    int LogitSources, int Paths, int Directions, int Budgeted)
{
    private static readonly InvariancePreset[] All =
    [
        new("small", 4, 0, 200, 2000, 40, 100, 40, 1, 1, 4, 64, 50),
        new("lite", 30, 1, 500, 10_000, 200, 300, 100, 2, 3, 20, 256, 200),
        new("full", 1000, 5, 1000, 10_000, 200, 1000, 100, 11, 10, 50, 256, 1000),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(preset => preset.Name)];

    public static InvariancePreset Find(string name) => All.First(preset => preset.Name == name);
}
