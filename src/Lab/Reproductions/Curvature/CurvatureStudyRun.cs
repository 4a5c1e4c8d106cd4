using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// Everything that is measured, each part a run folder of its own below the study's: a stopped or killed study goes on
/// with the image it was at.
/// </summary>
internal sealed class CurvatureStudyRun(
    Session session, RunSettings settings, CurvaturePreset preset, string path, long seed, ProgressLine line)
{
    /// <summary>The whole spectra of the first images that the network calls the preset's class.</summary>
    public CurvatureRow[] Spectra(CurvatureSubject subject)
    {
        int[] chosen = subject.PredictedAs(preset.Subject, preset.Spectra);
        return Measure(subject, "spectra", new() { Full = new(), Hessian = subject.Method }, chosen, subject.Images(chosen));
    }

    /// <summary>Detection and relabelling for every perturbation; natural images are measured once for all of them.</summary>
    public List<DetectionResult> Detection(CurvatureSubject subject)
    {
        BoundaryCurvature probe = new() { Average = subject.Average(preset), Hessian = subject.Method };
        Perturbation[] all = Perturbation.All(subject.Epsilon);
        List<(ScoredSet, ScoredSet)>[] repetitions = [.. all.Select(_ => new List<(ScoredSet, ScoredSet)>())];
        for (int s = 0; s < preset.Seeds; s++)
        {
            int[] order = subject.Correct(seed + s);
            int[] natural = order[..preset.PerClass];
            int[] victims = order[preset.PerClass..(2 * preset.PerClass)];
            int[] crafting = order[(2 * preset.PerClass)..(2 * preset.PerClass + 2 * preset.Crafting)];
            ScoredSet calm = Score(subject, Name("natural", s), probe, natural, () => subject.Images(natural));
            for (int a = 0; a < all.Length; a++)
            {
                if (s >= preset.FurtherSeeds && all[a].Kind != "pgd") continue;
                (Perturbation perturbation, int number) = (all[a], s);
                repetitions[a].Add((calm, Score(subject, Name(perturbation.Key, s), probe, victims,
                    () => perturbation.Of(subject, victims, crafting, seed + number, session.Cancellation))));
            }
        }
        return [.. all.SelectMany((perturbation, a) =>
            ((bool[])[false, true]).Select(only => new DetectionResult(perturbation, repetitions[a], seed, only)))];
    }

    /// <summary>The scores of the first repetition's victims before and after the study's PGD.</summary>
    public (double[] Natural, double[] Perturbed) Paired(CurvatureSubject subject)
    {
        BoundaryCurvature probe = new() { Average = subject.Average(preset), Hessian = subject.Method };
        int[] victims = subject.Correct(seed)[preset.PerClass..(2 * preset.PerClass)];
        ScoredSet before = Score(subject, "before-pgd-0", probe, victims, () => subject.Images(victims));
        ScoredSet after = Score(subject, "pgd-0", probe, victims,
            () => throw new InvalidOperationException("curvature study: PGD comes first."));
        return (before.Scores, after.Scores);
    }

    /// <summary>
    /// κ̄ towards the class beyond the nearest boundary point of natural images: at the image, and at that point, where only
    /// this pair's level set is a boundary.
    /// </summary>
    public IReadOnlyList<(double Image, double Boundary)> Boundary(CurvatureSubject subject)
    {
        BoundaryCurvature probe = new() { Average = subject.Average(preset), Hessian = subject.Method };
        int[] chosen = subject.Correct(seed)[..preset.Boundary];
        CurvatureRow[] images = Natural(subject);
        CurvatureRow[] points = Finished(subject, "at-boundary", chosen.Length)
            ?? Measure(subject, "at-boundary", probe, chosen, subject.Images(chosen), atBoundary: true);
        List<(double, double)> pairs = [];
        foreach (CurvatureRow row in points)
        {
            if (row.Missing is not null) continue;
            double Towards(CurvatureRow of) => of.Result.Pairs.First(p => p.Competitor == row.Boundary!.Competitor).Average;
            if (double.IsFinite(Towards(row) + Towards(images[row.Index]))) pairs.Add((Towards(images[row.Index]), Towards(row)));
        }
        return pairs;
    }

    /// <summary>The scores of the first repetition's natural images.</summary>
    public double[] NaturalScores(CurvatureSubject subject) => [.. Natural(subject).Select(row => row.Result.Score)];

    private CurvatureRow[] Natural(CurvatureSubject subject) =>
        Finished(subject, "natural-0", preset.PerClass)
        ?? throw new InvalidOperationException("curvature study: natural images come first.");

    /// <summary>The principal curvatures at the nearest boundary point of the first image, towards the class beyond.</summary>
    public double[]? Profile(CurvatureSubject subject)
    {
        Tensor image = subject.Images([0]);
        if (CurvatureRun.Nearest(subject.Classifier, image, seed) is not { } z) return null;
        BoundaryCurvature probe =
            new() { Full = new(), Hessian = subject.Method, Frames = new([z.Competitor], AllowForeignLabel: true, AllowOutsideBox: true) };
        return probe.Run(subject.Classifier, z.Point, [z.Current])[0].Pairs[0].Principal;
    }

    private static string Name(string key, int repetition) => string.Create(CultureInfo.InvariantCulture, $"{key}-{repetition}");

    private ScoredSet Score(CurvatureSubject subject, string name, BoundaryCurvature probe, int[] indices, Func<Tensor> images)
    {
        // A finished part need not be attacked again.
        if (Finished(subject, name, indices.Length) is { } rows) return new(indices, Originals(subject, indices), rows);
        return new(indices, Originals(subject, indices), Measure(subject, name, probe, indices, images()));
    }

    private static int[] Originals(CurvatureSubject subject, int[] indices) => Array.ConvertAll(indices, i => subject.Predicted[i]);

    private CurvatureRow[]? Finished(CurvatureSubject subject, string name, int count)
    {
        string results = Path.Combine(Folder(subject, name), "results.jsonl");
        if (!File.Exists(Path.Combine(Folder(subject, name), "summary.json")) || !File.Exists(results)) return null;
        CurvatureRow[] rows = [.. File.ReadLines(results).Select(text => CurvatureRow.Read(JsonNode.Parse(text)!.AsObject(), 1, results))];
        return rows.Length == count ? rows : null;
    }

    private CurvatureRow[] Measure(
        CurvatureSubject subject, string name, BoundaryCurvature probe, int[] indices, Tensor images, bool atBoundary = false)
    {
        ProbeImages input = new(subject.Set.Name, subject.Set.ClassNames, images,
            Array.ConvertAll(indices, i => subject.Set.Labels[i]), indices, subject.Set.Sha256);
        JsonObject identity = new()
        {
            ["study"] = "curvature",
            ["preset"] = preset.Name,
            ["part"] = name,
            ["weights_sha256"] = subject.Record.Sha256,
            ["data_sha256"] = subject.Set.Sha256,
            ["seed"] = seed,
        };
        using RunFolder folder = RunFolder.Open(Folder(subject, name),
            RunManifest.Create(session, settings, "reproduce curvature", identity, seed), resume: true);
        CurvatureRun run = new(probe, subject.Classifier, input, folder, atBoundary, sign: 1, seed);
        bool done = run.Execute(1, RunState.On(line, $"{subject.Title}, {name}: "), session.Cancellation);
        session.Cancellation.ThrowIfCancellationRequested();
        if (!done) throw new OperationCanceledException();
        if (!folder.IsComplete && (probe.Full is not null || atBoundary))
        {
            OutputFile.Guard(folder.Path, () => Safetensors.Write(folder.File("tensors.safetensors"), run.Tensors()));
        }
        if (!folder.IsComplete) folder.WriteSummary(new CurvatureSummary(run.Rows, 1).ToJson());
        return [.. run.Rows];
    }

    private string Folder(CurvatureSubject subject, string name) => Path.Combine(path, subject.Key, name);
}
