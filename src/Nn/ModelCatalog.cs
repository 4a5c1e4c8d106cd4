using MiniGrad.Formats.Weights;
using MiniGrad.Nn.Networks;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Nn;

/// <summary>The networks that can be named. Users add their own with <see cref="Add(ModelEntry)"/>.</summary>
public static class ModelCatalog
{
    private static readonly Lock Guard = new();
    private static readonly SortedDictionary<string, ModelEntry> Entries = new(StringComparer.Ordinal);
    private static readonly List<ModelFamily> Families = [];

    static ModelCatalog()
    {
        foreach (ModelEntry entry in StandardModels.All) Add(entry);
        foreach (ModelFamily family in StandardModels.Families) AddFamily(family);
    }

    /// <summary>The networks with a name of their own, and the best known members of families, by name.</summary>
    public static IReadOnlyList<ModelEntry> All
    {
        get
        {
            lock (Guard)
            {
                return [.. Entries.Values.Concat(Families.SelectMany(family => family.Members.Select(name => family.Find(name)!)))
                    .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>What can be asked for: names, and families as patterns and by their best known members.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            lock (Guard)
            {
                return [.. Entries.Keys.Concat(Families.SelectMany(family => family.Members.Append(family.Pattern)))
                    .Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Adds a network, or replaces the one of the same name.</summary>
    public static void Add(ModelEntry entry)
    {
        lock (Guard) Entries[entry.Name] = entry;
    }

    /// <summary>Adds networks whose name holds numbers; names of their own go first.</summary>
    internal static void AddFamily(ModelFamily family)
    {
        lock (Guard) Families.Add(family);
    }

    /// <summary>The network of that name, or of a family that knows the name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static ModelEntry Find(string name)
    {
        lock (Guard)
        {
            if (Entries.TryGetValue(name, out ModelEntry? entry)) return entry;
            if (Families.Select(family => family.Find(name)).FirstOrDefault(found => found is not null) is { } member) return member;
        }
        throw new ArgumentException(Suggestion.Unknown("model", name, Names));
    }

    /// <summary>A network with fresh weights.</summary>
    public static Network Create(string name, long seed, ModelSettings? settings = null, DType type = DType.F32, Device? device = null) =>
        Find(name).Build(Params.Fresh(seed, type, device), settings ?? new());

    /// <summary>
    /// A trained network behind its normalisation, so that it takes pixels in [0, 1], by the name of shipped weights, such as
    /// <c>lenet5-mnist</c>; or by the path of a file that the index beside it describes or that training wrote.
    /// </summary>
    /// <exception cref="WeightsException">It is neither; or the file does not say which network
    /// it belongs to, or does not fit it.</exception>
    /// <exception cref="WeightIndexException">The file is not the one that its index describes.</exception>
    public static Network Load(string weights, DType type = DType.F32, Device? device = null) => ShippedWeights.Load(weights, type, device);

    /// <summary>
    /// A network with given weights; throws with all differences when they do not fit. The
    /// file tells the classes that the settings do not.
    /// </summary>
    public static Network Load(
        string name, IReadOnlyDictionary<string, Tensor> weights, ModelSettings? settings = null, DType type = DType.F32,
        Device? device = null)
    {
        ModelEntry entry = Find(name);
        settings = WithClasses(entry, weights, settings ?? new());
        Params p = Params.From(weights, type, device);
        Network network = entry.Build(p, settings);
        p.Verify(name);
        return network;
    }

    /// <summary>A network with the weights of a file, in any format that <see cref="WeightFile"/> reads.</summary>
    public static Network Load(string name, string path, ModelSettings? settings = null, DType type = DType.F32, Device? device = null)
    {
        using WeightFile file = WeightFile.Open(path);
        return Load(name, file.ReadAll(), settings, type, device);
    }

    /// <summary>The networks whose names and shapes are exactly these, with their number of classes.</summary>
    public static IReadOnlyList<(ModelEntry Entry, int Classes)> Fitting(IReadOnlyDictionary<string, Shape> shapes)
    {
        Dictionary<string, Tensor> outline = shapes.ToDictionary(pair => pair.Key, pair => Params.Hollow(pair.Value));
        List<(ModelEntry, int)> fits = [];
        foreach (ModelEntry entry in All)
        {
            if (entry.Head is not null && !shapes.ContainsKey(entry.Head)) continue;
            try
            {
                fits.Add((entry, Load(entry.Name, outline).ClassCount));
            }
            catch (Exception error) when (error is WeightsException or ArgumentException)
            {
                // Not this one.
            }
        }
        return fits;
    }

    private static ModelSettings WithClasses(ModelEntry entry, IReadOnlyDictionary<string, Tensor> weights, ModelSettings settings)
    {
        if (entry.Head is null || !weights.TryGetValue(entry.Head, out Tensor? head) || head.Rank < 1 || head.Shape[0] < 2) return settings;
        if (settings.Classes is { } asked && asked != head.Shape[0])
        {
            throw new WeightsException(
                $"weights: {entry.Name}: the file is for {head.Shape[0]} classes (\"{entry.Head}\" "
                + $"is {head.Shape}), {asked} were asked for. "
                + "Leave the number out, or give weights for as many.");
        }
        return settings with { Classes = head.Shape[0] };
    }
}
