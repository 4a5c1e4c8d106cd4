using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>What the suite of attacks leaves, and which of its members broke what.</summary>
/// <param name="Outcome">Images that are wrong as they are or after some member.</param>
/// <param name="Members">How many images each was tried on, and how many it broke.</param>
internal sealed record SuiteLadder(MeasureOutcome Outcome, SuiteMember[] Members)
{
    private const int Together = 50;

    /// <summary>
    /// The suite on the first images. Its first two members were rungs of their own: attacks depend on an image and its number alone,
    /// so that only the others are run, on what these left.
    /// </summary>
    public static SuiteLadder Of(
        RobustSetting setting, RobustSubject subject, RobustPreset preset, IReadOnlyDictionary<RobustRung, MeasureOutcome> rungs,
        Action<int, int> shown, RunContext run)
    {
        IReadOnlyList<NamedAttack> members = setting.Members(preset);
        int count = preset.Suite;
        MeasureOutcome[] before = [.. ((RobustRung[])[RobustRung.Natural, RobustRung.Apgd, RobustRung.ApgdTargeted])
            .Select(rung => rungs[rung].First(count))];
        HashSet<int> gone = [.. before.SelectMany(outcome => outcome.Wrong)];
        List<SuiteFate> fates = [];
        for (int first = 0; first < count; first += Together)
        {
            shown(first, count);
            int length = Math.Min(Together, count - first);
            Examples examples = new(setting.Data.Images(first, length), setting.Data.Labels[first..(first + length)]);
            int[] open = [.. Enumerable.Range(0, length).Where(i => !gone.Contains(first + i))];
            RunContext own = run with { FirstIndex = first };
            SuiteFate[] some = SuiteSearch.Run(subject.Classifier, examples, open, [.. members.Skip(2)], _ => own);
            run.Cancellation.ThrowIfCancellationRequested();
            if (some.Any(fate => fate.NonFinite)) throw Undefined(subject.Weights);
            fates.AddRange(some);
        }
        int[] wrong = [.. Enumerable.Range(0, count).Where(i => gone.Contains(i) || fates[i].BrokenBy is not null)];
        int right = count - before[0].Wrong.Length;
        int afterFirst = count - before[0].Wrong.Union(before[1].Wrong).Count();
        int tried = count - gone.Count;
        List<SuiteMember> table =
            [new(members[0].Name, right, right - afterFirst), new(members[1].Name, afterFirst, afterFirst - tried)];
        foreach (NamedAttack member in members.Skip(2))
        {
            int broken = fates.Count(fate => fate.BrokenBy == member.Name);
            table.Add(new(member.Name, tried, broken));
            tried -= broken;
        }
        return new(new(string.Join(", ", members.Select(member => member.Attack.ToString())), count, wrong,
            before[1].Forwards + before[2].Forwards + (double)fates.Sum(fate => fate.Forwards) / count,
            before[1].Gradients + before[2].Gradients + (double)fates.Sum(fate => fate.Gradients) / count, 0, []), [.. table]);
    }

    private static NumericalException Undefined(string what) =>
        new($"reproduce robustness: {what} has logits that are NaN or infinite under the suite of attacks. Check its weights.");
}

/// <summary>A member of a suite: images it was tried on, and those it broke.</summary>
internal sealed record SuiteMember(string Name, int Tried, int Broken);

/// <summary>
/// What steps that are too short leave of a radius: PGD of ten steps of 2/255 from the image itself within 50/255, as a survey names its
/// attack.
/// </summary>
/// <param name="Count">Images.</param>
/// <param name="Farthest">The largest change of a pixel.</param>
/// <param name="Broken">Images that it breaks.</param>
/// <param name="BrokenByFull">Images that ten steps of a quarter of the radius break.</param>
internal sealed record ShortSteps(int Count, double Farthest, int Broken, int BrokenByFull)
{
    /// <summary>Steps, and the length of each.</summary>
    public const int Steps = 10;

    /// <inheritdoc cref="Steps"/>
    public const double Length = 2.0 / 255;

    public static ShortSteps Of(RobustSetting setting, RobustSubject subject, RobustPreset preset, RunContext run)
    {
        int count = Math.Min(100, preset.Ladder);
        Examples examples = new(setting.Data.Images(0, count), setting.Data.Labels[..count]);
        Threat within = Threat.Linf(RobustSetting.SurveyRadius);
        AttackResult Run(double? length) => new Pgd(within, Steps, length, RandomStart: false).Run(subject.Classifier, examples, run);
        (AttackResult near, AttackResult far) = (Run(Length), Run(null));
        run.Cancellation.ThrowIfCancellationRequested();
        return new(count, near.Examples.Max(e => e.DistanceLinf), near.Examples.Count(e => e.Success), far.Examples.Count(e => e.Success));
    }
}
