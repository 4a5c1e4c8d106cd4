namespace MiniGrad.Lab.Reproductions;

/// <summary>How much of the study is run.</summary>
/// <param name="Name">As typed.</param>
/// <param name="SourcesPerClass">Source images of each class, as far as there are so many.</param>
/// <param name="Rounds">Targets of each source; all pairs of them span a triangle.</param>
/// <param name="Iterations">Iterations of a walk.</param>
/// <param name="StepSize">The null step; few iterations take a larger one, so that as little of the way is left.</param>
/// <param name="HullPoints">Random points of each hull.</param>
/// <param name="SweepSources">Sources whose walks are repeated with other settings.</param>
/// <param name="Surfaces">Walks whose widths are drawn for a network, at most 3.</param>
/// <param name="Directions">Random points on each sphere around them.</param>
internal sealed record LevelSetPreset(
    string Name, int SourcesPerClass, int Rounds, int Iterations, double StepSize, int HullPoints, int SweepSources, int Surfaces,
    int Directions)
{
    // Walks of 100 steps of 0.04 leave as much of the way, 1.7 %, as the study's 400 of 0.01.
    private static readonly LevelSetPreset[] Grey =
    [
        new("small", 2, 5, 100, 0.04, 200, 10, 1, 64),
        new("lite", 15, 5, 400, 0.01, 1000, 20, 1, 256),
        new("full", 100, 5, 400, 0.01, 1000, 100, 3, 256),
    ];

    // Seventeen networks, of which some cost a hundred LeNets.
    private static readonly LevelSetPreset[] Colour =
    [
        new("small", 1, 3, 100, 0.04, 100, 3, 1, 32) { HasDeep = false },
        new("lite", 2, 5, 400, 0.01, 300, 5, 1, 64) { HasDeep = false },
        new("full", 100, 5, 400, 0.01, 1000, 20, 3, 256),
    ];

    private static readonly LevelSetPreset[] Photos =
    [
        new("small", 1, 3, 100, 0.04, 50, 1, 1, 16) { Most = 6 },
        new("lite", 1, 5, 400, 0.01, 200, 2, 1, 64) { Most = 10 },
        new("full", 1, 5, 400, 0.01, 1000, 10, 3, 256),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Grey.Select(preset => preset.Name)];

    /// <summary>The most sources of all classes together; none for no bound.</summary>
    public int? Most { get; init; }

    /// <summary>Whether networks that differ from others in their depth alone are walked too.</summary>
    public bool HasDeep { get; init; } = true;

    /// <summary>The preset of a name for a data set.</summary>
    public static LevelSetPreset Find(string name, string dataSet) =>
        (dataSet switch { "imagenet" => Photos, "cifar-10" => Colour, _ => Grey }).First(preset => preset.Name == name);
}
