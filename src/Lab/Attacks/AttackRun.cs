using MiniGrad.Formats.Weights;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>A run of an attack: the numbers of an example are a line, its image lies in a part file.</summary>
internal sealed class AttackRun : Run<ExampleRow>
{
    private readonly Attack attack;
    private readonly Classifier classifier;
    private readonly AttackInput input;
    private readonly long seed;
    private readonly Dictionary<int, Tensor> outputs = [];
    private readonly RunWarnings warnings = new();

    public AttackRun(Attack attack, Classifier classifier, AttackInput input, RunFolder folder, long seed) : base(folder, input.Total)
    {
        (this.attack, this.classifier, this.input, this.seed) = (attack, classifier, input, seed);
        foreach (string part in Directory.EnumerateFiles(folder.Path, RunFolder.Parts))
        {
            using SafetensorsFile file = SafetensorsFile.Open(part);
            warnings.Add(file.Metadata.GetValueOrDefault("warnings", "").Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Tensor images = file.Read("output");
            int[] indices = file.Read("index").ToArray<int>();
            for (int i = 0; i < indices.Length; i++) outputs[indices[i]] = images.TakeIndices(0, [i]);
        }
    }

    public override string Noun => "example";

    protected override string LineNoun => "the result of an example";

    /// <summary>All examples in order, once all are finished.</summary>
    public AttackResult Result()
    {
        ExampleResult[] all = [.. Rows.Select(row => row.Result())];
        return new(attack.ToString(), Ops.Concat([.. all.Select(e => outputs[e.Index])], 0), all, [], warnings.Of(all));
    }

    /// <summary>The course of one traversal; none for other attacks. Run again on its own: its bits do not depend on the others.</summary>
    public WalkPath? Path(int example)
    {
        if (input.Targets is null || example < 0) return null;
        AttackResult again = Attacked(input.Range(example - input.First, 1),
            new RunContext { Seed = seed, FirstIndex = example, KeepPaths = 1, Force = true });
        return again.Paths.Count == 0 ? null : again.Paths[0] with { Index = example };
    }

    /// <summary>Puts what was measured since into the lines.</summary>
    public void Replace(AttackResult result) => Replace([.. result.Examples.Select(e => ExampleRow.Of(e, input))]);

    protected override IEnumerable<ExampleRow> Measure(int first, int length, RunContext context)
    {
        AttackResult chunk = Attacked(input.Range(first - input.First, length), context with { Seed = seed, Force = input.Force });
        warnings.Add(chunk.Warnings);
        ExampleResult[] done = [.. chunk.Examples.Where(e => e.Status != ExampleStatus.Interrupted)];
        if (done.Length == 0) return [];
        // Named after a finished example: a chunk that was cut short may be the second to begin at its first one.
        WritePart(first + done[0].Index,
            [
                ("output", chunk.Output.TakeIndices(0, [.. done.Select(e => e.Index)])),
                ("index", Tensor.From([.. done.Select(e => first + e.Index)])),
            ],
            new Dictionary<string, string> { ["warnings"] = warnings.ToString() });
        foreach (ExampleResult e in done) outputs[first + e.Index] = chunk.Output.TakeIndices(0, [e.Index]);
        return done.Select(e => ExampleRow.Of(e with { Index = first + e.Index }, input));
    }

    /// <inheritdoc/>
    public override void Settle()
    {
        string[] parts = Directory.GetFiles(Folder.Path, RunFolder.Parts);
        int[] all = [.. Rows.Select(row => row.Index)];
        WritePart(Range.First, [("output", Ops.Concat([.. all.Select(index => outputs[index])], 0)), ("index", Tensor.From(all))],
            new Dictionary<string, string> { ["warnings"] = warnings.ToString() });
        OutputFile.Guard(Folder.Path, () =>
        {
            foreach (string part in parts.Where(part => part != Part(Range.First))) File.Delete(part);
        });
    }

    protected override ExampleRow? Restored(ExampleRow row) => outputs.ContainsKey(row.Index) ? row : null;

    private AttackResult Attacked(AttackInput part, RunContext run) => attack.Run(classifier, part.Examples(), run);
}
