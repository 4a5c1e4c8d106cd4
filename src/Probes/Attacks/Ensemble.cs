namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Several attacks one after another, each on the examples that are still unbroken. The output of an example is that of the first
/// attack that breaks it, else of the last; passes are added up. Croce and Hein, arXiv:2003.01690.
/// </summary>
public sealed record Ensemble : Attack
{
    /// <summary>An attack that is as strong as all of these.</summary>
    /// <exception cref="ArgumentException">There is none, or one of them walks between pairs.</exception>
    public Ensemble(params Attack[] members)
    {
        if (members.Length == 0) Throw.Argument("ensemble: there are no attacks. Give at least one.");
        foreach (Attack member in members)
        {
            if (member.Needs() != AttackNeeds.Labels)
            {
                Throw.Argument($"ensemble: {member} needs {member.Needs()}. Give attacks on labelled images.");
            }
        }
        Members = members;
    }

    /// <summary>The attacks, in their order.</summary>
    public IReadOnlyList<Attack> Members { get; }

    /// <inheritdoc/>
    public override AttackNeeds Needs() => AttackNeeds.Labels;

    /// <inheritdoc/>
    public override void Check()
    {
        foreach (Attack member in Members) member.Check();
    }

    /// <inheritdoc/>
    public override string ToString() => $"Ensemble {{ {string.Join("; ", Members)} }}";

    /// <inheritdoc/>
    public bool Equals(Ensemble? other) => other is not null && Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override int GetHashCode() => Members.Count == 0 ? 0 : Members[0].GetHashCode();

    /// <inheritdoc/>
    public override AttackResult Run(Classifier classifier, Examples examples, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        int[] numbers = examples.Numbers ?? [.. Enumerable.Range(0, examples.Count)];
        int[] open = [.. Enumerable.Range(0, examples.Count)];
        Tensor output = examples.Images.Detach();
        ExampleResult?[] results = new ExampleResult?[examples.Count];
        HashSet<string> warnings = [];
        foreach (Attack member in Members)
        {
            Examples part = examples.Take(open) with { Numbers = Array.ConvertAll(open, row => numbers[row]) };
            AttackResult found = member.Run(classifier, part, run);
            output = Rows.Put(found.Output, open, output);
            for (int i = 0; i < open.Length; i++)
            {
                (ExampleResult now, ExampleResult? before) = (found.Examples[i] with { Index = open[i] }, results[open[i]]);
                results[open[i]] = before is null ? now : now with
                {
                    Iterations = now.Iterations + before.Iterations,
                    Forwards = now.Forwards + before.Forwards,
                    Gradients = now.Gradients + before.Gradients,
                };
            }
            warnings.UnionWith(found.Warnings.Select(warning => $"{member}: {warning}"));
            open = [.. open.Where(row => results[row] is { Success: false, Counts: true })];
            if (open.Length == 0) break;
        }
        return new(ToString(), output, results!, [], [.. warnings]);
    }
}
