using System.Numerics;
using System.Runtime.InteropServices;

namespace MiniGrad.Formats;

/// <summary>Finds NaN and infinities among the numbers of a tensor in memory, at the speed of reading it.</summary>
internal static class NonFinite
{
    /// <summary>
    /// The position of the first such element of a dense F32 or F64 tensor and its value;
    /// none if all are finite, or whole numbers.
    /// </summary>
    public static (long Position, double Value)? First(Tensor tensor)
    {
        ReadOnlySpan<byte> bytes = HostBytes.Bytes(tensor);
        int at = tensor.Type switch
        {
            DType.F32 => Find(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u),
            DType.F64 => Find(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FF0_0000_0000_0000ul),
            _ => -1,
        };
        double value = at < 0 ? 0
            : tensor.Type == DType.F32 ? MemoryMarshal.Cast<byte, float>(bytes)[at] : MemoryMarshal.Cast<byte, double>(bytes)[at];
        GC.KeepAlive(tensor);
        return at < 0 ? null : (at, value);
    }

    /// <summary>The first element whose exponent bits are all ones.</summary>
    private static int Find<T>(ReadOnlySpan<T> bits, T exponent) where T : struct, IBinaryInteger<T>
    {
        Vector<T> mask = new(exponent);
        int i = 0;
        while (i <= bits.Length - Vector<T>.Count && !Vector.EqualsAny(new Vector<T>(bits[i..]) & mask, mask)) i += Vector<T>.Count;
        for (; i < bits.Length; i++)
        {
            if ((bits[i] & exponent) == exponent) return i;
        }
        return -1;
    }
}
