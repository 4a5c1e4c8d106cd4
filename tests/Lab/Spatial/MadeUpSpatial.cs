using MiniGrad.Data;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Tests.Lab.Spatial;

/// <summary>
/// A network of the study as if it had been measured on 200 images. Of each measure so many are right, the first ones, so that on the
/// same images whatever is more is more everywhere.
/// </summary>
internal sealed record MadeUpSpatial(SpatialRole Role)
{
    public const int Images = 200;

    public int Natural { get; init; } = 195;

    public int Random { get; init; } = 180;

    public int Worst { get; init; } = 120;

    public int FirstOrder { get; init; } = 150;

    public int Grid { get; init; } = 60;

    public int Mirrored { get; init; } = 70;

    public int Linf { get; init; } = 100;

    public int Vote { get; init; } = 195;

    public int VoteWorst { get; init; } = 150;

    /// <summary>Images broken by the worst of ten, by pixels and by both, where they are to be others than the last.</summary>
    public (int[] Spatial, int[] Pixels, int[] Both)? Broken { get; init; }

    /// <summary>The forward passes of the image that took most of the grid.</summary>
    public int Most { get; init; } = 775;

    /// <summary>The gradient, its spread and the total variation.</summary>
    public double Rough { get; init; } = 1;

    public int Maxima { get; init; } = 5;

    public int Reached { get; init; } = 10;

    public SpatialOutcome Outcome()
    {
        static int[] Last(int right) => [.. Enumerable.Range(right, Images - right)];
        Dictionary<SpatialMeasure, int[]> wrong = new()
        {
            [SpatialMeasure.Natural] = Last(Natural),
            [SpatialMeasure.Random] = Last(Random),
            [SpatialMeasure.WorstOf] = Broken?.Spatial ?? Last(Worst),
            [SpatialMeasure.FirstOrder] = Last(FirstOrder),
            [SpatialMeasure.Grid] = Last(Grid),
            [SpatialMeasure.Rotation] = Last(Math.Max(Grid, Worst)),
            [SpatialMeasure.Shift] = Last(Math.Max(Grid, Random)),
            [SpatialMeasure.Mirrored] = Last(Mirrored),
            [SpatialMeasure.Linf] = Broken?.Pixels ?? Last(Linf),
            [SpatialMeasure.Combined] = Broken?.Both ?? Last(Math.Min(Linf, Worst)),
            [SpatialMeasure.Vote] = Last(Vote),
            [SpatialMeasure.VoteWorstOf] = Last(VoteWorst),
        };
        // A little apart from image to image, the same way in all networks.
        Smoothness[] surfaces = [.. Enumerable.Range(0, 20).Select(i =>
            new Smoothness(Rough + 0.01 * i, Rough + 0.01 * i, Rough + 0.01 * i, Maxima + i % 2, 1, 0.25))];
        return new(new(Role, Role.ToString(), null!, ""),
            wrong.ToDictionary(w => w.Key,
                w => new MeasureOutcome("A", Images, w.Value, 10, 0, w.Key == SpatialMeasure.Grid ? Most : 10, [])),
            new(Images, 5, 900), new(surfaces), new([new(100, Reached, 1, 1, 0), new(100, Reached, 1, 1, 0)]), null);
    }

    public static SpatialResult Result(params MadeUpSpatial[] networks)
    {
        SpatialOutcome[] outcomes = [.. networks.Select(n => n.Outcome())];
        ImageDataSet data = DataSets.Open("digits", Split.Test);
        return new(new("digits", data, [.. outcomes.Select(o => o.Subject)], 0), SpatialPreset.Find("small", 1), outcomes);
    }
}
