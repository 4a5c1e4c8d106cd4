namespace MiniGrad.Lab.Reproductions;

/// <summary>How much of the study is run; attacks, steps and samples are the same in each, but for the queries of Square.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Distances">Images whose nearest boundary is searched.</param>
/// <param name="Lines">Images of random directions.</param>
/// <param name="Directions">Random directions of each.</param>
/// <param name="Betas">Images of random subspaces.</param>
/// <param name="Crafting">Images that universal perturbations are made from: the last ones of the set.</param>
/// <param name="HeldOut">Images that they are measured on: the first ones.</param>
/// <param name="Passes">Most passes over the images that they are made from.</param>
/// <param name="Halvings">Halvings of the radius of the smallest one.</param>
/// <param name="Normals">Images of Jacobians and of the matrix of normals.</param>
/// <param name="Pairs">Pairs of points of each kind that a path is searched between.</param>
/// <param name="Mixtures">Images that pairs and mixtures are taken from.</param>
/// <param name="Draws">Mixtures of each size and class.</param>
/// <param name="Ladder">Images of each attack by gradients.</param>
/// <param name="Suite">Images of the whole suite of attacks.</param>
/// <param name="Queries">Of Square, for each image.</param>
internal sealed record RobustPreset(
    string Name, int Distances, int Lines, int Directions, int Betas, int Crafting, int HeldOut, int Passes, int Halvings, int Normals,
    int Pairs, int Mixtures, int Draws, int Ladder, int Suite, int Queries)
{
    private static readonly RobustPreset[] Grey =
    [
        new("small", 100, 20, 10, 20, 100, 200, 6, 3, 50, 8, 800, 20, 40, 20, 500),
        new("lite", 1000, 100, 10, 100, 300, 1000, 10, 5, 300, 100, 2000, 200, 500, 200, 5000),
        new("full", 1000, 1000, 10, 1000, 2000, 5000, 10, 15, 1000, 500, 8000, 1000, 8000, 1000, 5000),
    ];

    // A ResNet of 8 layers costs some ten LeNets.
    private static readonly RobustPreset[] Colour =
    [
        new("small", 20, 4, 5, 3, 20, 50, 2, 2, 20, 2, 120, 5, 12, 5, 300),
        new("lite", 300, 30, 10, 30, 100, 500, 5, 4, 100, 30, 1000, 50, 200, 50, 5000),
        new("full", 1000, 300, 10, 200, 1000, 2000, 10, 15, 1000, 200, 8000, 1000, 2000, 500, 5000),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Grey.Select(preset => preset.Name)];

    /// <summary>The preset of a name for images of so many channels.</summary>
    public static RobustPreset Find(string name, int channels) => (channels == 1 ? Grey : Colour).First(preset => preset.Name == name);

    /// <summary>The same on a set of fewer images, of which the last half makes universal perturbations.</summary>
    public RobustPreset Within(int count) => this with
    {
        Distances = Math.Min(Distances, count),
        Lines = Math.Min(Lines, count),
        Betas = Math.Min(Betas, count),
        Crafting = Math.Min(Crafting, count / 2),
        HeldOut = Math.Min(HeldOut, count - count / 2),
        Normals = Math.Min(Normals, count),
        Mixtures = Math.Min(Mixtures, count),
        Ladder = Math.Min(Ladder, count),
        Suite = Math.Min(Math.Min(Suite, Ladder), count),
    };
}
