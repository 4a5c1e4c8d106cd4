namespace MiniGrad.Formats.Weights;

/// <summary>
/// One tensor of a weight file: its name, the element type as the safetensors format writes it (F32, F64, F16, BF16,
/// I64, I32, I16, I8, U8, BOOL) and its shape.
/// </summary>
public record WeightEntry(string Name, string DType, long[] Shape)
{
    /// <summary>Whether a tensor can hold its type and its number of axes.</summary>
    public bool IsRead => StoredType.InTensor(DType) is not null && Shape.Length <= MiniGrad.Shape.MaxRank;

    /// <summary>The element type that <see cref="WeightFile.Read(string)"/> gives, in the same words; the stored one if it is not read.</summary>
    public string DTypeInTensor => StoredType.InTensor(DType) switch { MiniGrad.DType.Bool => "BOOL", { } type => type.ToString(), null => DType };

    /// <summary>The number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Shape) count *= size;
            return count;
        }
    }
}
