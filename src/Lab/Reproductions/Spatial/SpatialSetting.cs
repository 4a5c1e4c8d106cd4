using MiniGrad.Data;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>One number that is measured of every network: images that it gets right as they are, or under an attack.</summary>
internal enum SpatialMeasure
{
    Natural,
    Random,
    WorstOf,
    FirstOrder,
    Grid,
    Rotation,
    Shift,
    Mirrored,
    Linf,
    Combined,
    Vote,
    VoteWorstOf,
}

/// <summary>Everything that the parts of the study stand on.</summary>
/// <param name="DataSet">The data set as typed.</param>
/// <param name="Data">The test images.</param>
/// <param name="Subjects">The networks, the standard one first.</param>
internal sealed record SpatialSetting(string DataSet, ImageDataSet Data, IReadOnlyList<SpatialSubject> Subjects, long Seed)
{
    /// <summary>Random rotations and shifts of the search and of the vote.</summary>
    public const int Draws = 10;

    /// <summary>The rotations and shifts of the study.</summary>
    public Warp Warp { get; } = new(30, 3);

    /// <summary>
    /// The radius in L∞. That of adversarial training on MNIST, 0.3, breaks every network not trained for it: nothing would be left
    /// to add up.
    /// </summary>
    public double Epsilon => DataSet switch { "cifar-10" => 8.0 / 255, "fashion" => 0.03, _ => 0.1 };

    /// <summary>Steps in the pixels, and their length; 2.5 radii over the steps where none is given.</summary>
    public (int Steps, double? Size, bool FromRandom) Pixels => DataSet == "cifar-10" ? (5, 2.0 / 255, false) : (20, null, true);

    /// <summary>The attack that gives a measure; none where no attack is run, or where another classifier is attacked.</summary>
    public Attack? Attack(SpatialMeasure measure, SpatialPreset preset) => measure switch
    {
        SpatialMeasure.Random => new SpatialRandom(Warp),
        SpatialMeasure.WorstOf or SpatialMeasure.VoteWorstOf => new SpatialWorstOf(Warp, Draws),
        SpatialMeasure.FirstOrder => new SpatialFirstOrder(Warp, preset.Steps),
        SpatialMeasure.Grid => new SpatialGrid(Warp),
        SpatialMeasure.Rotation => new SpatialGrid(Warp with { Pixels = 0 }, Shifts: 1),
        SpatialMeasure.Shift => new SpatialGrid(Warp with { Degrees = 0 }, Angles: 1),
        SpatialMeasure.Mirrored => new SpatialGrid(Warp with { Border = Border.Reflect }),
        SpatialMeasure.Linf => new Pgd(Threat.Linf(Epsilon), Pixels.Steps, Pixels.Size, Pixels.FromRandom),
        SpatialMeasure.Combined => new SpatialCombined(new WarpLinf(Warp, Epsilon), Draws, Pixels.Steps, Pixels.Size),
        _ => null,
    };

    /// <summary>How many images a measure is made on, the first ones.</summary>
    public static int Images(SpatialMeasure measure, SpatialPreset preset) => measure switch
    {
        SpatialMeasure.FirstOrder => preset.FirstOrder,
        SpatialMeasure.Combined => preset.Combined,
        _ => preset.Images,
    };

    /// <summary>For readers.</summary>
    public static string TitleOf(SpatialMeasure measure) => measure switch
    {
        SpatialMeasure.Natural => "natural",
        SpatialMeasure.Random => "random",
        SpatialMeasure.WorstOf => "worst of ten",
        SpatialMeasure.FirstOrder => "first order",
        SpatialMeasure.Grid => "grid",
        SpatialMeasure.Rotation => "rotations alone",
        SpatialMeasure.Shift => "shifts alone",
        SpatialMeasure.Mirrored => "grid, mirrored border",
        SpatialMeasure.Linf => "L∞",
        SpatialMeasure.Combined => "worst of ten and L∞",
        SpatialMeasure.Vote => "vote, natural",
        _ => "vote, worst of ten",
    };
}
