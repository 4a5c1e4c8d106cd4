using MiniGrad.Probes;
using MiniGrad.Probes.Jacobians;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The Jacobians of the logits at images, and the directions to the boundaries of all of them together.</summary>
/// <param name="Rows">A row for each image.</param>
/// <param name="Normals">Images with a direction.</param>
/// <param name="Energies">The share of the squares of the singular values that the largest have.</param>
/// <param name="Length">The L2 length of the random vectors: twice the median distance.</param>
/// <param name="Top">The dimension of the span that they are drawn from.</param>
/// <param name="Leading">Shares of images that vectors of the span fool.</param>
/// <param name="Rest">Those of vectors that are orthogonal to it.</param>
internal sealed record JacobianParts(
    JacobianSpectrum.Row[] Rows, int Normals, EnergyInTop[] Energies, double Length, int Top, double[] Leading, double[] Rest)
{
    private static readonly int[] Tops = [1, 5, 10, 20, 50];

    public static JacobianParts Of(
        RobustSetting setting, RobustSubject subject, RobustPreset preset, double distance, Action<int, int> shown, RunContext run)
    {
        Tensor images = setting.Images(preset.Normals);
        int[] labels = setting.Data.Labels[..preset.Normals];
        shown(0, 2);
        JacobianSpectrum.Row[] rows = [.. new JacobianSpectrum().MeasureAll(subject.Precise, images, labels, run)];
        shown(1, 2);
        NormalsMatrix normals = NormalsMatrix.Of(subject.Precise, images, run);
        int most = normals.Decomposition.Values.Length;
        int top = Math.Min(10, most);
        double length = double.IsFinite(distance) && distance > 0 ? 2 * distance : 1;
        SubspaceFooling fooling = normals.Fooling(subject.Precise, new(images, labels), top, length, run: run);
        return new(rows, normals.Rows.Count,
            [.. Tops.Where(m => m <= most).Select(m => new EnergyInTop(m, normals.EnergyInTop(m), normals.RandomEnergyInTop(m)))],
            length, top, [.. fooling.Leading.Select(rate => rate.Share)], [.. fooling.Rest.Select(rate => rate.Share)]);
    }
}

/// <summary>The share of the energy of normals, and of as many random rows, in the first singular values.</summary>
internal sealed record EnergyInTop(int Top, double Normals, double Random);

/// <summary>Paths inside the regions of classes, by the kind of their ends.</summary>
/// <param name="Kinds">The paths of each kind.</param>
/// <param name="Drawn">The path with the most anchors, to look at; none where no path was found.</param>
internal sealed record RegionPaths(PathsOf[] Kinds, DrawnRegionPath? Drawn)
{
    public static RegionPaths Of(RobustSetting setting, RobustSubject subject, RobustPreset preset, Action<int, int> shown, RunContext run)
    {
        Tensor images = setting.Images(preset.Mixtures);
        int[] predicted = RegionPairs.Predicted(subject.Precise, images, run);
        PairKind[] kinds = Enum.GetValues<PairKind>();
        List<(PairKind Kind, ClassPath Path)> all = [];
        foreach (PairKind kind in kinds)
        {
            shown((int)kind, kinds.Length);
            RegionPairs chosen = RegionPairs.Choose(
                predicted, subject.Precise.ClassCount, kind, preset.Pairs, new Rng(run.Seed).At("robustness"));
            all.AddRange(new ClassPaths().Between(subject.Precise, images, chosen.Pairs, run).Select(path => (kind, path)));
        }
        (PairKind Kind, ClassPath Path)[] found = [.. all.Where(p => p.Path.IsFound).OrderByDescending(p => p.Path.Anchors)];
        return new([.. kinds.Select(kind => new PathsOf(kind, [.. all.Where(p => p.Kind == kind).Select(p => PathNumbers.Of(p.Path))]))],
            found.Length == 0 ? null : DrawnRegionPath.Of(found[0].Kind, found[0].Path));
    }
}

/// <summary>The paths of one kind of pair.</summary>
internal sealed record PathsOf(PairKind Kind, PathNumbers[] Paths)
{
    public ClassPathSummary Summary => ClassPathSummary.Of(Paths);
}

/// <summary>The points of a path as images.</summary>
internal sealed record DrawnRegionPath(PairKind Kind, int Class, double RelativeLength, float[][] Points)
{
    /// <summary>Points that are shown of a path.</summary>
    private const int Most = 8;

    public static DrawnRegionPath Of(PairKind kind, ClassPath path)
    {
        float[][] points = [.. path.Points.Cast(DType.F32).ToArray<float>().Chunk((int)(path.Points.Count / path.Points.Shape[0]))];
        int shown = Math.Min(Most, points.Length);
        return new(kind, path.Class, path.RelativeLength,
            [.. Enumerable.Range(0, shown).Select(k => points[k * (points.Length - 1) / Math.Max(1, shown - 1)])]);
    }
}

/// <summary>How often mixtures of images of a class are seen as that class.</summary>
/// <param name="Rows">A row for each class and size.</param>
/// <param name="Accuracy">Of the linear control on its images; NaN of a network.</param>
internal sealed record Mixtures(ConvexityRow[] Rows, double Accuracy)
{
    /// <summary>All classes together, of each size.</summary>
    public IReadOnlyList<ConvexityRow> Totals => new ConvexityResult(Rows).Totals;

    public static Mixtures Of(
        RobustSetting setting, Classifier classifier, RobustPreset preset, RunContext run, double accuracy = double.NaN) =>
        new([.. new RegionConvexity(preset.Draws) { Sizes = RobustSetting.Sizes }
            .Measure(classifier, setting.Images(preset.Mixtures), run).Rows], accuracy);

    /// <summary>Those of a linear classifier on the same images, which must all be hits.</summary>
    public static Mixtures Control(RobustSetting setting, RobustPreset preset, RunContext run)
    {
        LinearControl control = LinearControl.Of(setting.Images(preset.Mixtures), setting.Data.Labels[..preset.Mixtures]);
        return Of(setting, control.Classifier, preset, run, control.Accuracy);
    }
}
