using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Regions;

/// <summary>What is measured around a source.</summary>
/// <param name="Walk">The walks whose ends are looked at.</param>
/// <param name="Drop">How far below the source's confidence the region goes.</param>
/// <param name="Points">Points of a simplex.</param>
/// <param name="Intervals">Intervals of a line.</param>
internal sealed record StarSettings(Traversal Walk, double Drop, int Points = 1000, int Intervals = 50);

/// <summary>A run of star shapes, source by source; the walks of several sources are made together.</summary>
internal sealed class StarRun(
    StarSettings settings, Classifier classifier, ProbeImages input, IReadOnlyList<(int Source, int[] Targets)> pairs, RunFolder folder,
    long seed) : Run<StarRow>(folder, pairs.Count)
{
    /// <summary>Walks that are made together.</summary>
    private const int Together = 64;

    public override string Noun => "source";

    protected override string LineNoun => "the star of a source";

    /// <summary>Sources whose walks are made together.</summary>
    public int Chunk => Math.Max(1, Together / pairs[0].Targets.Length);

    /// <summary>The walks of one source again, with their images; lines hold numbers alone.</summary>
    public StarWalks Walks(int source, CancellationToken cancellation) => Walks(source, 1, new() { Cancellation = cancellation })[0];

    /// <summary>The star of walks that ended somewhere.</summary>
    public StarShape Shape(StarWalks walks) => StarShape.Measure(classifier, walks.Source, walks.Ends!,
        input.Images.TakeIndices(0, Array.ConvertAll(walks.Kept, k => walks.Pairs.Targets[k])), input.Labels[walks.Pairs.Source],
        walks.Rng, settings.Intervals);

    protected override IEnumerable<StarRow> Measure(int first, int length, RunContext context)
    {
        StarWalks[] all = Walks(first, length, context);
        for (int k = 0; k < all.Length; k++)
        {
            if (context.Cancellation.IsCancellationRequested) yield break;
            yield return Row(first + k, all[k]);
        }
    }

    private StarWalks[] Walks(int first, int length, RunContext context)
    {
        (int Source, int[] Targets)[] chosen = [.. pairs.Skip(first).Take(length)];
        int each = chosen[0].Targets.Length;
        int[] sources = [.. chosen.SelectMany(one => Enumerable.Repeat(one.Source, each))];
        Examples examples = new(input.Images.TakeIndices(0, sources), Array.ConvertAll(sources, s => input.Labels[s]))
        {
            Targets = input.Images.TakeIndices(0, [.. chosen.SelectMany(one => one.Targets)]),
        };
        AttackResult result = settings.Walk.Run(classifier, examples, context with
        {
            Seed = seed,
            FirstIndex = first * each,
            ChunkSize = Together,
            // Sources are counted, not their walks.
            Progress = context.Progress is { } progress
                ? new InlineProgress<RunProgress>(p => progress.Report(p with { Finished = 0, Total = length }))
                : null,
        });
        return [.. chosen.Select((one, k) =>
        {
            ExampleResult[] own = result.Examples[(k * each)..((k + 1) * each)];
            int[] kept = [.. Enumerable.Range(0, each).Where(i => own[i].Counts)];
            return new StarWalks(one, own, kept, input.One(one.Source),
                kept.Length == 0 ? null : result.Output.TakeIndices(0, Array.ConvertAll(kept, i => k * each + i)),
                new Rng(seed).At("star").At(first + k));
        })];
    }

    private StarRow Row(int index, StarWalks walks)
    {
        int label = input.Labels[walks.Pairs.Source];
        StarShape star = walks.Ends is null ? new([], [], []) { SourceConfidence = walks.Walks[0].SourceConfidence } : Shape(walks);
        (StarSimplex walked, StarSimplex random) = (new StarSimplex(0, 0, 0, double.NaN), new StarSimplex(0, 0, 0, double.NaN));
        List<TriangleHull> hulls = [];
        if (walks.Ends is { } ends)
        {
            (HullVolume ofWalks, HullVolume ofRandom) = HullVolume.Measure(
                classifier, walks.Source, ends, label, settings.Drop, walks.Rng, settings.Points);
            (walked, random) = (StarSimplex.Of(ofWalks, ends.Shape[0]), StarSimplex.Of(ofRandom, ends.Shape[0]));
            for (int a = 0; a < ends.Shape[0]; a++)
            {
                for (int b = a + 1; b < ends.Shape[0]; b++)
                {
                    hulls.Add(TriangleHull.Measure(
                        classifier, walks.Source, ends.TakeIndices(0, [a]), ends.TakeIndices(0, [b]), label));
                }
            }
        }
        return new(index, input.Indices[walks.Pairs.Source], label, Array.ConvertAll(walks.Pairs.Targets, t => input.Indices[t]),
            walks.Statuses, Array.ConvertAll(walks.Walks, walk => walk.Rmse), star.SourceConfidence, star.Skipped,
            StarLines.Of(star.Limbs, settings.Drop), StarLines.Of(star.Random, settings.Drop), StarLines.Of(star.Targets, settings.Drop),
            walked, random, StarTriangles.Of([.. hulls], settings.Drop));
    }
}
