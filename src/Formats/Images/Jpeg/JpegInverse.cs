using System.Runtime.CompilerServices;

namespace MiniGrad.Formats.Images;

/// <summary>
/// Dequantisation and the inverse 8 × 8 cosine transform in 32-bit integers, as libjpeg's default ("islow"): the
/// factorisation of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 11 multiplications, its constants in 13-bit
/// fixed point, 2 more bits kept between columns and rows.
/// </summary>
internal static class JpegInverse
{
    private const int ConstantBits = 13;
    private const int KeptBits = 2;

    /// <summary>The transform is scaled by 8 = √8 · √8.</summary>
    private const int ScaleBits = 3;

    // round(c · 2^13)
    private const int C0298631336 = 2446;
    private const int C0390180644 = 3196;
    private const int C0541196100 = 4433;
    private const int C0765366865 = 6270;
    private const int C0899976223 = 7373;
    private const int C1175875602 = 9633;
    private const int C1501321110 = 12299;
    private const int C1847759065 = 15137;
    private const int C1961570560 = 16069;
    private const int C2053119869 = 16819;
    private const int C2562915447 = 20995;
    private const int C3072711026 = 25172;

    /// <summary>Writes the 8 × 8 samples of a block of coefficients in natural order; rows are <paramref name="stride"/> apart.</summary>
    public static void Transform(ReadOnlySpan<short> block, ReadOnlySpan<ushort> steps, Span<byte> samples, int stride)
    {
        if (!block[1..JpegComponent.BlockSize].ContainsAnyExcept((short)0))
        {
            // What both passes come to for a flat block.
            byte level = Level((block[0] * steps[0] + 4) >> ScaleBits);
            for (int y = 0; y < JpegComponent.Side; y++) samples.Slice(y * stride, JpegComponent.Side).Fill(level);
            return;
        }
        Span<int> work = stackalloc int[JpegComponent.BlockSize];
        for (int i = 0; i < work.Length; i++) work[i] = block[i] * steps[i];
        for (int x = 0; x < JpegComponent.Side; x++) Pass(ref work[x], JpegComponent.Side, ConstantBits - KeptBits);
        for (int y = 0; y < JpegComponent.Side; y++)
        {
            Span<int> row = work.Slice(y * JpegComponent.Side, JpegComponent.Side);
            Pass(ref row[0], 1, ConstantBits + KeptBits + ScaleBits);
            Span<byte> target = samples.Slice(y * stride, JpegComponent.Side);
            for (int x = 0; x < JpegComponent.Side; x++) target[x] = Level(row[x]);
        }
    }

    /// <summary>Samples are coded around 128.</summary>
    private static byte Level(int value) => (byte)Math.Clamp(value + 128, 0, 255);

    /// <summary>The transform of eight values in place, <paramref name="step"/> apart, rounded after a shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(ref int first, int step, int shift)
    {
        ref int v1 = ref Unsafe.Add(ref first, step);
        ref int v2 = ref Unsafe.Add(ref first, 2 * step);
        ref int v3 = ref Unsafe.Add(ref first, 3 * step);
        ref int v4 = ref Unsafe.Add(ref first, 4 * step);
        ref int v5 = ref Unsafe.Add(ref first, 5 * step);
        ref int v6 = ref Unsafe.Add(ref first, 6 * step);
        ref int v7 = ref Unsafe.Add(ref first, 7 * step);
        int half = 1 << (shift - 1);

        int turned = (v2 + v6) * C0541196100;
        int low = turned - v6 * C1847759065;
        int high = turned + v2 * C0765366865;
        int sum = ((first + v4) << ConstantBits) + half;
        int difference = ((first - v4) << ConstantBits) + half;
        int even0 = sum + high;
        int even3 = sum - high;
        int even1 = difference + low;
        int even2 = difference - low;

        int z1 = -(v7 + v1) * C0899976223;
        int z2 = -(v5 + v3) * C2562915447;
        int z5 = (v7 + v3 + v5 + v1) * C1175875602;
        int z3 = z5 - (v7 + v3) * C1961570560;
        int z4 = z5 - (v5 + v1) * C0390180644;
        int odd0 = v7 * C0298631336 + z1 + z3;
        int odd1 = v5 * C2053119869 + z2 + z4;
        int odd2 = v3 * C3072711026 + z2 + z3;
        int odd3 = v1 * C1501321110 + z1 + z4;

        first = (even0 + odd3) >> shift;
        v7 = (even0 - odd3) >> shift;
        v1 = (even1 + odd2) >> shift;
        v6 = (even1 - odd2) >> shift;
        v2 = (even2 + odd1) >> shift;
        v5 = (even2 - odd1) >> shift;
        v3 = (even3 + odd0) >> shift;
        v4 = (even3 - odd0) >> shift;
    }
}
