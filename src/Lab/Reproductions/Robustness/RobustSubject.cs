using MiniGrad.Data;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>What a network is for the study, in the order of the tables.</summary>
internal enum RobustRole
{
    Standard,
    Twin,
    Adversarial,
    Trades,
    Deeper,
    Also,
}

/// <summary>A network of the study.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Weights">The name of its weights, also of its files.</param>
/// <param name="Classifier">Behind its normalisation, in single precision: what attacks within a radius see.</param>
/// <param name="Precise">The same in double precision: what distances, directions and regions are measured with.</param>
/// <param name="Sha256">The hash of its weights.</param>
internal sealed record RobustSubject(RobustRole Role, string Weights, Classifier Classifier, Classifier Precise, string Sha256)
{
    private const string What = "reproduce robustness";

    /// <summary>Whether everything is measured of it, or only how far boundaries are, universal perturbations and attacks.</summary>
    public bool IsWhole => Role is RobustRole.Standard or RobustRole.Adversarial;

    /// <summary>For readers.</summary>
    public string Title => Role switch
    {
        RobustRole.Standard => $"standard ({Weights})",
        RobustRole.Twin => $"standard, wider ({Weights})",
        RobustRole.Adversarial => $"adversarial in L∞ ({Weights})",
        RobustRole.Trades => $"TRADES ({Weights})",
        RobustRole.Deeper => $"standard, deeper ({Weights})",
        _ => Weights,
    };

    private static (RobustRole Role, string Weights)[] Rows(string dataSet) => dataSet switch
    {
        "mnist" =>
        [
            (RobustRole.Standard, "lenet5-mnist"), (RobustRole.Twin, "lenet-lite-mnist"), (RobustRole.Adversarial, "lenet-lite-mnist-at"),
            (RobustRole.Trades, "lenet-lite-mnist-trades"),
        ],
        "cifar-10" =>
        [
            (RobustRole.Standard, "resnet8-cifar"), (RobustRole.Adversarial, "resnet8-cifar-at"), (RobustRole.Deeper, "resnet20-cifar"),
        ],
        _ => [(RobustRole.Standard, $"lenet5-{dataSet}")],
    };

    /// <summary>The shipped networks for a data set, in the order of the tables, and others behind them.</summary>
    /// <param name="dataSet">"mnist", "fashion" or "cifar-10".</param>
    /// <param name="data">Its test images.</param>
    /// <param name="also">Files of weights or names of shipped ones, with the name of the network before a = where it is needed.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="note">Told what was decided on the way.</param>
    /// <exception cref="InputException">The standard network is not there.</exception>
    /// <exception cref="UsageException">Weights do not say which network they are of, do not fit the data, or are named twice.</exception>
    public static IReadOnlyList<RobustSubject> All(
        string dataSet, ImageDataSet data, IReadOnlyList<string> also, Device device, Action<string> note)
    {
        (RobustRole Role, string Weights)[] rows = Rows(dataSet);
        IReadOnlyList<StudyNetwork<RobustRole>> single = StudyNetwork<RobustRole>.Shipped(What, rows, device);
        IReadOnlyList<StudyNetwork<RobustRole>> precise = StudyNetwork<RobustRole>.Shipped(What, rows, device, DType.F64);
        List<RobustSubject> subjects = [.. single.Zip(precise, Of)];
        if (subjects.Count == 0 || subjects[0].Role != RobustRole.Standard)
        {
            throw new InputException($"{What}: the standard network for {dataSet}, {rows[0].Weights}, is not shipped. "
                + $"Train it with minigrad train {rows[0].Weights}, and add it with weights add.");
        }
        IReadOnlyList<StudyNetwork<RobustRole>> others = StudyNetwork<RobustRole>.Others(
            RobustRole.Also, also, [.. subjects.Select(s => s.Weights)], data, device, note);
        subjects.AddRange(others.Select((other, k) =>
            Of(other, StudyNetwork<RobustRole>.Other(RobustRole.Also, also[k], data, device, _ => { }, DType.F64))));
        return subjects;
    }

    private static RobustSubject Of(StudyNetwork<RobustRole> single, StudyNetwork<RobustRole> precise) =>
        new(single.Role, single.Weights, new Classifier(single.Network), new Classifier(precise.Network), single.Sha256);
}
