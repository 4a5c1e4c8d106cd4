using System.Text.Json.Serialization;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>One walk from a source towards a target, as the study counts it.</summary>
/// <param name="Source">The number of the source in the data set.</param>
/// <param name="Target">That of the target.</param>
/// <param name="SourceConfidence">In the source's class, at the source.</param>
/// <param name="Confidence">The same at the end.</param>
/// <param name="IsKept">Whether the network still says the source's class.</param>
/// <param name="StartRmse">The root mean square difference between source and target.</param>
/// <param name="Rmse">That to the target at the end.</param>
/// <param name="Linf">The largest difference of a pixel to the target at the end.</param>
/// <param name="Ssim">The structural similarity with the target at the end.</param>
/// <param name="StartDistance">The perceptual distance between source and target.</param>
/// <param name="Distance">That to the target at the end.</param>
/// <param name="Moved">The largest difference of a pixel between source and end.</param>
internal sealed record LevelSetWalk(
    int Source, int Target, [property: JsonConverter(typeof(StatusWord))] ExampleStatus Status, double SourceConfidence,
    double Confidence, bool IsKept, double StartRmse, double Rmse, double Linf, double Ssim, double StartDistance, double Distance,
    double Moved, int Iterations)
{
    /// <summary>Whether averages include it.</summary>
    [JsonIgnore]
    public bool Counts => Status is not (ExampleStatus.SourceMisclassified or ExampleStatus.SameClass or ExampleStatus.NonFinite
        or ExampleStatus.Interrupted);
}

/// <summary>The walks of some sources, and what lies between each source and the ends of its walks.</summary>
internal sealed record LevelSetBlock(LevelSetWalk[] Walks, SourceRegion[] Regions)
{
    /// <summary>Walks that are made together.</summary>
    private const int Together = 100;

    /// <summary>The walks of consecutive sources of a plan.</summary>
    /// <param name="classifier">The network.</param>
    /// <param name="setting">Images, metric and seed.</param>
    /// <param name="plan">Sources and targets.</param>
    /// <param name="first">The first source of the block.</param>
    /// <param name="count">The sources of the block.</param>
    /// <param name="attack">The walk.</param>
    /// <param name="hullPoints">Points of each hull; 0 leaves out lines and hulls of all ends.</param>
    /// <param name="progress">Told how many walks are done, and of how many.</param>
    /// <param name="cancellation">Stops between steps; what was done is lost.</param>
    public static LevelSetBlock Of(
        Classifier classifier, LevelSetSetting setting, WalkPlan plan, int first, int count, Traversal attack, int hullPoints,
        Action<int, int> progress, CancellationToken cancellation)
    {
        int start = plan.FirstOf(first);
        ImagePair[] pairs = plan.Pairs[start..plan.FirstOf(first + count)];
        AttackInput input = AttackInput.Traversals(setting.Data, pairs, DType.F32);
        AttackResult result = attack.Run(classifier, input.Examples(), new()
        {
            Seed = setting.Seed,
            FirstIndex = start,
            ChunkSize = Together,
            Cancellation = cancellation,
            Progress = new InlineProgress<RunProgress>(done => progress(start + done.Finished, plan.Pairs.Length)),
        });
        cancellation.ThrowIfCancellationRequested();
        LevelSetWalk[] walks = Rows(setting, input, result);
        SourceRegion[] regions = [.. Enumerable.Range(first, count).Select(s =>
        {
            cancellation.ThrowIfCancellationRequested();
            int from = plan.FirstOf(s) - start;
            int[] valid = [.. Enumerable.Range(from, plan.Targets[s].Length).Where(k => walks[k].Counts)];
            return Region(classifier, setting, input, result.Output, valid, plan.Sources[s], hullPoints);
        })];
        return new(walks, regions);
    }

    private static LevelSetWalk[] Rows(LevelSetSetting setting, AttackInput input, AttackResult result)
    {
        (Tensor sources, Tensor targets) = (input.Sources, input.Targets!);
        double[] before = setting.Metric.Distance(sources, targets);
        double[] after = setting.Metric.Distance(result.Output, targets);
        double[] lengths = Probes.Rows.L2(targets - sources).ToArray();
        double[] moved = Probes.Rows.Linf(result.Output - sources).ToArray();
        double size = Math.Sqrt(setting.Data.Channels * setting.Data.Height * setting.Data.Width);
        return [.. result.Examples.Select((e, i) => new LevelSetWalk(input.Pairs[i].Source, input.Pairs[i].Target, e.Status,
            e.SourceConfidence, e.Confidence, e.Prediction == e.SourceClass, lengths[i] / size, e.Rmse, e.DistanceLinf, e.Ssim, before[i],
            after[i], moved[i], e.Iterations))];
    }

    private static SourceRegion Region(
        Classifier classifier, LevelSetSetting setting, AttackInput input, Tensor output, int[] valid, int source, int hullPoints)
    {
        if (valid.Length == 0) return new(source, null, null, null);
        Tensor image = setting.Data.Images([source]);
        Tensor ends = output.TakeIndices(0, valid);
        int label = setting.Data.Labels[source];
        int[] targets = [.. valid.Select(k => input.Pairs[k].Target)];
        HullNumbers? hull = HullNumbers.Of(classifier, image, ends, targets, label, setting.Radii, setting.HasReferenceGrid);
        if (hullPoints == 0) return new(source, hull, null, null);
        Rng rng = new Rng(setting.Seed).At("region").At(source);
        StarShape star = StarShape.Measure(classifier, image, ends, input.Targets!.TakeIndices(0, valid), label, rng);
        // A walk that never moved has no line and spans nothing.
        if (star.Skipped == valid.Length) return new(source, hull, StarNumbers.Of(star), null);
        return new(source, hull, StarNumbers.Of(star), VolumeNumbers.Of(valid.Length,
            HullVolume.Measure(classifier, image, ends, label, SourceRegion.Drop, rng, hullPoints)));
    }
}
