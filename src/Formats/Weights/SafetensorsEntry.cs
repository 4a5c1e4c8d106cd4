namespace MiniGrad.Formats.Weights;

/// <summary>
/// One tensor of a safetensors file, and where its bytes lie (<paramref name="Begin"/> up to, not including,
/// <paramref name="End"/>, counted from the start of the file).
/// </summary>
public sealed record SafetensorsEntry(string Name, string DType, long[] Shape, long Begin, long End) : WeightEntry(Name, DType, Shape)
{
    public long ByteCount => End - Begin;
}
