using MiniGrad.Data;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A way to train a network, in the order of the study's tables.</summary>
internal enum TrainingMethod
{
    Normal,
    At,
    Trades,
    Msd,
    Ccat,
    LpipsCcat,
    Temperature,
}

/// <summary>A network of the study.</summary>
/// <param name="Method">How it was trained.</param>
/// <param name="Weights">The name of its weights, also of its files.</param>
/// <param name="Network">Behind its normalisation.</param>
/// <param name="Sha256">The hash of its weights.</param>
internal sealed record InvarianceSubject(TrainingMethod Method, string Weights, Network Network, string Sha256)
{
    private static readonly (TrainingMethod Method, string Suffix)[] Suffixes =
    [
        (TrainingMethod.Normal, ""), (TrainingMethod.At, "-at"), (TrainingMethod.Trades, "-trades"), (TrainingMethod.Msd, "-msd"),
        (TrainingMethod.Ccat, "-ccat"), (TrainingMethod.LpipsCcat, "-lpips-ccat"), (TrainingMethod.Temperature, "-temperature"),
    ];

    public Classifier Classifier => field ??= new(Network);

    /// <summary>For readers.</summary>
    public string Title => TitleOf(Method);

    /// <summary>Whether it is one of the four that the published tables have.</summary>
    public bool IsPublished => Method is TrainingMethod.Normal or TrainingMethod.At or TrainingMethod.Msd or TrainingMethod.Ccat;

    public static string TitleOf(TrainingMethod method) => method switch
    {
        TrainingMethod.Normal => "normal",
        TrainingMethod.At => "adversarial",
        TrainingMethod.Trades => "TRADES",
        TrainingMethod.Msd => "MSD",
        TrainingMethod.Ccat => "CCAT",
        TrainingMethod.LpipsCcat => "LPIPS-CCAT",
        _ => "temperature",
    };

    /// <summary>The shipped networks for a data set, in the order of the tables.</summary>
    /// <exception cref="InputException">A network is missing that the study cannot do without.</exception>
    public static IReadOnlyList<InvarianceSubject> All(string dataSet, Device device)
    {
        string first = dataSet == "mnist" ? "lenet-lite-mnist" : "resnet8-cifar";
        InvarianceSubject[] subjects = [.. StudyNetwork<TrainingMethod>
            .Shipped("reproduce invariance", Suffixes.Select(row => (row.Method, first + row.Suffix)), device)
            .Select(n => new InvarianceSubject(n.Role, n.Weights, n.Network, n.Sha256))];
        if (subjects.Length >= 2 && subjects[0].Method == TrainingMethod.Normal) return subjects;
        throw new InputException($"reproduce invariance: of the networks {first} and {first}-… for {dataSet} {subjects.Length} "
            + $"are shipped; a normal and another one are needed. Train them with minigrad train {first}, and add them with weights add.");
    }
}

/// <summary>Everything that the parts of the study stand on.</summary>
/// <param name="Data">The test images.</param>
/// <param name="Subjects">The networks, the normal one first.</param>
/// <param name="Metric">How far images are apart for the eye.</param>
internal sealed record InvarianceSetting(ImageDataSet Data, IReadOnlyList<InvarianceSubject> Subjects, PerceptualMetric Metric, long Seed)
{
    /// <summary>The radius of the attacks in L∞ that the networks were trained against.</summary>
    public double Radius => Data.Channels == 1 ? 0.3 : 0.03;

    /// <summary>The balls that MSD is trained and measured in.</summary>
    public IReadOnlyList<Probes.Attacks.Threat> Balls => Data.Channels == 1
        ? [Probes.Attacks.Threat.Linf(0.3), Probes.Attacks.Threat.L2(2), Probes.Attacks.Threat.L1(10)]
        : [Probes.Attacks.Threat.Linf(0.03), Probes.Attacks.Threat.L2(0.5), Probes.Attacks.Threat.L1(12)];

    /// <summary>The network trained so; none where it is not there.</summary>
    public InvarianceSubject? Find(TrainingMethod method) => Subjects.FirstOrDefault(subject => subject.Method == method);
}
