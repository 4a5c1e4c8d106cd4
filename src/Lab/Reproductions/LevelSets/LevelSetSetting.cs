using MiniGrad.Data;
using MiniGrad.Lab.Models;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Which targets a source gets.</summary>
internal enum LevelSetProtocol
{
    /// <summary>In each round another image of the set, by a random derangement over classes.</summary>
    Final,

    /// <summary>The same few images for all sources.</summary>
    Early,
}

/// <summary>Everything that the parts of the study stand on.</summary>
/// <param name="DataSet">The data set as typed.</param>
/// <param name="Data">The test images.</param>
/// <param name="Roster">The networks, and those that are not there.</param>
/// <param name="Metric">How far images are apart for the eye.</param>
/// <param name="Protocol">Which targets a source gets.</param>
/// <param name="HasReferenceGrid">Whether triangles are measured at the points of the released code, which loses 2 of 66.</param>
/// <param name="Seed">Of all random numbers.</param>
internal sealed record LevelSetSetting(
    string DataSet, ImageDataSet Data, LevelSetRoster Roster, PerceptualMetric Metric, LevelSetProtocol Protocol, bool HasReferenceGrid,
    long Seed)
{
    /// <summary>Sources are images that every network gets right with more than this confidence.</summary>
    public const double LeastConfidence = 0.6;

    /// <summary>Walks whose sources are measured in one part that is kept.</summary>
    private const int PixelsTogether = 100_000;

    public IReadOnlyList<LevelSetSubject> Subjects => Roster.Subjects;

    /// <summary>Radii in L∞ that networks were trained for, ascending: what of a hull lies beyond each is measured for all.</summary>
    public double[] Radii => [.. Subjects.Select(s => s.Training.Radius).OfType<double>().Distinct().Order()];

    /// <summary>Radii (L2) of the spheres around walks.</summary>
    public double[] SphereRadii => DataSet == "imagenet" ? [0.5, 1, 1.5, 2] : Data.Channels == 1 ? [1, 2, 3, 4, 5, 6, 8, 10]
        : [5, 10, 15, 20, 25, 30];

    /// <summary>Sources of one part.</summary>
    public int SourcesTogether => Math.Clamp(PixelsTogether / (Data.Channels * Data.Height * Data.Width), 2, 20);

    /// <summary>The walk of a preset.</summary>
    public static Lst Walk(LevelSetPreset preset) => new(preset.Iterations, preset.StepSize);

    /// <summary>
    /// What a robust network is compared with: the normal one of its architecture, its twin, else the first normal one that is built
    /// alike, else the first normal one; none where there is none.
    /// </summary>
    public (LevelSetSubject Subject, bool IsTwin)? PartnerOf(LevelSetSubject robust)
    {
        LevelSetSubject[] normal = [.. Subjects.Where(s => !s.IsRobust)];
        if (normal.Length == 0) return null;
        if (normal.FirstOrDefault(s => s.Architecture == robust.Architecture) is { } twin) return (twin, true);
        return (normal.FirstOrDefault(s => s.Family == robust.Family) ?? normal[0], false);
    }
}
