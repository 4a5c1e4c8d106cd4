using MiniGrad.Formats.Weights;

namespace MiniGrad.Nn.Weights;

/// <summary>The weight files that come with the program, and the index that describes them.</summary>
public static class ShippedWeights
{
    /// <summary>The folder with <c>index.json</c>: "weights" beside or above the program, else in the current folder; none if there is none.</summary>
    public static string? Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string weights = Path.Combine(folder.FullName, "weights");
            if (File.Exists(Path.Combine(weights, "index.json"))) return weights;
        }
        return File.Exists(Path.Combine("weights", "index.json")) ? Path.GetFullPath("weights") : null;
    }

    /// <summary>The row of a file in the index beside it, if there is one.</summary>
    public static WeightRecord? Beside(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        string index = Path.Combine(folder, "index.json");
        return File.Exists(index) ? WeightIndex.Load(index).FirstOrDefault(row => Path.GetFullPath(Path.Combine(folder, row.File)) == full) : null;
    }

    /// <summary>A shipped network, its file checked against the index; what asks for it names itself in errors.</summary>
    public static (Network Network, WeightRecord Record) Load(string what, string name, DType type = DType.F32, Device? device = null)
    {
        string folder = Folder() ?? throw new WeightsException($"{what}: the shipped weights are not beside the program: no weights/index.json. Run it from the repository.");
        string index = Path.Combine(folder, "index.json");
        WeightRecord record = WeightIndex.Load(index).FirstOrDefault(row => row.Name == name) ?? throw new WeightsException($"{what}: {index} has no row \"{name}\".");
        record.Verify(folder);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, record.File));
        return (ModelCatalog.Load(record.Architecture, file.ReadAll(), type: type, device: device), record);
    }

    /// <summary>The path of weights that were named: a file, or the name of a row of the shipped index.</summary>
    public static string Locate(string given)
    {
        if (File.Exists(given) || given.Contains('/', StringComparison.Ordinal) || Folder() is not { } folder) return given;
        WeightRecord? row = WeightIndex.Load(Path.Combine(folder, "index.json")).FirstOrDefault(row => row.Name == given);
        return row is null ? given : Path.Combine(folder, row.File);
    }
}
