using MiniGrad.Data;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A network that the study knows: shipped weights, or a file of another author in the data folder.</summary>
/// <param name="Weights">The name of shipped weights, or the name of the file.</param>
/// <param name="Training">How it was trained, by its recipe or by its author.</param>
/// <param name="Architecture">The network of the catalogue that a file is of; none for shipped weights, whose index says it.</param>
internal sealed record RosterRow(string Weights, LevelSetTraining Training, string? Architecture = null)
{
    /// <summary>Whether it differs from others in its depth alone.</summary>
    public bool IsDeep { get; init; }

    /// <summary>How tables call it.</summary>
    public string Name => Architecture is null ? Weights : Path.GetFileNameWithoutExtension(Weights);
}

/// <summary>A network of the table that is not in the study, and why.</summary>
internal sealed record AbsentNetwork(string Name, string Reason);

/// <summary>The networks of a study: those of the table that are there, then those that were named.</summary>
internal sealed record LevelSetRoster(IReadOnlyList<LevelSetSubject> Subjects, IReadOnlyList<AbsentNetwork> Absent)
{
    private const string What = "reproduce lst";

    private static readonly LevelSetTraining Ball03 = Robust("adversarial in L∞", 0.3);
    private static readonly LevelSetTraining Ball8 = Robust("adversarial in L∞", 8.0 / 255);
    private static readonly LevelSetTraining Ball2 = Robust("adversarial in L∞", 2.0 / 255);

    /// <summary>All networks that the study knows for a data set, normal ones before robust ones of the same kind.</summary>
    public static IReadOnlyList<RosterRow> Rows(string dataSet) => dataSet switch
    {
        "mnist" =>
        [
            new("lenet5-mnist", LevelSetTraining.Normal), new("lenet-lite-mnist", LevelSetTraining.Normal),
            new("lenet-lite-mnist-at", Ball03), new("lenet-lite-mnist-msd", Robust("MSD in L∞, L2 and L1", 0.3)),
            new("lenet-lite-mnist-ccat", Robust("CCAT in L∞", 0.3)), new("vit-mnist", LevelSetTraining.Normal), new("vit-mnist-at", Ball03),
        ],
        "fashion" => [new("lenet5-fashion", LevelSetTraining.Normal), new("lenet5-fashion-linf", Robust("adversarial in L∞", 0.1))],
        "cifar-10" =>
        [
            new("resnet20-cifar", LevelSetTraining.Normal), new("resnet8-cifar", LevelSetTraining.Normal), new("resnet8-cifar-at", Ball8),
            new("resnet8-cifar-msd", Robust("MSD in L∞, L2 and L1", 0.03)), new("vit-cifar", LevelSetTraining.Normal),
            new("vit-cifar-at", Ball8),
            new("resnet20-12fca82f.th", LevelSetTraining.Normal, "resnet20-cifar"),
            new("resnet32-d509ac18.th", LevelSetTraining.Normal, "resnet32-cifar") { IsDeep = true },
            new("resnet44-014dd654.th", LevelSetTraining.Normal, "resnet44-cifar") { IsDeep = true },
            new("resnet56-4bfd9763.th", LevelSetTraining.Normal, "resnet56-cifar"),
            new("cct_4_3x1_84.59.pt", LevelSetTraining.Normal, "cct-4-3x1"),
            new("cifar_cnn_a_adv.model", Robust("adversarial (PGD)"), "cnn-a-cifar"),
            new("cifar_conv_small_pgd.pth", Robust("adversarial (PGD)"), "cnn-small-cifar"),
            new("resnet2b.pth", Ball2, "resnet2b"), new("resnet4b.pth", Ball2, "resnet4b"),
            new("vit_pgd_2_3_16.safetensors", Robust("adversarial (PGD)"), "vnncomp-vit-2-3-16"),
            new("vit_ibp_3_3_8.safetensors", Robust("certified (IBP)"), "vnncomp-vit-3-3-8"),
        ],
        "imagenet" =>
        [
            new("squeezenet1_1.safetensors", LevelSetTraining.Normal, "squeezenet1_1"),
            new("mobilenet_v1_0.25_224.safetensors", LevelSetTraining.Normal, "mobilenet-v1-0.25"),
        ],
        _ => [],
    };

    /// <summary>The networks that are there.</summary>
    /// <param name="dataSet">The name of the data set.</param>
    /// <param name="data">Its images, which all networks must fit.</param>
    /// <param name="dataFolder">The folder whose folder <c>weights</c> holds files of other authors.</param>
    /// <param name="hasDeep">Whether networks that differ in their depth alone take part.</param>
    /// <param name="also">More normal networks: files or shipped names, with the network before a = where it is needed.</param>
    /// <param name="alsoRobust">More robust networks.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="note">Told what was decided on the way.</param>
    /// <exception cref="UsageException">Weights do not say which network they are of, do not fit the data, or are named twice.</exception>
    /// <exception cref="InputException">There is no network at all.</exception>
    public static LevelSetRoster Of(
        string dataSet, ImageDataSet data, string dataFolder, bool hasDeep, IReadOnlyList<string> also, IReadOnlyList<string> alsoRobust,
        Device device, Action<string> note)
    {
        List<LevelSetSubject> subjects = [];
        List<AbsentNetwork> absent = [];
        foreach (RosterRow row in Rows(dataSet))
        {
            string file = Path.Combine(dataFolder, "weights", dataSet, row.Weights);
            if (Missing(row, file, hasDeep) is { } reason)
            {
                absent.Add(new(row.Name, reason));
                continue;
            }
            if (row.Architecture is null)
            {
                (Network network, WeightRecord record) = ShippedWeights.Load(What, row.Weights, device: device);
                subjects.Add(new(row.Weights, record.Architecture, row.Training, new(network), record.Sha256));
                continue;
            }
            // How pixels are normalised is the custom of the network's home, which the table of networks has.
            LoadedModel loaded = new ModelSource(file) { Name = row.Architecture }
                .Load(device, DType.F32, _ => { }, _ => new Shape(data.Channels, data.Height, data.Width));
            DataFit.Check(loaded.Network, row.Weights, data);
            subjects.Add(new(row.Name, row.Architecture, row.Training, new(loaded.Network), loaded.Sha256));
        }
        void Add(IReadOnlyList<string> given, LevelSetTraining training) => subjects.AddRange(StudyNetwork<LevelSetTraining>
            .Others(training, given, subjects.Select(s => s.Weights), data, device, note)
            .Select(other => new LevelSetSubject(other.Weights, other.Architecture, training, new(other.Network), other.Sha256)));
        Add(also, LevelSetTraining.Normal);
        Add(alsoRobust, Robust("robust, as given"));
        if (subjects.Count > 0) return new(subjects, absent);
        throw new InputException($"{What}: none of the networks for {dataSet} is there: "
            + $"{string.Join("; ", absent.Select(a => $"{a.Name}: {a.Reason}"))}. Name one by --also.");
    }

    /// <summary>Why a network cannot take part; nothing where it can.</summary>
    private static string? Missing(RosterRow row, string file, bool hasDeep)
    {
        if (row.IsDeep && !hasDeep) return "left to the preset full";
        if (row.Architecture is null) return ShippedWeights.Names.Contains(row.Weights) ? null : "not shipped";
        if (!File.Exists(file)) return "not in the data folder";
        return ModelCatalog.All.Any(entry => entry.Name == row.Architecture) ? null : $"no network {row.Architecture} in the catalogue";
    }

    private static LevelSetTraining Robust(string words, double? radius = null) => new(TrainingKind.Robust, words, radius);
}
