namespace MiniGrad.Lab.Reproductions;

/// <summary>How much of the study is run; grids and steps are those of the study in each.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Images">Images of every attack but those below.</param>
/// <param name="FirstOrder">Images of gradient ascent, 200 steps each.</param>
/// <param name="Combined">Images of rotation and shift together with a change of pixels.</param>
/// <param name="Rough">Images whose landscapes are measured.</param>
/// <param name="Resolution">Values on each axis of a landscape.</param>
/// <param name="Drawn">Images whose landscapes are shown.</param>
/// <param name="Basins">Images on which it is counted how often ascent finds the worst.</param>
/// <param name="Starts">Random starts of that.</param>
internal sealed record SpatialPreset(
    string Name, int Images, int FirstOrder, int Combined, int Rough, int Resolution, int Drawn, int Basins, int Starts)
{
    /// <summary>Steps of gradient ascent.</summary>
    public int Steps { get; init; } = 200;

    private static readonly SpatialPreset[] Grey =
    [
        new("small", 200, 100, 50, 20, 31, 3, 4, 20),
        new("lite", 1000, 1000, 500, 50, 61, 6, 20, 100),
        new("full", 10_000, 10_000, 2000, 200, 61, 6, 50, 100),
    ];

    // A ResNet of 8 layers costs some ten LeNets.
    private static readonly SpatialPreset[] Colour =
    [
        new("small", 80, 30, 15, 10, 21, 2, 2, 10),
        new("lite", 1000, 200, 100, 20, 61, 4, 4, 50),
        new("full", 10_000, 1000, 500, 50, 61, 6, 20, 100),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Grey.Select(preset => preset.Name)];

    /// <summary>The preset of a name for images of so many channels.</summary>
    public static SpatialPreset Find(string name, int channels) => (channels == 1 ? Grey : Colour).First(preset => preset.Name == name);

    /// <summary>The same on a set of fewer images.</summary>
    public SpatialPreset Within(int count) => this with
    {
        Images = Math.Min(Images, count),
        FirstOrder = Math.Min(FirstOrder, count),
        Combined = Math.Min(Combined, count),
        Rough = Math.Min(Rough, count),
        Drawn = Math.Min(Drawn, count),
        Basins = Math.Min(Basins, count),
    };
}
