using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>A suite of attacks, image by image into a run folder.</summary>
internal sealed class SuiteRun(Classifier classifier, SuiteInput input, DType type, RunFolder folder, long seed)
    : Run<SuiteRow>(folder, input.Count)
{
    /// <summary>Parts of a search that progress is told in.</summary>
    private const int Ticks = 100;

    public override string Noun => "image";

    protected override string LineNoun => "what a suite of attacks made of an image";

    // A line of fewer threats is done again.
    protected override SuiteRow? Restored(SuiteRow row) =>
        row.Fates?.Length == input.Threats.Count && row.Fates.All(fate => fate is not null) ? row : null;

    protected override IEnumerable<SuiteRow> Measure(int first, int length, RunContext context)
    {
        Examples examples = input.Examples(first, length, type);
        context = context with { Seed = seed, FirstIndex = first };
        (int[] predictions, bool[] finite) = Arena.Step(() =>
        {
            Tensor logits = classifier.Logits(examples.Images);
            return (Logits.Prediction(logits), Logits.AreFinite(logits));
        }, _ => []);
        int odd = Array.IndexOf(finite, false);
        if (odd >= 0) throw RejectionEvaluation.Undefined(first + odd);
        int[] right = [.. Enumerable.Range(0, length).Where(i => predictions[i] == examples.Labels[i])];
        SuiteFate[][] fates = new SuiteFate[input.Threats.Count][];
        int searches = input.Threats.Sum(t => t.Members.Count), done = 0;
        for (int t = 0; t < fates.Length; t++)
        {
            int before = done;
            fates[t] = SuiteSearch.Run(classifier, examples, right, input.Threats[t].Members, member =>
                Watched(context, before + member, searches));
            if (context.Cancellation.IsCancellationRequested) return [];
            done += input.Threats[t].Members.Count;
        }
        return [.. Enumerable.Range(0, length).Select(i => new SuiteRow(
            first + i, examples.Labels[i], predictions[i], [.. fates.Select(of => of[i])]))];
    }

    /// <summary>The run of one of several searches. Searches that start again are not shown to go back.</summary>
    private static RunContext Watched(RunContext run, int done, int searches)
    {
        if (run.Progress is not { } progress) return run;
        int furthest = 0;
        return run with
        {
            Progress = new InlineProgress<RunProgress>(p =>
            {
                furthest = Math.Max(furthest, p.Iterations == 0 ? 0 : (int)((long)Ticks * p.Iteration / p.Iterations));
                progress.Report(p with { Iteration = done * Ticks + furthest, Iterations = searches * Ticks });
            }),
        };
    }
}

/// <summary>What the suite made of one image, as a line of <c>results.jsonl</c>.</summary>
/// <param name="Index">The number of the image in the run.</param>
/// <param name="Label">Its class.</param>
/// <param name="Prediction">What the classifier says of it unchanged.</param>
/// <param name="Fates">Its fate under each threat.</param>
internal sealed record SuiteRow(int Index, int Label, int Prediction, SuiteFate[] Fates) : IRunRow
{
    public bool IsRight => Prediction == Label;
}

/// <summary>What became of an image under one threat.</summary>
/// <param name="BrokenBy">
/// The attack that broke it, by a wrong answer or by logits that are not finite; none if none did. An image that is wrong as it is is not
/// attacked.
/// </param>
/// <param name="Forwards">Looks of all attacks together.</param>
/// <param name="Gradients">Gradients of all attacks together.</param>
/// <param name="NonFinite">Whether that was by logits that are not finite.</param>
internal sealed record SuiteFate(string? BrokenBy, int Forwards, int Gradients, bool NonFinite);

/// <summary>Attacks one after another, each on the images that are still right.</summary>
internal static class SuiteSearch
{
    /// <summary>The fate of each example; nothing is done to those that are not among <paramref name="open"/>.</summary>
    public static SuiteFate[] Run(
        Classifier classifier, Examples examples, int[] open, IReadOnlyList<NamedAttack> members, Func<int, RunContext> run)
    {
        SuiteFate[] fates = [.. Enumerable.Repeat(new SuiteFate(null, 0, 0, false), examples.Count)];
        for (int k = 0; k < members.Count && open.Length > 0; k++)
        {
            AttackResult found = members[k].UntilBroken.Run(classifier, examples.Take(open) with { Numbers = open }, run(k));
            for (int i = 0; i < open.Length; i++)
            {
                ExampleResult now = found.Examples[i];
                SuiteFate before = fates[open[i]];
                bool isUndefined = now.Status == ExampleStatus.NonFinite;
                fates[open[i]] = new(now.Success || isUndefined ? members[k].Name : null, before.Forwards + now.Forwards,
                    before.Gradients + now.Gradients, isUndefined);
            }
            open = [.. open.Where(i => fates[i].BrokenBy is null)];
        }
        return fates;
    }
}
