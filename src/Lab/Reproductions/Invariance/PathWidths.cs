using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The widths of the walks of one network.</summary>
/// <param name="Widths">
/// Of each pair the mean over the walk of the radius at which 5 % of the points across it have lost half of the confidence; NaN
/// where no walk was made.
/// </param>
/// <param name="Shown">The rows of the first walk, its spheres in the tangent space of the level set.</param>
/// <param name="Across">The same with spheres across the direction of travel.</param>
internal sealed record PathWidths(double[] Widths, PathWidthRow[] Shown, PathWidthRow[] Across)
{
    /// <summary>Steps between two images whose surroundings are measured.</summary>
    public const int Every = 10;

    public static double[] Radii(int channels) => channels == 1 ? [1, 2, 3, 4, 5, 6, 8, 10, 12, 15] : [5, 10, 15, 20, 25, 30];

    public static PathWidths Of(
        InvarianceSubject subject, InvarianceSetting setting, int[] targets, int paths, int directions, Action<int, int> progress,
        CancellationToken cancellation)
    {
        ImagePair[] pairs = Pairs(setting, targets, paths);
        AttackInput input = AttackInput.Traversals(setting.Data, pairs, DType.F32);
        AttackResult walked = new Nspgd().Run(subject.Classifier, input.Examples(),
            new()
            {
                Seed = setting.Seed,
                ChunkSize = pairs.Length,
                KeepPaths = pairs.Length,
                PathEvery = Every,
                Cancellation = cancellation,
            });
        cancellation.ThrowIfCancellationRequested();
        PathWidth tangent = new(Directions: directions) { Radii = Radii(setting.Data.Channels) };
        double[] widths = new double[pairs.Length];
        Array.Fill(widths, double.NaN);
        (PathWidthRow[] shown, PathWidthRow[] across) = ([], []);
        foreach (WalkPath path in walked.Paths)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(path.Index, pairs.Length);
            Rng rng = new Rng(setting.Seed).At("widths").At(path.Index);
            PathWidthRow[] rows = tangent.Measure(subject.Classifier, path, input.Labels[path.Index], rng);
            widths[path.Index] = rows.GroupBy(row => row.Iteration).Select(around => HalfWidth([.. around]))
                .Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
            if (shown.Length > 0) continue;
            shown = rows;
            across = (tangent with { Normal = SphereNormal.Travel }).Measure(subject.Classifier, path, input.Labels[path.Index], rng);
        }
        return new(widths, shown, across);
    }

    /// <summary>
    /// The radius at which the lower quantile falls to half of the confidence at the centre, on straight lines between the radii; the
    /// largest radius where it does not. NaN where a sphere is undefined.
    /// </summary>
    public static double HalfWidth(IReadOnlyList<PathWidthRow> around)
    {
        if (around.Any(row => double.IsNaN(row.Low))) return double.NaN;
        double half = around[0].Low / 2;
        for (int k = 1; k < around.Count; k++)
        {
            (PathWidthRow inner, PathWidthRow outer) = (around[k - 1], around[k]);
            if (!(outer.Low < half)) continue;
            return inner.Radius + (outer.Radius - inner.Radius) * (inner.Low - half) / (inner.Low - outer.Low);
        }
        return around[^1].Radius;
    }

    /// <summary>Source and target of every walk: sources in turn over the classes, each towards the next class.</summary>
    private static ImagePair[] Pairs(InvarianceSetting setting, int[] targets, int count)
    {
        int classes = setting.Data.ClassCount;
        return [.. Enumerable.Range(0, count).Select(k =>
        {
            (int label, int number) = (k % classes, k / classes);
            int source = Enumerable.Range(0, setting.Data.Count)
                .Where(i => setting.Data.Labels[i] == label && !targets.Contains(i)).ElementAt(number);
            return new ImagePair(source,
                targets[(label + 1 + number) % classes == label ? (label + 1) % classes : (label + 1 + number) % classes]);
        })];
    }
}
