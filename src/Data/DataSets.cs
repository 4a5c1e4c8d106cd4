using System.Diagnostics.CodeAnalysis;

namespace MiniGrad.Data;

/// <summary>
/// The data sets known by name: <c>mnist</c> and <c>fashion</c> (from IDX files), <c>cifar-10</c> (or some of its training
/// batches: <c>cifar-10:1-4</c>), and <c>digits</c>, which needs no files. With <c>+canvas</c> behind it each image lies in the middle
/// of a black one of twice the sides, so that no rotation or shift moves anything out of it.
/// </summary>
public static class DataSets
{
    /// <summary>What stands behind the name of a set whose images lie on a canvas.</summary>
    private const string Canvas = "+canvas";

    private const int DigitsTrainCount = 60_000;
    private const int DigitsTestCount = 10_000;
    private const int DigitsTrainSeed = 1;
    private const int DigitsTestSeed = 2;

    private static readonly string[] FashionNames =
    [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["fashion-mnist"] = "fashion",
        ["cifar10"] = CifarSet.Name,
    };

    /// <summary>The data sets that <c>Open</c> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mnist", "fashion", "digits", CifarSet.Name];

    /// <summary>
    /// The name under which a set is known here; an alias is resolved, an unknown name is an error that offers the nearest.
    /// </summary>
    public static string Resolve(string name) =>
        TryResolve(name, out string? known, out string? problem) ? known : throw new DataSetException(problem);

    /// <summary>The name under which a set is known here, or what is wrong with the one that was given.</summary>
    public static bool TryResolve(string name, [NotNullWhen(true)] out string? known, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.EndsWith(Canvas, StringComparison.Ordinal))
        {
            if (!TryResolve(name[..^Canvas.Length], out known, out problem)) return false;
            known += Canvas;
            return true;
        }
        known = WithoutParts(name);
        problem = null;
        if (known == CifarSet.Name && name.Contains(':', StringComparison.Ordinal))
        {
            (known, problem) = CifarSet.Resolve(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        }
        else if (!Names.Contains(known)) (known, problem) = (null, Suggestion.Unknown("data", name, [.. Names]));
        return known is not null;
    }

    /// <summary>The set that a name belongs to, whatever parts of it are listed: "cifar-10" for "cifar10:1-4".</summary>
    public static string WithoutParts(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.EndsWith(Canvas, StringComparison.Ordinal)) return WithoutParts(name[..^Canvas.Length]);
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string set = colon < 0 ? name : name[..colon];
        set = Aliases.GetValueOrDefault(set, set);
        return colon < 0 || set == CifarSet.Name ? set : name;
    }

    /// <summary>The folder that holds the data sets: the given one, else MINIGRAD_DATA, else "minigrad" in the user's cache.</summary>
    public static string Folder(string? dataDir)
    {
        if (!string.IsNullOrEmpty(dataDir)) return dataDir;
        if (Environment.GetEnvironmentVariable("MINIGRAD_DATA") is { Length: > 0 } set) return set;
        // The XDG base directory specification tells programs to ignore relative paths here.
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(cache ?? ""))
        {
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        }
        return Path.Combine(cache!, "minigrad");
    }

    /// <summary>The classes of a set of that name; none for a name that is not known.</summary>
    public static IReadOnlyList<string>? ClassNames(string name) => TryResolve(name, out string? known, out _) ? WithoutParts(known) switch
    {
        CifarSet.Name => CifarSet.ClassNames,
        "fashion" => FashionNames,
        _ => SyntheticDigits.ClassNames,
    } : null;

    /// <summary>Reads or makes one part of a data set; <paramref name="dataDir"/> as in <see cref="Folder"/>.</summary>
    public static ImageDataSet Open(string name, Split split, string? dataDir = null) => Resolve(name) switch
    {
        { } larger when larger.EndsWith(Canvas, StringComparison.Ordinal) => Open(larger[..^Canvas.Length], split, dataDir).OnCanvas(),
        { } cifar when WithoutParts(cifar) == CifarSet.Name => CifarSet.Open(cifar, split, Folder(dataDir)),
        "digits" when split == Split.Train => SyntheticDigits.Create(DigitsTrainSeed, 0, DigitsTrainCount),
        "digits" => SyntheticDigits.Create(DigitsTestSeed, 0, DigitsTestCount),
        "fashion" => Read("fashion", "fashion-mnist", split, dataDir, FashionNames),
        _ => Read("mnist", "mnist", split, dataDir, SyntheticDigits.ClassNames),
    };

    private static ImageDataSet Read(
        string name, string subfolder, Split split, string? dataDir, IReadOnlyList<string> classNames)
    {
        string folder = Path.Combine(Folder(dataDir), subfolder);
        string prefix = split == Split.Train ? "train" : "t10k";
        string imagesPath = Find(name, folder, $"{prefix}-images-idx3-ubyte");
        string labelsPath = Find(name, folder, $"{prefix}-labels-idx1-ubyte");
        (int[] shape, byte[] pixels) = ReadRank(name, imagesPath, 3, "images");
        (int[] count, byte[] labels) = ReadRank(name, labelsPath, 1, "labels");
        if (shape[1] < 1 || shape[2] < 1)
        {
            throw new DataSetException($"{name}: {imagesPath} holds images of {shape[1]} × {shape[2]} pixels. {Again(name)}");
        }
        if (shape[0] != count[0])
        {
            throw new DataSetException(
                $"{name}: {imagesPath} holds {shape[0]} images, but {labelsPath} holds {count[0]} labels. {Again(name)}");
        }
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < classNames.Count) continue;
            throw new DataSetException(
                $"{name}: {labelsPath}: label {labels[i]} of image {i} is not one of 0 … {classNames.Count - 1}. {Again(name)}");
        }
        return new(name, 1, shape[1], shape[2], pixels, Array.ConvertAll(labels, label => (int)label), classNames);
    }

    private static (int[] Shape, byte[] Data) ReadRank(string name, string path, int rank, string content)
    {
        (int[] shape, byte[] data) = IdxFile.Read(path);
        if (shape.Length == rank) return (shape, data);
        throw new DataSetException($"{name}: {path} has {shape.Length} axes, but a file of {content} has {rank}. {Again(name)}");
    }

    private static string Find(string name, string folder, string file)
    {
        foreach (string place in (string[])[folder, Path.Combine(folder, "raw")])
        {
            foreach (string candidate in (string[])[file + ".gz", file])
            {
                string path = Path.Combine(place, candidate);
                if (File.Exists(path)) return path;
            }
        }
        throw new DataSetException(
            $"{name}: found neither {file}.gz nor {file} in {folder} or its folder raw. "
            + $"Run \"minigrad data fetch {name}\", or put the file there by hand, or point MINIGRAD_DATA to the folder above.");
    }

    private static string Again(string name) => $"Replace the file, or delete it and run \"minigrad data fetch {name}\".";
}

/// <summary>The part of a data set to learn from, and the part to measure on.</summary>
public enum Split
{
    /// <summary>The part to learn from.</summary>
    Train,

    /// <summary>The part to measure on.</summary>
    Test,
}
