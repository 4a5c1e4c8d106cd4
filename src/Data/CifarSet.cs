using System.Globalization;

namespace MiniGrad.Data;

/// <summary>
/// CIFAR-10 (Krizhevsky, 2009) by name: <c>cifar-10</c> is all five training batches, <c>cifar-10:1-4</c> or
/// <c>cifar-10:1,2,4</c> those that are listed. The test set is the same for all.
/// </summary>
internal static class CifarSet
{
    public const string Name = "cifar-10";
    public const string MetaFile = "batches.meta.txt";

    private const int BatchCount = 5;

    public static IReadOnlyList<string> ClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The canonical name with its batches for a list such as "1,2,4" or "1-4"; else what is wrong with the list.</summary>
    public static (string? Name, string Problem) Resolve(string list)
    {
        SortedSet<int> batches = [];
        foreach (string part in list.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryBatch(ends[0], out int first) || !TryBatch(ends[^1], out int last) || last < first)
            {
                return (null, $"data: \"{Name}:{list}\": \"{part}\" names no training batches. "
                    + $"Name some of 1 to {BatchCount}, such as {Name}:1-4 or {Name}:1,2,4.");
            }
            for (int batch = first; batch <= last; batch++)
            {
                if (!batches.Add(batch))
                {
                    return (null, $"data: \"{Name}:{list}\" names batch {batch} twice. Name each once, such as {Name}:1-4.");
                }
            }
        }
        return (batches.Count == BatchCount ? Name : $"{Name}:{Short([.. batches])}", "");
    }

    /// <summary>One part of the set, from the first of the places that has it.</summary>
    public static ImageDataSet Open(string resolved, Split split, string folder)
    {
        int[] batches = [.. Batches(resolved)];
        string[] files = split == Split.Test ? ["test_batch.bin"] : Array.ConvertAll(batches, FileOf);
        string[] places =
            [Path.Combine(folder, Name), Path.Combine(folder, Name, "cifar-10-batches-bin"), Path.Combine(folder, "cifar-10-batches-bin")];
        string name = split == Split.Test ? Name : resolved;
        foreach (string place in places)
        {
            if (!Array.TrueForAll(files, file => File.Exists(Path.Combine(place, file)))) continue;
            string meta = Path.Combine(place, MetaFile);
            return Join(name, Array.ConvertAll(files, file => CifarFile.Read(Path.Combine(place, file))),
                File.Exists(meta) ? CifarFile.ReadClassNames(meta) : null);
        }
        foreach (string place in (string[])[.. places, folder])
        {
            string archive = Path.Combine(place, CifarArchive.FileName);
            if (!File.Exists(archive)) continue;
            (CifarBatch[] read, IReadOnlyList<string>? classNames) = CifarArchive.Read(archive, files);
            return Join(name, read, classNames);
        }
        throw Missing(places, files);
    }

    private static ImageDataSet Join(string name, CifarBatch[] batches, IReadOnlyList<string>? classNames)
    {
        byte[] pixels = batches.Length == 1 ? batches[0].Pixels : new byte[batches.Sum(batch => batch.Pixels.Length)];
        int at = 0;
        foreach (CifarBatch batch in batches)
        {
            if (batches.Length > 1) batch.Pixels.CopyTo(pixels, at);
            at += batch.Pixels.Length;
        }
        return new(name, 3, CifarFile.Side, CifarFile.Side, pixels,
            [.. batches.SelectMany(batch => batch.Labels)], classNames ?? ClassNames);
    }

    /// <summary>Which file is missing where most of the set lies, and which training batches could be named instead.</summary>
    private static DataSetException Missing(string[] places, string[] files)
    {
        string place = places.MaxBy(p => Directory.Exists(p) ? 1 + files.Count(file => File.Exists(Path.Combine(p, file))) : 0)!;
        string missing = files.First(file => !File.Exists(Path.Combine(place, file)));
        int[] found = [.. Enumerable.Range(1, BatchCount).Where(batch => File.Exists(Path.Combine(place, FileOf(batch))))];
        string fetch = $"minigrad data fetch {Name}";
        if (files.Length == 1 && missing == "test_batch.bin" || found.Length == 0)
        {
            return new($"{Name}: found neither {missing} in {place} nor {CifarArchive.FileName}. "
                + $"Run \"{fetch}\", or put the files there by hand, or point MINIGRAD_DATA to the folder above.");
        }
        return new($"{Name}: {missing} is missing in {place} (found {string.Join(", ", found)}). "
            + $"Fetch it ({fetch}), or name the batches to use: {Name}:{Short(found)}");
    }

    private static IEnumerable<int> Batches(string resolved)
    {
        if (resolved == Name) return Enumerable.Range(1, BatchCount);
        return resolved[(Name.Length + 1)..].Split(',').SelectMany(part =>
        {
            int[] ends = Array.ConvertAll(part.Split('-'), text => int.Parse(text, CultureInfo.InvariantCulture));
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        });
    }

    /// <summary>"1-4" for 1, 2, 3, 4 and "1,2,4" for 1, 2, 4: three or more neighbours become a range.</summary>
    private static string Short(int[] batches)
    {
        List<string> parts = [];
        for (int i = 0; i < batches.Length;)
        {
            int end = i;
            while (end + 1 < batches.Length && batches[end + 1] == batches[end] + 1) end++;
            if (end - i >= 2) parts.Add($"{batches[i]}-{batches[end]}");
            else for (int j = i; j <= end; j++) parts.Add(batches[j].ToString(CultureInfo.InvariantCulture));
            i = end + 1;
        }
        return string.Join(',', parts);
    }

    private static bool TryBatch(string text, out int batch) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out batch) && batch is >= 1 and <= BatchCount;

    private static string FileOf(int batch) => $"data_batch_{batch}.bin";
}
