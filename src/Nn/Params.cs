namespace MiniGrad.Nn;

/// <summary>
/// A path-scoped source of named weights. Building a network from it <em>is</em> initialising or loading it: each layer
/// asks for its weights by name, and <see cref="Verify"/> reports everything that did not fit, at once.
/// </summary>
public sealed class Params
{
    private readonly Store store;
    private readonly string path;

    private Params(Store store, string path)
    {
        this.store = store;
        this.path = path;
    }

    /// <summary>Fresh weights, drawn by name from a random stream.</summary>
    public static Params Fresh(long seed, DType type = DType.F32) => new(new Store(new Rng(seed).At("weights"), null, type), "");

    /// <summary>Weights by name from a file.</summary>
    public static Params From(IReadOnlyDictionary<string, Tensor> weights, DType type = DType.F32) => new(new Store(default, weights, type), "");

    /// <summary>The parameters asked for so far, in that order.</summary>
    public IReadOnlyList<Parameter> All => store.Made;

    /// <summary>The same source one level down: <c>p / "conv1"</c>.</summary>
    public static Params operator /(Params p, string name) => new(p.store, p.path.Length == 0 ? name : $"{p.path}.{name}");

    /// <summary>The weight of that name: drawn uniformly from ±<paramref name="bound"/>, or loaded.</summary>
    public Parameter Uniform(string name, Shape shape, double bound) => Get(name, shape, true, full =>
    {
        float[] draws = store.Rng.At(full).Uniform(checked((int)shape.Count));
        return Tensor.From(Array.ConvertAll(draws, u => (float)((2.0 * u - 1) * bound)), shape);
    });

    /// <summary>The weight of that name: constant when fresh, or loaded.</summary>
    public Parameter Constant(string name, Shape shape, double value, bool trainable = true) =>
        Get(name, shape, trainable, _ => Ops.Full(shape, value));

    /// <summary>Throws, naming every missing, unused and misshapen weight of a loaded network.</summary>
    public void Verify(string model)
    {
        if (store.Loaded is not { } loaded) return;
        HashSet<string> used = [.. store.Made.Select(p => p.Name)];
        string[] unused = [.. loaded.Keys.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal)];
        if (store.Problems.Count == 0 && unused.Length == 0) return;
        List<string> problems = [.. store.Problems];
        foreach (string name in unused) problems.Add($"unused \"{name}\" {loaded[name].Shape}");
        throw new WeightsException($"weights: {model}: {string.Join("; ", problems)}. Give the weights of this network, or name the network they belong to.");
    }

    private Parameter Get(string name, Shape shape, bool trainable, Func<string, Tensor> fresh)
    {
        string full = path.Length == 0 ? name : $"{path}.{name}";
        Tensor value = store.Loaded is null ? fresh(full).Cast(store.Type) : Load(full, shape);
        Parameter parameter = new(full, value, trainable);
        store.Made.Add(parameter);
        return parameter;
    }

    private Tensor Load(string full, Shape shape)
    {
        if (!store.Loaded!.TryGetValue(full, out Tensor? value)) store.Problems.Add($"missing \"{full}\" {shape}");
        else if (value.Shape != shape) store.Problems.Add($"\"{full}\" is {value.Shape}, expected {shape}");
        else if (!value.Type.IsFloat()) store.Problems.Add($"\"{full}\" holds {value.Type}, expected floating-point numbers");
        else return value.Cast(store.Type);
        // A placeholder of the right shape that holds one number: the shape may come from a hostile file.
        return new Tensor(Ops.Zeros(Shape.Scalar).Storage, Layout.Contiguous(Shape.Scalar).BroadcastTo(shape));
    }

    private sealed class Store(Rng rng, IReadOnlyDictionary<string, Tensor>? loaded, DType type)
    {
        public Rng Rng { get; } = rng;

        public IReadOnlyDictionary<string, Tensor>? Loaded { get; } = loaded;

        public DType Type { get; } = type;

        public List<Parameter> Made { get; } = [];

        public List<string> Problems { get; } = [];
    }
}

