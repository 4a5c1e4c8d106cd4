using MiniGrad.Probes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Of what a network is built.</summary>
internal enum NetworkFamily
{
    Cnn,
    Transformer,
    Mlp,
}

/// <summary>Whether a network was trained to withstand changes.</summary>
internal enum TrainingKind
{
    Normal,
    Robust,
}

/// <summary>How a network was trained.</summary>
/// <param name="Words">For readers.</param>
/// <param name="Radius">The radius in L∞ that it was trained for, pixels in [0, 1]; none where it is not stated.</param>
internal sealed record LevelSetTraining(TrainingKind Kind, string Words, double? Radius = null)
{
    public static LevelSetTraining Normal { get; } = new(TrainingKind.Normal, "normal");
}

/// <summary>A network of the study.</summary>
/// <param name="Weights">The name of its weights, also of its files.</param>
/// <param name="Architecture">Its name in the catalogue: a robust network is compared with the normal one of the same.</param>
/// <param name="Classifier">Behind its normalisation.</param>
/// <param name="Sha256">The hash of its weights.</param>
internal sealed record LevelSetSubject(
    string Weights, string Architecture, LevelSetTraining Training, Classifier Classifier, string Sha256)
{
    public bool IsRobust => Training.Kind == TrainingKind.Robust;

    public NetworkFamily Family => FamilyOf(Architecture);

    /// <summary>For readers.</summary>
    public string Title => IsRobust ? $"{Weights} (robust)" : Weights;

    public static string TitleOf(NetworkFamily family) => family switch
    {
        NetworkFamily.Cnn => "convolutional",
        NetworkFamily.Transformer => "transformer",
        _ => "fully connected",
    };

    /// <summary>What a network of the catalogue is built of, by its name.</summary>
    public static NetworkFamily FamilyOf(string architecture) => architecture switch
    {
        _ when architecture.StartsWith("mlp", StringComparison.Ordinal) => NetworkFamily.Mlp,
        _ when architecture.StartsWith("deit-", StringComparison.Ordinal) || architecture.StartsWith("cct-", StringComparison.Ordinal)
            || architecture.Contains("vit-", StringComparison.Ordinal) => NetworkFamily.Transformer,
        _ => NetworkFamily.Cnn,
    };
}
