using System.Diagnostics;
using System.Globalization;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// Runs an attack in chunks into a run folder. Every finished example is on disk before the next chunk starts, its
/// image in a part file and its numbers in the results, so a stopped or killed run loses at most one chunk and goes on
/// to the same bytes.
/// </summary>
internal sealed class AttackRun
{
    private readonly Attack attack;
    private readonly Classifier classifier;
    private readonly AttackInput input;
    private readonly RunFolder folder;
    private readonly int? towards;
    private readonly long seed;
    private readonly SortedDictionary<int, ExampleResult> results = [];
    private readonly Dictionary<int, Tensor> outputs = [];
    private readonly RunWarnings warnings = new();

    public AttackRun(Attack attack, Classifier classifier, AttackInput input, RunFolder folder, int? towards, long seed)
    {
        (this.attack, this.classifier, this.input, this.folder, this.towards, this.seed) = (attack, classifier, input, folder, towards, seed);
        Restore();
    }

    /// <summary>Examples that are finished.</summary>
    public int Finished => results.Count;

    /// <summary>Runs what is left. Returns whether all is done; otherwise it was cancelled and what was finished is kept.</summary>
    public bool Run(int chunkSize, ProgressLine line, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        int before = Finished;
        for (int first = 0; first < input.Count;)
        {
            if (results.ContainsKey(first))
            {
                first++;
                continue;
            }
            int count = 1;
            while (count < chunkSize && first + count < input.Count && !results.ContainsKey(first + count)) count++;
            RunContext run = new()
            {
                Seed = seed,
                FirstIndex = first,
                ChunkSize = chunkSize,
                Force = input.Force,
                Cancellation = cancellation,
                Progress = new InlineProgress<RunProgress>(p => line.Show(() => Progress(p, before, clock))),
            };
            Keep(Chunk(input.Range(first, count), run), first);
            if (cancellation.IsCancellationRequested) return Finished == input.Count;
            first += count;
        }
        return true;
    }

    /// <summary>All examples in order, once all are finished.</summary>
    public AttackResult Result() =>
        new(attack.ToString(), Ops.Concat([.. results.Keys.Select(i => outputs[i])], 0), [.. results.Values], [], warnings.Of([.. results.Values]));

    /// <summary>The course of one walk. Run again on its own: its bits do not depend on the others.</summary>
    public WalkPath? Path(int example)
    {
        if (attack is not Traversal || example < 0) return null;
        AttackResult again = Chunk(input.Range(example, 1), new RunContext { Seed = seed, FirstIndex = example, KeepPaths = 1, Force = true });
        return again.Paths.Count == 0 ? null : again.Paths[0] with { Index = example };
    }

    /// <summary>Puts the lines into the order of the examples, with all that was measured since.</summary>
    public void Write(AttackResult result) => folder.Replace(result.Examples.Select(e => ExampleLine.Of(e, input)));

    private AttackResult Chunk(AttackInput part, RunContext run) => attack.Run(classifier, part.Examples(towards), run);

    private void Keep(AttackResult chunk, int first)
    {
        warnings.Add(chunk.Warnings);
        ExampleResult[] done = [.. chunk.Examples.Where(e => e.Status != ExampleStatus.Interrupted)];
        if (done.Length == 0) return;
        Tensor images = chunk.Output.TakeIndices(0, [.. done.Select(e => e.Index)]);
        // Named after an example that is in no other part: a chunk that was cut short may be the second to begin at this one.
        string name = string.Create(CultureInfo.InvariantCulture, $"part-{first + done[0].Index:D8}.safetensors");
        OutputFile.Guard(folder.Path, () => Safetensors.Write(folder.File(name),
            [("output", images), ("index", Tensor.From([.. done.Select(e => first + e.Index)]))], new Dictionary<string, string> { ["warnings"] = warnings.ToString() }));
        foreach (ExampleResult e in done)
        {
            ExampleResult kept = e with { Index = first + e.Index };
            results[kept.Index] = kept;
            outputs[kept.Index] = chunk.Output.TakeIndices(0, [e.Index]);
            folder.Append(ExampleLine.Of(kept, input));
        }
    }

    private void Restore()
    {
        foreach (string part in Directory.EnumerateFiles(folder.Path, RunFolder.Parts))
        {
            using SafetensorsFile file = SafetensorsFile.Open(part);
            warnings.Add(file.Metadata.GetValueOrDefault("warnings", "").Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Tensor images = file.Read("output");
            int[] indices = file.Read("index").ToArray<int>();
            for (int i = 0; i < indices.Length; i++) outputs[indices[i]] = images.TakeIndices(0, [i]);
        }
        foreach (ExampleResult e in folder.Former.Select(line => ExampleLine.Read(line, folder.File("results.jsonl"))))
        {
            if (outputs.ContainsKey(e.Index)) results[e.Index] = e;
        }
    }

    private string Progress(RunProgress p, int before, Stopwatch clock)
    {
        double done = Finished - before + (p.Iterations == 0 ? p.Finished : (double)p.Iteration / p.Iterations * Math.Min(p.Total, input.Count - Finished));
        string left = done > 0 ? ProgressLine.Duration(clock.Elapsed * ((input.Count - before - done) / done)) : "?";
        return string.Create(CultureInfo.InvariantCulture, $"example {Finished} of {input.Count}  iteration {p.Iteration} of {p.Iterations}  {left} left");
    }
}
