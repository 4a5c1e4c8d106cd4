namespace MiniGrad.Files;

/// <summary>
/// One tensor of a weight file: its name, the element type as the safetensors format writes it (F32, F64, F16, BF16,
/// I64, I32, I16, I8, U8, BOOL) and its shape.
/// </summary>
public record WeightEntry(string Name, string DType, long[] Shape)
{
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
