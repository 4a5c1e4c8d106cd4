using MiniGrad.Charts.Planes;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A walk between two of the images that are drawn.</summary>
/// <param name="Source">The number of the source among the drawn images.</param>
/// <param name="Target">That of the target.</param>
/// <param name="Image">Where it ended, as bytes of pixels; empty where it was not made.</param>
/// <param name="Confidence">There, in the source's class.</param>
/// <param name="Limb">Along the straight line from the source; empty where it never moved.</param>
internal sealed record DrawnWalk(int Source, int Target, byte[] Image, double Confidence, double[] Limb);

/// <summary>A walk with its course.</summary>
/// <param name="Iterations">Of the frames.</param>
/// <param name="Frames">Images, as bytes of pixels.</param>
/// <param name="SourceConfidence">At every iteration, …</param>
/// <param name="TargetConfidence">… and in the target's class.</param>
/// <param name="Width">The confidence on spheres around some frames.</param>
internal sealed record DrawnCourse(
    int Source, int Target, int[] Iterations, byte[][] Frames, double[] SourceConfidence, double[] TargetConfidence, PathWidthRow[] Width);

/// <summary>A triangle of the first image and two ends of walks.</summary>
internal sealed record DrawnTriangle(int First, int Second, double Rho, double Angle, double[][] Values);

/// <summary>The walks that are shown of one network: between the first images of some classes.</summary>
/// <param name="Images">The numbers of the images in the data set, one of each class.</param>
/// <param name="Confidence">Of each in its own class.</param>
internal sealed record DrawnWalks(int[] Images, double[] Confidence, DrawnWalk[] Walks, DrawnCourse[] Paths, DrawnTriangle[] Triangles)
{
    /// <summary>Images of the grid; the first one is walked to all others.</summary>
    public const int Grid = 5;

    /// <summary>Limbs of the star at most.</summary>
    private const int Limbs = 9;

    /// <summary>Frames of a path.</summary>
    private const int Frames = 20;

    private static readonly (int Source, int Target)[] PathPairs = [(0, 1), (2, 3), (4, 0)];

    /// <summary>The study's triangles: of the first image and two targets.</summary>
    private static readonly (int First, int Second)[] TrianglePairs = [(1, 2), (2, 3), (3, 4), (1, 3), (1, 4), (2, 4)];

    /// <summary>The walks between the first images of the classes, some with their course.</summary>
    public static DrawnWalks Of(
        Classifier classifier, LevelSetSetting setting, LevelSetPreset preset, int[] set, Action<int, int> progress,
        CancellationToken cancellation)
    {
        int[] images = [.. set.GroupBy(i => setting.Data.Labels[i]).Select(of => of.First()).Take(Limbs + 1)];
        int side = Math.Min(Grid, images.Length);
        (int Source, int Target)[] courses = [.. PathPairs.Where(p => p.Source < side && p.Target < side).Take(preset.Surfaces)];
        (int Source, int Target)[] all =
        [
            .. courses,
            .. Enumerable.Range(0, side).SelectMany(s => Enumerable.Range(0, s == 0 ? images.Length : side).Select(t => (s, t)))
                .Where(p => p.s != p.t && !courses.Contains(p)),
        ];
        AttackInput input = AttackInput.Traversals(
            setting.Data, [.. all.Select(p => new ImagePair(images[p.Source], images[p.Target]))], DType.F32);
        AttackResult result = LevelSetSetting.Walk(preset).Run(classifier, input.Examples(), new()
        {
            Seed = setting.Seed,
            KeepPaths = courses.Length,
            PathEvery = Math.Max(1, preset.Iterations / Frames),
            Cancellation = cancellation,
            Progress = new InlineProgress<RunProgress>(done => progress(done.Iteration, preset.Iterations)),
        });
        cancellation.ThrowIfCancellationRequested();
        DrawnWalk[] walks = [.. all.Select((p, k) => Walk(classifier, setting, images, result, p, k))];
        DrawnCourse[] paths = [.. result.Paths.Select(path =>
            Path(classifier, setting, preset, all[path.Index], setting.Data.Labels[images[all[path.Index].Source]], path))];
        double[] confidence = Logits.Confidence(
            classifier.Logits(setting.Data.Images(images)), Array.ConvertAll(images, i => setting.Data.Labels[i]));
        return new(images, confidence, walks, paths, [.. Spanned(classifier, setting, images, all, result)]);
    }

    /// <summary>The walk between two of the images; none where there is none.</summary>
    public DrawnWalk? Find(int source, int target) => Walks.FirstOrDefault(w => w.Source == source && w.Target == target);

    private static DrawnWalk Walk(
        Classifier classifier, LevelSetSetting setting, int[] images, AttackResult result, (int Source, int Target) pair, int k)
    {
        ExampleResult e = result.Examples[k];
        if (!e.Counts) return new(pair.Source, pair.Target, [], double.NaN, []);
        Tensor end = result.Output.TakeIndices(0, [k]);
        double[] limb = pair.Source != 0 || e.Status == ExampleStatus.NoProgress ? [] : LinearPath.Measure(
            classifier, setting.Data.Images([images[0]]), end, setting.Data.Labels[images[0]]).Confidence;
        return new(pair.Source, pair.Target, Reproductions.Walks.Bytes(end), e.Confidence, limb);
    }

    private static DrawnCourse Path(
        Classifier classifier, LevelSetSetting setting, LevelSetPreset preset, (int Source, int Target) pair, int label, WalkPath path)
    {
        // Spheres around every second frame.
        int[] some = [.. Enumerable.Range(0, path.Images.Length).Where(i => i % 2 == 0 || i == path.Images.Length - 1)];
        WalkPath thin = path with
        {
            ImageIterations = [.. some.Select(i => path.ImageIterations[i])],
            Images = [.. some.Select(i => path.Images[i])],
        };
        PathWidth spheres = new(Directions: preset.Directions) { Radii = setting.SphereRadii };
        PathWidthRow[] width = spheres.Measure(classifier, thin, label, new Rng(setting.Seed).At("width").At(path.Index));
        return new(pair.Source, pair.Target, path.ImageIterations, [.. path.Images.Select(Bytes)], path.SourceConfidence,
            path.TargetConfidence, width);
    }

    private static IEnumerable<DrawnTriangle> Spanned(
        Classifier classifier, LevelSetSetting setting, int[] images, (int Source, int Target)[] all, AttackResult result)
    {
        Tensor source = setting.Data.Images([images[0]]);
        foreach ((int first, int second) in TrianglePairs)
        {
            (int a, int b) = (Array.IndexOf(all, (0, first)), Array.IndexOf(all, (0, second)));
            if (a < 0 || b < 0 || !result.Examples[a].Counts || !result.Examples[b].Counts) continue;
            (Tensor one, Tensor two) = (result.Output.TakeIndices(0, [a]), result.Output.TakeIndices(0, [b]));
            TriangleShape shape = TriangleShape.Between(Pictures.Floats(source), Pictures.Floats(one), Pictures.Floats(two));
            if (shape.IsDegenerate) continue;
            yield return new(first, second, shape.Rho, shape.Angle,
                TriangleHull.Measure(classifier, source, one, two, setting.Data.Labels[images[0]]).Values);
        }
    }

    private static byte[] Bytes(float[] pixels) => Array.ConvertAll(pixels, v => (byte)Math.Round(255 * Math.Clamp(v, 0, 1)));
}
