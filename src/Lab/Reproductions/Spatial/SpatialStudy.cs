using MiniGrad.Probes;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Measures the parts of the study that its folder does not hold yet.</summary>
internal sealed class SpatialStudy(SpatialSetting setting, SpatialPreset preset, StudyParts parts)
{
    private const int Together = 256;

    public SpatialResult Run()
    {
        SpatialPreset whole = preset.Within(setting.Data.Count);
        List<SpatialOutcome> outcomes = [];
        foreach (SpatialSubject subject in setting.Subjects)
        {
            SpatialOutcome outcome = Measure(subject, whole);
            outcome.Check();
            outcomes.Add(outcome);
        }
        parts.End();
        return new(setting, whole, outcomes);
    }

    private RunContext Context => new() { Seed = setting.Seed, ChunkSize = Together, Cancellation = parts.Cancellation };

    private SpatialOutcome Measure(SpatialSubject subject, SpatialPreset whole)
    {
        Dictionary<SpatialMeasure, MeasureOutcome> measures = [];
        foreach (SpatialMeasure measure in Enum.GetValues<SpatialMeasure>())
        {
            // What a mirrored border changes is asked of plain training, and of training with either border.
            if (measure == SpatialMeasure.Mirrored
                && subject.Role is not (SpatialRole.Standard or SpatialRole.Worst30 or SpatialRole.Reflect)) continue;
            measures[measure] = Part(subject, $"attack-{measure.ToString().ToLowerInvariant()}",
                shown => Attacked(subject, measure, whole, shown));
        }
        bool isDrawn = subject.Role is SpatialRole.Standard or SpatialRole.Worst30 or SpatialRole.Blur;
        return new(subject, measures,
            Part(subject, "consistency", shown => Consistency(subject, whole.Images, shown)),
            Part(subject, "roughness", shown => Roughness.Of(subject.Classifier, setting.Data, setting.Warp, whole, shown, Context)),
            !isDrawn ? null : Part(subject, "basins", shown =>
                Basins.Of(subject.Classifier, setting.Data, setting.Warp, whole, shown, Context)),
            !isDrawn ? null : Part(subject, "landscapes", shown =>
                DrawnLandscapes.Of(subject.Classifier, setting.Data, setting.Warp, whole, shown, Context)));
    }

    private MeasureOutcome Attacked(SpatialSubject subject, SpatialMeasure measure, SpatialPreset whole, Action<int, int> shown)
    {
        bool votes = measure is SpatialMeasure.Vote or SpatialMeasure.VoteWorstOf;
        Classifier classifier = votes
            ? WarpVote.Of(subject.Classifier, setting.Warp, new Rng(setting.Seed).At("vote"), SpatialSetting.Draws) : subject.Classifier;
        int passes = votes ? SpatialSetting.Draws : 1;
        int count = SpatialSetting.Images(measure, whole);
        if (setting.Attack(measure, whole) is not { } attack)
        {
            return MeasureOutcome.Natural(subject.Weights, classifier, setting.Data, count, passes, shown, parts.Cancellation);
        }
        // As published: draws need not hold the image itself, so that one that is wrong may become right.
        bool attacksMet = measure is SpatialMeasure.Random or SpatialMeasure.WorstOf or SpatialMeasure.VoteWorstOf;
        return MeasureOutcome.Of(
            subject.Weights, attack, classifier, setting.Data, count, passes, shown, Context with { AttacksMet = attacksMet });
    }

    private ShiftConsistency Consistency(SpatialSubject subject, int count, Action<int, int> shown)
    {
        ShiftConsistency all = new(0, 0, 0);
        for (int first = 0; first < count; first += Together)
        {
            shown(first, count);
            ShiftConsistency some = ShiftConsistency.Of(subject.Classifier, setting.Data.Images(first, Math.Min(Together, count - first)),
                new Rng(setting.Seed).At("consistency"), run: Context with { FirstIndex = first });
            all = new(all.Images + some.Images, some.Repeats, all.Agreed + some.Agreed);
        }
        return all;
    }

    private T Part<T>(SpatialSubject subject, string name, Func<Action<int, int>, T> make) where T : class =>
        parts.Of($"{subject.Weights}/{name}", make);
}
