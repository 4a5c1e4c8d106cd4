namespace MiniGrad.Lab.Reproductions;

/// <summary>Measures the parts of the study that its folder does not hold yet.</summary>
internal sealed class LevelSetStudy(LevelSetSetting setting, LevelSetPreset preset, StudyParts parts)
{
    public LevelSetResult Run()
    {
        ChosenImages chosen = parts.Of("sources", shown => SourceSelection.Choose(
            setting.Data, setting.Subjects, preset.SourcesPerClass, preset.Most, shown, parts.Cancellation));
        Rng rng = new Rng(setting.Seed).At("derangements");
        WalkPlan plan = WalkPlan.Of(setting.Data, chosen.Images, preset.Rounds, setting.Protocol, rng);
        List<LevelSetOutcome> outcomes = [];
        foreach (LevelSetSubject subject in setting.Subjects)
        {
            LevelSetBlock all = Walked(subject, plan);
            outcomes.Add(new(subject, all, Part(subject, "drawn", shown =>
                DrawnWalks.Of(subject.Classifier, setting, preset, chosen.Images, shown, parts.Cancellation))));
        }
        WalkPlan other = WalkPlan.Of(setting.Data, chosen.Images, LevelSetVariant.Targets, LevelSetProtocol.Final, rng.At("others"));
        LevelSetSweep[] sweeps = [.. Swept().SelectMany(subject => LevelSetVariant.All(preset).Select(variant => Swept(subject, variant,
            (variant.HasOtherTargets ? other : plan).First(preset.SweepSources, LevelSetVariant.Targets, setting.Data))))];
        parts.End();
        return new(setting, preset, chosen, plan, outcomes, sweeps);
    }

    /// <summary>All walks of one network: a part for some sources each, so that a stopped study goes on with these.</summary>
    private LevelSetBlock Walked(LevelSetSubject subject, WalkPlan plan)
    {
        List<LevelSetBlock> blocks = [];
        for (int first = 0; first < plan.Sources.Length; first += setting.SourcesTogether)
        {
            int start = first;
            int count = Math.Min(setting.SourcesTogether, plan.Sources.Length - first);
            blocks.Add(Part(subject, FormattableString.Invariant($"walks-{first:D4}"), shown => LevelSetBlock.Of(subject.Classifier,
                setting, plan, start, count, LevelSetSetting.Walk(preset), preset.HullPoints, shown, parts.Cancellation)));
        }
        return new([.. blocks.SelectMany(block => block.Walks)], [.. blocks.SelectMany(block => block.Regions)]);
    }

    private LevelSetSweep Swept(LevelSetSubject subject, LevelSetVariant variant, WalkPlan plan) =>
        new(subject, variant, Part(subject, $"sweep-{variant.Key}", shown => LevelSetBlock.Of(subject.Classifier, setting, plan, 0,
            plan.Sources.Length, variant.Walk, hullPoints: 0, shown, parts.Cancellation)));

    /// <summary>The first robust network that has a twin, with its twin; else the first network.</summary>
    private LevelSetSubject[] Swept()
    {
        LevelSetSubject? robust = setting.Subjects.FirstOrDefault(s => s.IsRobust && setting.PartnerOf(s) is { IsTwin: true });
        return robust is null ? [setting.Subjects[0]] : [setting.PartnerOf(robust)!.Value.Subject, robust];
    }

    private T Part<T>(LevelSetSubject subject, string name, Func<Action<int, int>, T> make) where T : class =>
        parts.Of($"{subject.Weights}/{name}", make);
}
