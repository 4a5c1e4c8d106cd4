namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// Numbers that the authors published beside their code, in per cent: ImageNet, ResNet-18 for rotations and shifts (30° and 24 of 224
/// pixels, wider ones 40° and 32; their own runs after the paper), ResNet-50 and ResNet-18 for anti-aliasing.
/// </summary>
internal static class PublishedSpatial
{
    /// <summary>Accuracy natural, under one draw, under the worst of ten, under the grid; none where it was not published.</summary>
    public static double[]? Accuracy(SpatialRole role) => role switch
    {
        SpatialRole.Standard => [71.3, 60.6, 39.9, 20.9],
        SpatialRole.NoCrop => [65.4, 54.1, 30.5, 11.8],
        SpatialRole.Aug30 => [68.9, 68.0, 54.6, 38.1],
        SpatialRole.Aug40 => [68.3, 67.7, 54.9, 38.8],
        SpatialRole.Worst30 => [69.1, 68.0, 59.4, 48.1],
        SpatialRole.Worst40 => [68.6, 67.2, 59.3, 48.4],
        _ => null,
    };

    /// <summary>Filter, then accuracy and shift consistency of ResNet-50 and of ResNet-18; NaN where there is none.</summary>
    public static IReadOnlyList<(string Filter, double[] Values)> AntiAliasing { get; } =
    [
        ("none", [76.16, 89.20, 69.74, 85.11]),
        ("Rect-2", [76.81, 89.96, 71.39, 86.90]),
        ("Tri-3", [76.83, 90.91, 71.69, 87.51]),
        ("Tri-4 (four taps, as here)", [77.23, 91.29, 71.48, 88.07]),
        ("Bin-5", [77.04, 91.31, 71.38, 88.25]),
        ("Tri-4, fine-tuned", [77.41, 91.32, 71.67, 88.36]),
    ];
}
