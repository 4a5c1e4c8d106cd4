namespace MiniGrad.Formats.Weights;

// What a pickle can hold here, besides null, bool, long, BigInteger, double, string and byte[].

/// <summary>A tuple, such as the shape of a tensor.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A list, which may still grow after others hold it.</summary>
internal sealed class PickleList
{
    private List<object?>? items;

    public IReadOnlyList<object?> Items => items ?? [];

    public void Add(object? item) => (items ??= []).Add(item);
}

/// <summary>A dictionary as the pairs that were put in: their keys are looked at only when they are needed.</summary>
internal sealed class PickleDictionary
{
    private List<(object? Key, object? Value)>? pairs;

    public IReadOnlyList<(object? Key, object? Value)> Pairs => pairs ?? [];

    public void Add(object? key, object? value) => (pairs ??= []).Add((key, value));

    /// <summary>The value of a key that is text.</summary>
    public object? Find(string key)
    {
        foreach ((object? k, object? v) in Pairs)
        {
            if (k is string text && text == key) return v;
        }
        return null;
    }
}

/// <summary>
/// A function of the table that the pickle names, and what is done in place of calling it
/// with arguments at a place of the file.
/// </summary>
internal sealed record PickleGlobal(string Name, Func<PickleInput, object?[], long, object> Call);

/// <summary>Something that is recognised and passed over, such as a device.</summary>
internal sealed record PickleOpaque(string Text);

/// <summary>NumPy's description of a number: its kind and bytes, such as <c>f8</c>, and which byte comes first.</summary>
internal sealed class PickleNumberType(string kind)
{
    public string Kind => kind;

    public bool IsBigEndian { get; set; }
}

/// <summary>The type of a storage, as safetensors names it.</summary>
internal sealed record PickleStorageType(string DType);
