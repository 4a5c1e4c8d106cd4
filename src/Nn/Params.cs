using System.Runtime.InteropServices;

namespace MiniGrad.Nn;

/// <summary>
/// A path-scoped source of named weights. Building a network from it <em>is</em> initialising or loading it: each layer
/// asks for its weights by name, and <see cref="Verify"/> reports everything that did not fit, at once.
/// </summary>
public sealed class Params
{
    private const string Missing = "missing";

    /// <summary>The characters of differences that one line may have; more are those of another network, and are counted.</summary>
    private const int MostCharacters = 3000;

    /// <summary>Bounds the search for similar names in files that share none.</summary>
    private const int MostComparisons = 20_000;

    private readonly Store store;
    private readonly string path;

    private Params(Store store, string path)
    {
        this.store = store;
        this.path = path;
    }

    /// <summary>Fresh weights, drawn by name from a random stream and moved to a device, the processor by default.</summary>
    public static Params Fresh(long seed, DType type = DType.F32, Device? device = null) =>
        new(new Store(new Rng(seed).At("weights"), null, type, device ?? Device.Cpu), "");

    /// <summary>Weights by name from a file, moved to a device, the processor by default.</summary>
    public static Params From(IReadOnlyDictionary<string, Tensor> weights, DType type = DType.F32, Device? device = null) =>
        new(new Store(default, weights, type, device ?? Device.Cpu), "");

    /// <summary>Where the parameters lie, and with them the networks made of them.</summary>
    public Device Device => store.Device;

    /// <summary>The parameters asked for so far, in that order.</summary>
    public IReadOnlyList<Parameter> All => store.Made;

    /// <summary>The same source one level down: <c>p / "conv1"</c>.</summary>
    public static Params operator /(Params p, string name) => new(p.store, p.path.Length == 0 ? name : $"{p.path}.{name}");

    /// <summary>The weight of that name: drawn uniformly from ±<paramref name="bound"/>, or loaded.</summary>
    public Parameter Uniform(string name, Shape shape, double bound) => Get(name, shape, true, full =>
    {
        Tensor fresh = Tensor.Empty(shape, DType.F32);
        Span<float> values = MemoryMarshal.Cast<byte, float>(((CpuStorage)fresh.Storage).Bytes);
        store.Rng.At(full).Uniform(values);
        for (int i = 0; i < values.Length; i++) values[i] = (float)((2.0 * values[i] - 1) * bound);
        return fresh;
    });

    /// <summary>The weight of that name: constant when fresh, or loaded.</summary>
    public Parameter Constant(string name, Shape shape, double value, bool trainable = true) =>
        Get(name, shape, trainable, _ => Ops.Full(shape, value));

    /// <summary>The shape that a file gives to a name; none when the weights are fresh, or lack the name.</summary>
    public Shape? Stored(string name) =>
        store.Loaded is { } loaded && loaded.TryGetValue(Full(name), out Tensor? value) ? value.Shape : null;

    /// <summary>Lets a file hold this name, or names below it, that the network does not need.</summary>
    public void Ignore(string name) => store.Ignored.Add(Full(name));

    /// <summary>Throws, naming every missing, unused and misshapen weight of a loaded network.</summary>
    public void Verify(string model)
    {
        if (store.Loaded is not { } loaded) return;
        HashSet<string> used = [.. store.Made.Select(p => p.Name)];
        List<string> unused = [.. loaded.Keys.Where(name => !used.Contains(name) && !IsIgnored(name)).Order(StringComparer.Ordinal)];
        if (store.Problems.Count == 0 && unused.Count == 0) return;
        List<string> problems = [];
        foreach ((string name, string problem) in store.Problems)
        {
            // A missing name is most often there under a similar one.
            bool few = (long)store.Problems.Count * unused.Count <= MostComparisons;
            string guess = few && problem.StartsWith(Missing, StringComparison.Ordinal) && Suggestion.Nearest(name, unused) is { } near
                ? $" (the file has \"{near}\")"
                : "";
            problems.Add(problem + guess);
        }
        foreach (string name in unused) problems.Add($"unused \"{name}\" {loaded[name].Shape}");
        int shown = 0;
        for (int length = 0; shown < problems.Count && length < MostCharacters; shown++) length += problems[shown].Length + 2;
        if (shown < problems.Count) problems = [.. problems[..shown], $"and {problems.Count - shown} more differences"];
        throw new WeightsException(
            $"weights: {model}: {string.Join("; ", problems)}. Give the weights of this network, or name the network they belong to.");
    }

    private Parameter Get(string name, Shape shape, bool trainable, Func<string, Tensor> fresh)
    {
        string full = Full(name);
        Tensor value = (store.Loaded is null ? fresh(full).Cast(store.Type) : Load(full, shape)).To(store.Device);
        Parameter parameter = new(full, value, trainable);
        store.Made.Add(parameter);
        return parameter;
    }

    private Tensor Load(string full, Shape shape)
    {
        if (!store.Loaded!.TryGetValue(full, out Tensor? value)) store.Problems.Add((full, $"{Missing} \"{full}\" {shape}"));
        else if (value.Shape != shape) store.Problems.Add((full, $"\"{full}\" is {value.Shape}, expected {shape}"));
        else if (!value.Type.IsFloat()) store.Problems.Add((full, $"\"{full}\" holds {value.Type}, expected floating-point numbers"));
        else return value.Cast(store.Type);
        return Hollow(shape);
    }

    /// <summary>A tensor of a shape that holds one number, seen through steps of 0: the shape may come from a hostile file.</summary>
    internal static Tensor Hollow(Shape shape)
    {
        Tensor one = Ops.Zeros(Shape.Scalar);
        return new(one.Storage, one.Layout.BroadcastTo(shape));
    }

    private bool IsIgnored(string name) => store.Ignored.Any(ignored =>
        name.StartsWith(ignored, StringComparison.Ordinal) && (name.Length == ignored.Length || name[ignored.Length] == '.'));

    private string Full(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private sealed class Store(Rng rng, IReadOnlyDictionary<string, Tensor>? loaded, DType type, Device device)
    {
        public Rng Rng { get; } = rng;

        public IReadOnlyDictionary<string, Tensor>? Loaded { get; } = loaded;

        public DType Type { get; } = type;

        public Device Device { get; } = device;

        public List<Parameter> Made { get; } = [];

        public List<string> Ignored { get; } = [];

        public List<(string Name, string Text)> Problems { get; } = [];
    }
}

/// <summary>Weights do not fit the network they are given to; the message lists all differences.</summary>
public sealed class WeightsException(string message) : IOException(message);
