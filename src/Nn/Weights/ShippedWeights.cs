using MiniGrad.Formats.Weights;

namespace MiniGrad.Nn.Weights;

/// <summary>The weight files that come with the program, and the index that describes them.</summary>
internal static class ShippedWeights
{
    private const string IndexName = "index.json";

    /// <summary>The names of the shipped weights; none where there is no index.</summary>
    public static IReadOnlyList<string> Names =>
        Folder() is { } folder ? [.. WeightIndex.Load(Path.Combine(folder, IndexName)).Select(row => row.Name)] : [];

    /// <summary>
    /// The folder with <c>index.json</c>: "weights" beside or above the program, else in
    /// the current folder; none if there is none.
    /// </summary>
    public static string? Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string weights = Path.Combine(folder.FullName, "weights");
            if (File.Exists(Path.Combine(weights, IndexName))) return weights;
        }
        return File.Exists(Path.Combine("weights", IndexName)) ? Path.GetFullPath("weights") : null;
    }

    /// <summary>The row of a file in the index beside it, if there is one.</summary>
    /// <exception cref="WeightIndexException">The index beside the file is damaged.</exception>
    public static WeightRecord? Beside(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        string index = Path.Combine(folder, IndexName);
        return File.Exists(index) ? WeightIndex.Load(index)
            .FirstOrDefault(row => Path.GetFullPath(Path.Combine(folder, row.File)) == full) : null;
    }

    /// <summary>The path of weights that were named: a file, or the name of a row of the shipped index.</summary>
    /// <exception cref="WeightIndexException">The shipped index is damaged.</exception>
    public static string Locate(string given)
    {
        if (File.Exists(given) || given.Contains('/', StringComparison.Ordinal) || Folder() is not { } folder) return given;
        WeightRecord? row = WeightIndex.Load(Path.Combine(folder, IndexName)).FirstOrDefault(row => row.Name == given);
        return row is null ? given : Path.Combine(folder, row.File);
    }

    /// <summary>
    /// A shipped network behind its normalisation, its file checked against the index;
    /// what asks for it names itself in errors.
    /// </summary>
    /// <exception cref="WeightsException">There are no shipped weights, or none of that name.</exception>
    /// <exception cref="WeightIndexException">The index is damaged, or the file is not the one that it describes.</exception>
    public static (Network Network, WeightRecord Record) Load(string what, string name, DType type = DType.F32, Device? device = null)
    {
        string folder = Folder()
            ?? throw new WeightsException(
                $"{what}: the shipped weights are not beside the program: no weights/index.json. Run it from the repository.");
        string index = Path.Combine(folder, IndexName);
        IReadOnlyList<WeightRecord> rows = WeightIndex.Load(index);
        WeightRecord record = rows.FirstOrDefault(row => row.Name == name)
            ?? throw new WeightsException($"{what}: {index} has no row \"{name}\". {Guess(name, [.. rows.Select(row => row.Name)])}");
        return (Load(record, folder, type, device), record);
    }

    /// <summary>
    /// The network of weights that were named, behind its normalisation: shipped ones, or a file that says what it is, by
    /// the index beside it or by the metadata that training writes into it.
    /// </summary>
    internal static Network Load(string given, DType type, Device? device)
    {
        string path = Locate(given);
        if (!File.Exists(path))
        {
            throw new WeightsException($"weights: \"{given}\" is neither a file nor the name of shipped weights. {Guess(given, Names)}");
        }
        if (Beside(path) is { } row) return Load(row, Path.GetDirectoryName(Path.GetFullPath(path))!, type, device);
        using WeightFile file = WeightFile.Open(path);
        return StoredSettings.Load(file, type, device);
    }

    private static Network Load(WeightRecord record, string folder, DType type, Device? device)
    {
        record.Verify(folder);
        using WeightFile file = WeightFile.Open(Path.Combine(folder, record.File));
        ModelSettings settings = new() { BlurPool = StoredSettings.BlurPool(file) };
        return record.Preprocessing.Before(ModelCatalog.Load(record.Architecture, file.ReadAll(), settings, type, device), type);
    }

    private static string Guess(string name, IReadOnlyCollection<string> known)
    {
        if (known.Count == 0) return "Without weights/index.json beside the program, give a file.";
        string guess = Suggestion.Nearest(name, known) is { } near ? $"Did you mean \"{near}\"? " : "";
        return $"{guess}Shipped: {string.Join(", ", known)}.";
    }
}
