using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Formats.Archives;

/// <summary>
/// The CRC-32 of PNG, gzip and zip (ISO 3309, reflected polynomial 0xEDB88320): by carry-less products of 64 bytes a step
/// where the processor has them, else eight bytes a step from tables.
/// </summary>
internal static class Crc32
{
    /// <summary>Below this, the products do not pay.</summary>
    private const int LeastForProducts = 128;

    private static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what was summed so far, followed by these bytes.</summary>
    public static uint Append(uint sum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~sum;
        if (Pclmulqdq.IsSupported && bytes.Length >= LeastForProducts)
        {
            int whole = bytes.Length / 64 * 64;
            crc = Fold(crc, bytes[..whole]);
            bytes = bytes[whole..];
        }
        return ~Tabled(crc, bytes);
    }

    private static uint Tabled(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] table = Table;
        while (bytes.Length >= 8)
        {
            uint low = BitConverter.ToUInt32(bytes) ^ crc;
            crc = table[0x700 + (low & 0xFF)] ^ table[0x600 + (low >> 8 & 0xFF)] ^ table[0x500 + (low >> 16 & 0xFF)] ^ table[0x400 + (low >> 24)]
                ^ table[0x300 + bytes[4]] ^ table[0x200 + bytes[5]] ^ table[0x100 + bytes[6]] ^ table[bytes[7]];
            bytes = bytes[8..];
        }
        foreach (byte b in bytes) crc = table[(crc ^ b) & 0xFF] ^ crc >> 8;
        return crc;
    }

    /// <summary>
    /// Four registers of 16 bytes; a step multiplies each by x^512 modulo the polynomial and adds the next 64 bytes, so that
    /// the remainder stays that of the message. The last 16 bytes are left to the tables. V. Gopal et al., "Fast CRC
    /// Computation for Generic Polynomials Using PCLMULQDQ Instruction", 2009.
    /// </summary>
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        Vector128<ulong> by64 = Vector128.Create(0x0000000154442BD4UL, 0x00000001C6E41596UL);
        Vector128<ulong> by16 = Vector128.Create(0x00000001751997D0UL, 0x00000000CCAA009EUL);
        ReadOnlySpan<Vector128<ulong>> words = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        Vector128<ulong> a = words[0] ^ Vector128.CreateScalar(crc).AsUInt64();
        Vector128<ulong> b = words[1];
        Vector128<ulong> c = words[2];
        Vector128<ulong> d = words[3];
        for (words = words[4..]; words.Length >= 4; words = words[4..])
        {
            a = Shift(a, by64) ^ words[0];
            b = Shift(b, by64) ^ words[1];
            c = Shift(c, by64) ^ words[2];
            d = Shift(d, by64) ^ words[3];
        }
        b ^= Shift(a, by16);
        c ^= Shift(b, by16);
        d ^= Shift(c, by16);
        return Tabled(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in d)));
    }

    private static Vector128<ulong> Shift(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint[] MakeTable()
    {
        uint[] table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1;
            table[i] = c;
        }
        for (int i = 256; i < table.Length; i++) table[i] = table[table[i - 256] & 0xFF] ^ table[i - 256] >> 8;
        return table;
    }
}
