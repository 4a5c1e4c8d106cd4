using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Everything that was measured of one network.</summary>
/// <param name="Measures">Images that are wrong, as they are and under each attack that was run.</param>
/// <param name="Consistency">How often two shifts of an image get the same class.</param>
/// <param name="Roughness">Of the losses over angle and shift.</param>
/// <param name="Basins">Of gradient ascent; of some networks only.</param>
/// <param name="Drawn">Landscapes to look at; of the same networks.</param>
internal sealed record SpatialOutcome(
    SpatialSubject Subject, IReadOnlyDictionary<SpatialMeasure, MeasureOutcome> Measures, ShiftConsistency Consistency,
    Roughness Roughness, Basins? Basins, DrawnLandscapes? Drawn)
{
    private static readonly SpatialMeasure[] Spatial =
    [
        SpatialMeasure.Natural, SpatialMeasure.Random, SpatialMeasure.WorstOf, SpatialMeasure.FirstOrder, SpatialMeasure.Grid,
    ];

    public MeasureOutcome this[SpatialMeasure measure] => Measures[measure];

    /// <summary>What any rotation and shift that was tried breaks, the image itself too.</summary>
    public MeasureOutcome SpatialUnion => MeasureOutcome.Union([.. Spatial.Select(measure => this[measure])]);

    /// <summary>What any attack on the network breaks; votes are other classifiers.</summary>
    public MeasureOutcome Union => MeasureOutcome.Union(
        [.. Measures.Where(m => m.Key is not (SpatialMeasure.Vote or SpatialMeasure.VoteWorstOf)).Select(m => m.Value)]);

    /// <summary>Whether drops of the accuracy by rotation and shift, and by a change of pixels, add up to that by both.</summary>
    public Additivity Additivity => Additivity.Of(this);

    /// <summary>Throws unless stronger attacks leave no more images right than what they include.</summary>
    /// <exception cref="InvalidOperationException">One does.</exception>
    public void Check()
    {
        MeasureOutcome natural = this[SpatialMeasure.Natural];
        foreach (SpatialMeasure within in (SpatialMeasure[])
            [SpatialMeasure.Grid, SpatialMeasure.Rotation, SpatialMeasure.Shift, SpatialMeasure.Mirrored, SpatialMeasure.FirstOrder,
                SpatialMeasure.Linf, SpatialMeasure.Combined])
        {
            if (!Measures.TryGetValue(within, out MeasureOutcome? outcome)) continue;
            Check(SpatialMeasure.Natural, natural, within.ToString(), outcome);
        }
        Check(SpatialMeasure.Rotation, this[SpatialMeasure.Rotation], "grid", this[SpatialMeasure.Grid]);
        Check(SpatialMeasure.Shift, this[SpatialMeasure.Shift], "grid", this[SpatialMeasure.Grid]);
        foreach (SpatialMeasure measure in Spatial) Check(measure, this[measure], "union", SpatialUnion);
    }

    private void Check(SpatialMeasure weak, MeasureOutcome weaker, string strong, MeasureOutcome stronger)
    {
        int count = Math.Min(weaker.Count, stronger.Count);
        int[] more = [.. weaker.First(count).Wrong.Except(stronger.First(count).Wrong)];
        if (more.Length == 0) return;
        throw new InvalidOperationException(
            $"reproduce spatial: {Subject.Weights}: of {count} images {stronger.First(count).Right} are right under {strong}, "
            + $"{weaker.First(count).Right} under {weak}, which it includes; image {more[0]} is wrong under the weaker alone.");
    }
}

/// <summary>Drops of the accuracy on the same images.</summary>
/// <param name="Count">The images.</param>
/// <param name="Natural">Those that are right as they are.</param>
/// <param name="Spatial">Of these, broken by the worst of ten rotations and shifts, …</param>
/// <param name="Pixels">… by a change of pixels, …</param>
/// <param name="Both">… and by both at once.</param>
/// <param name="Excess">Of every image, broken by both minus broken by one, minus broken by the other.</param>
internal sealed record Additivity(int Count, int Natural, int Spatial, int Pixels, int Both, double[] Excess)
{
    /// <summary>A sum of drops above this share of what could drop says nothing: nothing is left to fall.</summary>
    private const double Most = 0.9;

    /// <summary>Whether the drops could add up.</summary>
    public bool CanAdd => Natural > 0 && Spatial + Pixels <= Most * Natural;

    public static Additivity Of(SpatialOutcome outcome)
    {
        int count = outcome[SpatialMeasure.Combined].Count;
        double[] natural = outcome[SpatialMeasure.Natural].First(count).AreRight();
        double[] Broken(SpatialMeasure measure) =>
            [.. outcome[measure].First(count).AreRight().Zip(natural, (right, before) => before * (1 - right))];
        (double[] spatial, double[] pixels, double[] both) =
            (Broken(SpatialMeasure.WorstOf), Broken(SpatialMeasure.Linf), Broken(SpatialMeasure.Combined));
        return new(count, (int)natural.Sum(), (int)spatial.Sum(), (int)pixels.Sum(), (int)both.Sum(),
            [.. both.Select((b, i) => b - spatial[i] - pixels[i])]);
    }
}

/// <summary>Everything that was measured.</summary>
internal sealed record SpatialResult(SpatialSetting Setting, SpatialPreset Preset, IReadOnlyList<SpatialOutcome> Networks)
{
    /// <summary>The network that all others are compared with.</summary>
    public SpatialOutcome Standard => Networks[0];

    /// <summary>The outcome of the network trained so; none where it is not there.</summary>
    public SpatialOutcome? Find(SpatialRole role) => Networks.FirstOrDefault(network => network.Subject.Role == role);
}
