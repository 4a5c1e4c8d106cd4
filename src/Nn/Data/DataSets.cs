using MiniGrad.Files;

namespace MiniGrad.Data;

/// <summary>The data sets known by name: <c>mnist</c>, <c>fashion</c> (from IDX files), and <c>digits</c>, which needs no files.</summary>
public static class DataSets
{
    private const int DigitsTrainCount = 60_000;
    private const int DigitsTestCount = 10_000;
    private const int DigitsTrainSeed = 1;
    private const int DigitsTestSeed = 2;

    private static readonly string[] FashionNames =
    [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ];

    public static IReadOnlyList<string> Names { get; } = ["mnist", "fashion", "digits"];

    /// <summary>The name under which a set is known here; an alias is resolved, an unknown name is an error that offers the nearest.</summary>
    public static string Resolve(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "fashion-mnist") return "fashion";
        if (Names.Contains(name)) return name;
        string guess = NearestName.Of(name, [.. Names, "fashion-mnist"]) is { } near ? $" Did you mean \"{near}\"?" : "";
        throw new DataSetException($"data: no data set is called \"{name}\".{guess} Known: {string.Join(", ", Names)}.");
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

    /// <summary>Reads or makes one part of a data set; <paramref name="dataDir"/> as in <see cref="Folder"/>.</summary>
    public static ImageDataSet Open(string name, Split split, string? dataDir = null) => Resolve(name) switch
    {
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
            throw new DataSetException($"{name}: {imagesPath} holds {shape[0]} images, but {labelsPath} holds {count[0]} labels. {Again(name)}");
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
