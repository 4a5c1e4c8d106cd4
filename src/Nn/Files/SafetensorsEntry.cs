namespace MiniGrad.Files;

/// <summary>
/// One tensor of a safetensors file: its name, element type as the file names it, shape, and where its bytes lie
/// (<paramref name="Begin"/> up to, not including, <paramref name="End"/>, counted from the start of the file).
/// </summary>
public sealed record SafetensorsEntry(string Name, string DType, long[] Shape, long Begin, long End)
{
    public long ByteCount => End - Begin;

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
