using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Formulas;

/// <summary>
/// eˣ of floats, within one unit in the last place, for every lane alone: x = n · log 2 + r with whole n, and
/// eʳ ≈ 1 + r + r² · p(r). The constants are those of S. Moshier's Cephes; the first part of log 2 has 10 bits, so n times it is exact.
/// </summary>
internal static class SingleExp
{
    /// <summary>1.5 · 2²³: added to a small number, it leaves the nearest whole one in the last bits.</summary>
    private const float Whole = 12582912;

    private const int ExponentBias = 127;
    private const int FractionBits = 23;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x)
    {
        // Beyond these eˣ is infinite or rounds to 0. A NaN passes: the second operand wins over it.
        x = Vector.MaxNative(new Vector<float>(-104), Vector.MinNative(new Vector<float>(89), x));
        Vector<float> shifted = Vector.MultiplyAddEstimate(x, new Vector<float>(1.44269504f), new Vector<float>(Whole));
        Vector<int> n = Vector.AsVectorInt32(shifted) - Vector.AsVectorInt32(new Vector<float>(Whole));
        Vector<float> whole = shifted - new Vector<float>(Whole);
        Vector<float> r = Vector.MultiplyAddEstimate(whole, new Vector<float>(-0.693359375f), x);
        r = Vector.MultiplyAddEstimate(whole, new Vector<float>(2.12194440e-4f), r);

        // In pairs: the chain of dependent operations, not their number, sets the speed.
        Vector<float> square = r * r;
        Vector<float> high = Vector.MultiplyAddEstimate(new Vector<float>(1.9875691500e-4f), r, new Vector<float>(1.3981999507e-3f));
        Vector<float> middle = Vector.MultiplyAddEstimate(new Vector<float>(8.3334519073e-3f), r, new Vector<float>(4.1665795894e-2f));
        Vector<float> low = Vector.MultiplyAddEstimate(new Vector<float>(1.6666665459e-1f), r, new Vector<float>(5.0000001201e-1f));
        Vector<float> p = Vector.MultiplyAddEstimate(Vector.MultiplyAddEstimate(high, square, middle), square, low);
        Vector<float> y = Vector.MultiplyAddEstimate(p, square, r) + Vector<float>.One;

        // 2ⁿ in two factors: one of them alone would leave the range of exponents, where eˣ itself does not yet.
        Vector<int> half = n >> 1;
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> n) => Vector.AsVectorSingle((n + new Vector<int>(ExponentBias)) << FractionBits);
}
