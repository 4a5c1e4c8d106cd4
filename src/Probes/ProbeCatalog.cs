using MiniGrad.Probes.Curvature;
using MiniGrad.Probes.Directions;
using MiniGrad.Probes.Jacobians;
using MiniGrad.Probes.Regions;
using MiniGrad.Probes.Spatial;
using MiniGrad.Probes.Universal;

namespace MiniGrad.Probes;

/// <summary>
/// A measurement of the geometry of a classifier at single images. A probe is a record of settings, which prints itself
/// as the configuration line of a run; classifier and image arrive at the call. Derive from <see cref="Probe{TRow}"/>.
/// </summary>
public abstract record Probe
{
    internal Probe()
    {
    }

    /// <summary>The type of what it finds.</summary>
    internal abstract Type RowType { get; }

    /// <summary>Throws, naming the first setting that makes no sense, before anything is computed.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public virtual void Check(Classifier classifier)
    {
    }

    /// <summary>How many images are best measured together.</summary>
    internal virtual int Together => 1;

    /// <summary>Whether it finds one row for all images, in place of one for each.</summary>
    internal virtual bool IsOfSet => false;

    internal abstract IEnumerable<object> MeasureAny(Classifier classifier, Tensor images, int[] labels, RunContext run);

    /// <summary>
    /// What a report says of all rows together, for probes whose numbers have no mean; none where mean and deviation say enough.
    /// </summary>
    internal virtual ProbeSummary? Summarise(IReadOnlyList<object> rows) => null;
}

/// <summary>Medians of a probe's numbers over a run, in place of means.</summary>
/// <param name="Medians">The numbers, by names in snake_case.</param>
/// <param name="Values">Single numbers, such as what a law would give.</param>
/// <param name="Note">What a reader must know of them.</param>
internal sealed record ProbeSummary(
    IReadOnlyList<(string Name, MedianSpread Spread)> Medians, IReadOnlyList<(string Name, double Value)> Values, string Note);

/// <summary>A probe that finds a row of numbers at each image: a record, which is the schema of the lines of a run.</summary>
public abstract record Probe<TRow> : Probe where TRow : class
{
    internal sealed override Type RowType => typeof(TRow);

    /// <summary>What the probe finds at one image. It must depend on nothing but the arguments.</summary>
    /// <param name="classifier">The network.</param>
    /// <param name="image">One image, [1, C, H, W], within the classifier's pixel box.</param>
    /// <param name="label">Its true class.</param>
    /// <param name="rng">Random numbers of this image.</param>
    public abstract TRow Measure(Classifier classifier, Tensor image, int label, Rng rng);

    /// <summary>
    /// What the probe finds at each of the images [N, …], in their order: the same bits however they are cut into calls.
    /// </summary>
    /// <param name="classifier">The network.</param>
    /// <param name="images">Images within the classifier's pixel box.</param>
    /// <param name="labels">Their true classes.</param>
    /// <param name="run">Seed, number of the first image, cancellation, and how much is looked at together.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public virtual IReadOnlyList<TRow> MeasureAll(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        run ??= new RunContext();
        TRow[] rows = new TRow[labels.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            rows[i] = Measure(classifier, images.Take(0, new AxisRange(i, 1)).Contiguous(), labels[i], run.ExampleRng(i));
        }
        return rows;
    }

    internal sealed override IEnumerable<object> MeasureAny(Classifier classifier, Tensor images, int[] labels, RunContext run) =>
        MeasureAll(classifier, images, labels, run);
}

/// <summary>A probe that measures a set of images as a whole, such as what one perturbation does to all of them.</summary>
public abstract record SetProbe<TResult> : Probe where TResult : class
{
    internal sealed override Type RowType => typeof(TResult);

    internal sealed override bool IsOfSet => true;

    /// <summary>What the probe finds. It must depend on nothing but the arguments, nor on how much is looked at together.</summary>
    /// <param name="classifier">The network.</param>
    /// <param name="images">Images [N, …] within the classifier's pixel box.</param>
    /// <param name="labels">Their true classes.</param>
    /// <param name="run">Seed, cancellation, and how much is looked at together.</param>
    public abstract TResult Measure(Classifier classifier, Tensor images, int[] labels, RunContext? run = null);

    internal sealed override IEnumerable<object> MeasureAny(Classifier classifier, Tensor images, int[] labels, RunContext run) =>
        [Measure(classifier, images, labels, run)];
}

/// <summary>One row of the probe catalogue: the name on the command line, the record's type, what it measures, its paper.</summary>
public sealed record ProbeEntry(string Name, Type Type, string Description, string Paper);

/// <summary>The probes that can be named: help texts and tests read this list. Users add their own with <see cref="Add"/>.</summary>
public static class ProbeCatalog
{
    private static readonly Lock Guard = new();
    private static readonly SortedDictionary<string, ProbeEntry> Entries = new(StringComparer.Ordinal);

    static ProbeCatalog()
    {
        Add(new("curvature", typeof(BoundaryCurvature),
            "how the boundaries between the predicted class and the others bend around images", "Fawzi et al., CVPR 2018"));
        Add(new("directions", typeof(RandomLines),
            "how much further the boundary is along random lines than in the worst direction", "Fawzi et al., NeurIPS 2016"));
        Add(new("jacobian", typeof(JacobianSpectrum),
            "the singular values of the logits' Jacobian, and where its first vector points", "Khrulkov and Oseledets, CVPR 2018"));
        Add(new("landscape", typeof(LossLandscape),
            "how rough the loss is over rotations and shifts of images", "Engstrom et al., arXiv:1712.02779"));
        Add(new("normals", typeof(NormalsProbe),
            "how few directions the nearest boundaries of many images lie in", "Moosavi-Dezfooli et al., arXiv:1610.08401"));
        Add(new("sphere-width", typeof(SphereWidth),
            "the confidence on spheres across its gradient around images", "null-space study of the LST authors"));
        Add(new("subspace", typeof(SubspaceRobustness),
            "how much further the boundary is within random subspaces", "Fawzi et al., NeurIPS 2016"));
        Add(new("universal", typeof(UniversalProbe),
            "what one perturbation does to all images, and how small it may be", "Moosavi-Dezfooli et al., arXiv:1610.08401"));
    }

    /// <summary>All probes, in the order of their names.</summary>
    public static IReadOnlyList<ProbeEntry> All
    {
        get
        {
            lock (Guard) return [.. Entries.Values];
        }
    }

    /// <summary>Adds a probe, or replaces the one of the same name.</summary>
    /// <exception cref="ArgumentException">The type is no probe.</exception>
    public static void Add(ProbeEntry entry)
    {
        if (!entry.Type.IsSubclassOf(typeof(Probe))) Throw.Argument($"probe: {entry.Type.Name} does not derive from Probe<TRow>.");
        lock (Guard) Entries[entry.Name] = entry;
    }

    /// <summary>Takes a probe out again; returns whether it was there.</summary>
    public static bool Remove(string name)
    {
        lock (Guard) return Entries.Remove(name);
    }

    /// <summary>The probe of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static ProbeEntry Find(string name)
    {
        lock (Guard)
        {
            if (Entries.TryGetValue(name, out ProbeEntry? entry)) return entry;
            throw new ArgumentException(Suggestion.Unknown("probe", name, Entries.Keys));
        }
    }
}
