namespace MiniGrad.Formats.Weights;

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
