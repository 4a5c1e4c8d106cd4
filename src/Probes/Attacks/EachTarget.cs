namespace MiniGrad.Probes.Attacks;

/// <summary>
/// An attack towards every wrong class in turn; the first that is reached is a success, and ends the search of its image. The output
/// of an example that reaches none is that of the last class; passes are added up.
/// </summary>
/// <param name="Inner">The attack towards each.</param>
public sealed record EachTarget(BallAttack Inner) : Attack
{
    /// <inheritdoc/>
    public override AttackNeeds Needs() => AttackNeeds.Labels;

    /// <inheritdoc/>
    public override void Check() => Inner.Check();

    /// <inheritdoc/>
    public override string Identity() => $"EachTarget {{ Inner = {Inner.Identity()} }}";

    /// <inheritdoc/>
    public override AttackResult Run(Classifier classifier, Examples examples, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        classifier.CheckImages(examples.Images.Detach(), "attack");
        classifier.CheckClasses(examples.Labels, examples.Images.Shape[0], "attack");
        int[] numbers = examples.Numbers ?? [.. Enumerable.Range(0, examples.Count)];
        int[][] targets = Targets(classifier, examples);
        int[] open = [.. Enumerable.Range(0, examples.Count)];
        Tensor output = examples.Images.Detach();
        ExampleResult?[] results = new ExampleResult?[examples.Count];
        HashSet<string> warnings = [];
        for (int turn = 0; turn < classifier.ClassCount - 1 && open.Length > 0; turn++)
        {
            Examples part = examples.Take(open) with
            {
                Numbers = Array.ConvertAll(open, row => numbers[row]),
                TargetClasses = Array.ConvertAll(open, row => targets[row][turn]),
            };
            // Each class has random numbers of its own.
            AttackResult found = Inner.Run(classifier, part, run with { FirstStart = run.FirstStart + turn * Inner.Restarts });
            output = Rows.Put(found.Output, open, output);
            for (int i = 0; i < open.Length; i++) results[open[i]] = Added(results[open[i]], found.Examples[i] with { Index = open[i] });
            warnings.UnionWith(found.Warnings);
            open = [.. open.Where(row => results[row] is { Success: false, Counts: true })];
        }
        return new(ToString(), output, results!, [], [.. warnings]);
    }

    /// <summary>
    /// The wrong classes of each image in order; one that is taken for another class already begins with that, and is found to be
    /// there.
    /// </summary>
    private static int[][] Targets(Classifier classifier, Examples examples)
    {
        int[] predicted = Logits.Prediction(classifier.Logits(examples.Images.Detach()));
        return [.. examples.Labels.Select((label, i) => (int[])[.. Enumerable.Range(0, classifier.ClassCount)
            .Where(k => k != label).OrderBy(k => k == predicted[i] ? 0 : 1)])];
    }

    private static ExampleResult Added(ExampleResult? before, ExampleResult now) => before is null ? now : now with
    {
        Iterations = now.Iterations + before.Iterations,
        Forwards = now.Forwards + before.Forwards,
        Gradients = now.Gradients + before.Gradients,
    };
}
