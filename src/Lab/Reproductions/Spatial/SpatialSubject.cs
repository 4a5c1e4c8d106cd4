using MiniGrad.Data;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A way to train a network, in the order of the tables.</summary>
internal enum SpatialRole
{
    Standard,
    NoCrop,
    Aug30,
    Aug40,
    Worst30,
    Worst40,
    Reflect,
    Linf,
    Blur,
    Also,
}

/// <summary>A network of the study.</summary>
/// <param name="Role">How it was trained.</param>
/// <param name="Weights">The name of its weights, also of its files.</param>
/// <param name="Classifier">Behind its normalisation.</param>
/// <param name="Sha256">The hash of its weights.</param>
internal sealed record SpatialSubject(SpatialRole Role, string Weights, Classifier Classifier, string Sha256)
{
    private const string What = "reproduce spatial";

    private static readonly (SpatialRole Role, string Suffix)[] OfLeNet =
    [
        (SpatialRole.Standard, "-shift"), (SpatialRole.NoCrop, "-nocrop"), (SpatialRole.Aug30, "-aug30"), (SpatialRole.Aug40, "-aug40"),
        (SpatialRole.Worst30, "-w10"), (SpatialRole.Worst40, "-w10-40"), (SpatialRole.Reflect, "-reflect"), (SpatialRole.Linf, "-linf"),
        (SpatialRole.Blur, "-blur"),
    ];

    private static readonly (SpatialRole Role, string Suffix)[] OfResNet =
    [
        (SpatialRole.Standard, ""), (SpatialRole.NoCrop, "-flip"), (SpatialRole.Aug30, "-aug30"), (SpatialRole.Worst30, "-w10"),
        (SpatialRole.Linf, "-at"), (SpatialRole.Blur, "-blur"),
    ];

    /// <summary>For readers.</summary>
    public string Title => Role == SpatialRole.Also ? Weights : TitleOf(Role);

    public static string TitleOf(SpatialRole role) => role switch
    {
        SpatialRole.Standard => "standard",
        SpatialRole.NoCrop => "no crop",
        SpatialRole.Aug30 => "augmented (30°)",
        SpatialRole.Aug40 => "augmented (40°)",
        SpatialRole.Worst30 => "worst of ten (30°)",
        SpatialRole.Worst40 => "worst of ten (40°)",
        SpatialRole.Reflect => "worst of ten (mirrored)",
        SpatialRole.Linf => "adversarial in L∞",
        SpatialRole.Blur => "anti-aliased",
        _ => "other",
    };

    /// <summary>The shipped networks for a data set, in the order of the tables, and others behind them.</summary>
    /// <param name="dataSet">"mnist", "fashion" or "cifar-10".</param>
    /// <param name="data">Its test images.</param>
    /// <param name="also">Files of weights or names of shipped ones, with the name of the network before a = where it is needed.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="note">Told what was decided on the way.</param>
    /// <exception cref="InputException">A network is missing that the study cannot do without.</exception>
    /// <exception cref="UsageException">Weights do not say which network they are of, do not fit the data, or are named twice.</exception>
    public static IReadOnlyList<SpatialSubject> All(
        string dataSet, ImageDataSet data, IReadOnlyList<string> also, Device device, Action<string> note)
    {
        (string first, (SpatialRole Role, string Suffix)[] rows) = dataSet == "cifar-10" ? ("resnet8-cifar", OfResNet)
            : ($"lenet5-{dataSet}", OfLeNet);
        string standard = first + rows[0].Suffix;
        // No LeNet-5 that was trained against changes of pixels is shipped, but a LeNet as Madry's is.
        string Of((SpatialRole Role, string Suffix) row) =>
            dataSet == "mnist" && row.Role == SpatialRole.Linf ? "lenet-lite-mnist-at" : first + row.Suffix;
        List<SpatialSubject> subjects = [.. StudyNetwork<SpatialRole>
            .Shipped(What, rows.Select(row => (row.Role, Of(row))), device)
            .Select(Subject)];
        if (subjects.Count == 0 || subjects[0].Role != SpatialRole.Standard)
        {
            throw new InputException($"{What}: the standard network for {dataSet}, {standard}, is not shipped. "
                + $"Train it with minigrad train {standard}, and add it with weights add.");
        }
        subjects.AddRange(StudyNetwork<SpatialRole>.Others(
            SpatialRole.Also, also, [.. subjects.Select(s => s.Weights)], data, device, note).Select(Subject));
        if (subjects.Count > 1) return subjects;
        throw new InputException($"{What}: besides {standard} none of {string.Join(", ", rows.Skip(1).Select(Of))} "
            + "is shipped; one is needed. Train one with minigrad train, add it with weights add, or name another network by --also.");
    }

    /// <summary>Another network by a file or the name of shipped weights; before a = stands the network it belongs to.</summary>
    internal static SpatialSubject Other(string given, ImageDataSet data, Device device, Action<string> note) =>
        Subject(StudyNetwork<SpatialRole>.Other(SpatialRole.Also, given, data, device, note));

    private static SpatialSubject Subject(StudyNetwork<SpatialRole> n) => new(n.Role, n.Weights, new Classifier(n.Network), n.Sha256);
}
