namespace MiniGrad.Formats.Weights;

/// <summary>The storages that the pickle of a PyTorch file has named so far.</summary>
internal sealed class TorchStorages(PickleInput input)
{
    private readonly Dictionary<string, TorchStorage> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchStorage> views = new(StringComparer.Ordinal);

    public IEnumerable<TorchStorage> All => byKey.Values;

    public TorchStorage? Find(string key) => byKey.GetValueOrDefault(key);

    /// <summary>
    /// The storage that a pickle has a tuple in place of: kind, type, key, device, count
    /// and, in the old stream, a view or none.
    /// </summary>
    public object? Resolve(object? id, long at)
    {
        if (id is not PickleTuple { Items: ["storage", PickleStorageType type, string key, _, long count, .. var view] } || view.Length > 1)
        {
            throw input.Bad(at, "a storage is named by other than its type, key, device and count. "
                + "The file is damaged, or holds a whole network: save the state_dict alone");
        }
        TorchStorage root = Add(key, type.DType, count, at);
        if (view is not [{ } part]) return root;
        if (part is not PickleTuple { Items: [string viewKey, long start, long length] }
            || start < 0 || length < 0 || start > count || length > count - start)
        {
            throw input.Bad(at, $"a view of storage {Printable.Name(key)} does not lie in its {count} elements");
        }
        if (!views.TryGetValue(viewKey, out TorchStorage? made))
        {
            views[viewKey] = made = new(viewKey, type.DType, length) { Root = root, Start = start };
        }
        return made.Root == root && made.Start == start && made.Count == length
            ? made
            : throw input.Bad(at, $"storage view {Printable.Name(viewKey)} is described in two ways");
    }

    /// <summary>The storage of that key; one key has one type and count.</summary>
    public TorchStorage Add(string key, string type, long count, long at)
    {
        if (count < 0) throw input.Bad(at, $"storage {Printable.Name(key)} has {count} elements");
        if (!byKey.TryGetValue(key, out TorchStorage? storage)) byKey[key] = storage = new(key, type, count);
        if (storage.DType != type || storage.Count != count)
        {
            throw input.Bad(at, $"storage {Printable.Name(key)} is described as {count} {type} and as {storage.Count} {storage.DType}. "
                + "Save contiguous copies of the tensors");
        }
        return storage;
    }
}

/// <summary>Numbers that tensors of a PyTorch file share, known by a key; a view is a part of another storage.</summary>
internal sealed class TorchStorage(string key, string type, long count)
{
    private Func<StoredBytes>? open;
    private StoredBytes? bytes;

    public string Key => key;

    /// <summary>The element type by its safetensors name.</summary>
    public string DType => type;

    /// <summary>The number of elements.</summary>
    public long Count => count;

    /// <summary>The storage that a view is a part of.</summary>
    public TorchStorage? Root { get; init; }

    /// <summary>The first element of a view.</summary>
    public long Start { get; init; }

    /// <summary>How many bytes the numbers take; more than any file has for a count that no file can hold.</summary>
    public Int128 ByteCount => (Int128)count * StoredType.Size(type);

    public bool IsPlaced => open is not null;

    /// <summary>The bytes, which stay at hand once they were unpacked.</summary>
    public StoredBytes Bytes => bytes ??= open!();

    /// <summary>Says where the bytes are.</summary>
    public void Place(Func<StoredBytes> range) => open = range;
}
