using System.Runtime.InteropServices;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// The element types of files, by their safetensors names, and what they become in a tensor: F32, F64, I32 and BOOL
/// stay, F16 and BF16 become F32, the other integers I32 if every value fits.
/// </summary>
internal static class StoredType
{
    /// <summary>Bytes per stored number; 0 for a type that is not read.</summary>
    public static int Size(string type) => type switch
    {
        "BOOL" or "U8" or "I8" => 1,
        "F16" or "BF16" or "I16" => 2,
        "F32" or "I32" => 4,
        "F64" or "I64" => 8,
        _ => 0,
    };

    /// <summary>The element type of the tensor, or null for a type that is not read.</summary>
    public static DType? InTensor(string type) => type switch
    {
        "F32" or "F16" or "BF16" => DType.F32,
        "F64" => DType.F64,
        "I32" or "I64" or "I16" or "I8" or "U8" => DType.I32,
        "BOOL" => DType.Bool,
        _ => null,
    };

    /// <summary>Whether the stored bytes are those of the tensor. Files and every processor supported here are little-endian.</summary>
    public static bool IsAsInTensor(string type) => type is "F32" or "F64" or "I32" or "BOOL";

    /// <summary>Converts stored numbers; what is wrong with one of them is returned with its index.</summary>
    public static string? Convert(string type, ReadOnlySpan<byte> stored, Span<byte> target, out int index)
    {
        Span<int> integers = MemoryMarshal.Cast<byte, int>(target);
        Span<float> floats = MemoryMarshal.Cast<byte, float>(target);
        index = 0;
        switch (type)
        {
            case "F16":
                ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(stored);
                for (int i = 0; i < halves.Length; i++) floats[i] = (float)halves[i];
                return null;
            case "BF16":
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(stored);
                for (int i = 0; i < upper.Length; i++) floats[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                return null;
            case "I64":
                ReadOnlySpan<long> longs = MemoryMarshal.Cast<byte, long>(stored);
                for (index = 0; index < longs.Length; index++)
                {
                    if (longs[index] != (int)longs[index]) return $"{longs[index]} does not fit into 32 bits. Store it as F64";
                    integers[index] = (int)longs[index];
                }
                return null;
            case "I16":
                ReadOnlySpan<short> shorts = MemoryMarshal.Cast<byte, short>(stored);
                for (int i = 0; i < shorts.Length; i++) integers[i] = shorts[i];
                return null;
            case "I8":
                for (int i = 0; i < stored.Length; i++) integers[i] = (sbyte)stored[i];
                return null;
            case "U8":
                for (int i = 0; i < stored.Length; i++) integers[i] = stored[i];
                return null;
            default:
                stored.CopyTo(target);
                return Check(type, stored, out index);
        }
    }

    /// <summary>What is wrong with numbers that need no conversion.</summary>
    public static string? Check(string type, ReadOnlySpan<byte> stored, out int index)
    {
        index = type == "BOOL" ? stored.IndexOfAnyExceptInRange((byte)0, (byte)1) : -1;
        return index < 0 ? null : $"{stored[index]} is no BOOL, which is 0 or 1";
    }
}
