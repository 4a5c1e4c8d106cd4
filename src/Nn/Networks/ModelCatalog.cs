using MiniGrad.Data;
using MiniGrad.Files;

namespace MiniGrad.Nn;

/// <summary>How to build a network of the catalogue: its name, what it is, and its making from weights and a number of classes.</summary>
public sealed record ModelEntry(string Name, string Description, Func<Params, int, Network> Build);

/// <summary>The networks that can be named. Users add their own with <see cref="Add"/>.</summary>
public static class ModelCatalog
{
    private static readonly Lock Guard = new();
    private static readonly SortedDictionary<string, ModelEntry> Entries = new(StringComparer.Ordinal);

    static ModelCatalog()
    {
        Add(new("mlp", "784-1000-10, ReLU; the two-layer null-space study", (p, classes) => new Mlp(p, classes)));
        Add(new("lenet5", "LeNet-5 with ReLU and max pooling", (p, classes) => new LeNet5(p, classes)));
        Add(new("lenet5-tanh", "LeNet-5 with tanh and average pooling", (p, classes) => new LeNet5(p, classes, Activation.Tanh, averagePool: true)));
        Add(new("lenet-madry", "32 and 64 filters of 5 x 5, 1024 units; robustness on MNIST", (p, classes) => new LeNetMadry(p, classes)));
    }

    public static IReadOnlyList<ModelEntry> All
    {
        get
        {
            lock (Guard) return [.. Entries.Values];
        }
    }

    /// <summary>Adds a network, or replaces the one of the same name.</summary>
    public static void Add(ModelEntry entry)
    {
        lock (Guard) Entries[entry.Name] = entry;
    }

    public static ModelEntry Find(string name)
    {
        lock (Guard)
        {
            if (Entries.TryGetValue(name, out ModelEntry? entry)) return entry;
            throw new ArgumentException(UnknownName.Message("model", name, Entries.Keys));
        }
    }

    /// <summary>A network with fresh weights.</summary>
    public static Network Create(string name, long seed, int classes = 10, DType type = DType.F32) =>
        Build(name, Params.Fresh(seed, type), classes);

    /// <summary>A network with given weights; throws with all differences when they do not fit.</summary>
    public static Network Load(string name, IReadOnlyDictionary<string, Tensor> weights, int classes = 10, DType type = DType.F32) =>
        Build(name, Params.From(weights, type), classes);

    /// <summary>A network with the weights of a safetensors file.</summary>
    public static Network Load(string name, string path, int classes = 10, DType type = DType.F32)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return Load(name, file.Names.ToDictionary(entry => entry, file.Read), classes, type);
    }

    private static Network Build(string name, Params p, int classes)
    {
        if (classes < 2) Throw.Range($"model: {classes} classes; at least 2 are needed.");
        Network network = Find(name).Build(p, classes);
        p.Verify(name);
        return network;
    }
}
