using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The one-dimensional transforms of F(m, 3): m outputs of three taps from m + 2 inputs with m + 2 products instead of
/// 3 m. Output = Aᵀ((G g) ⊙ (Bᵀ d)). Lavin and Gray, arXiv:1509.09308.
/// </summary>
internal interface IWinograd
{
    /// <summary>Outputs of a tile along an axis: m.</summary>
    static abstract int Outputs { get; }

    /// <summary>Bᵀ: from m + 2 registers, <c>step</c> elements apart, to m + 2.</summary>
    static abstract unsafe void Input<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>;

    /// <summary>G: from three registers to m + 2.</summary>
    static abstract unsafe void Weights<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>;

    /// <summary>Aᵀ: from m + 2 registers to m.</summary>
    static abstract unsafe void Output<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>;
}

/// <summary>
/// F(4 × 4, 3 × 3) at the points 0, ±5/8, ±3/2 and infinity: a quarter of the products. These points lose half a digit
/// less than 0, ±1, ±2. Each pair of points shares its even and its odd part.
/// </summary>
internal readonly struct WinogradFour : IWinograd
{
    public static int Outputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Input<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>
    {
        V d0 = S.Load(from), d1 = S.Load(from + step), d2 = S.Load(from + 2 * step),
            d3 = S.Load(from + 3 * step), d4 = S.Load(from + 4 * step), d5 = S.Load(from + 5 * step);
        V even = S.MultiplyAdd(Number<V, T, S>(-2.25f), d2, d4);
        V odd = S.MultiplyAdd(Number<V, T, S>(0.625f), d3, S.Multiply(Number<V, T, S>(-1.40625f), d1));
        V even2 = S.MultiplyAdd(Number<V, T, S>(-0.390625f), d2, d4);
        V odd2 = S.MultiplyAdd(Number<V, T, S>(1.5f), d3, S.Multiply(Number<V, T, S>(-0.5859375f), d1));
        S.Store(S.MultiplyAdd(Number<V, T, S>(0.87890625f), d0, S.MultiplyAdd(Number<V, T, S>(-2.640625f), d2, d4)), to);
        S.Store(S.Add(even, odd), to + toStep);
        S.Store(S.Subtract(even, odd), to + 2 * toStep);
        S.Store(S.Add(even2, odd2), to + 3 * toStep);
        S.Store(S.Subtract(even2, odd2), to + 4 * toStep);
        S.Store(S.MultiplyAdd(Number<V, T, S>(0.87890625f), d1, S.MultiplyAdd(Number<V, T, S>(-2.640625f), d3, d5)), to + 5 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Weights<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>
    {
        V g0 = S.Load(from), g1 = S.Load(from + step), g2 = S.Load(from + 2 * step);
        V even = S.MultiplyAdd(Number<V, T, S>(-0.6884033613445378f), g0, S.Multiply(Number<V, T, S>(-0.2689075630252101f), g2));
        V odd = S.Multiply(Number<V, T, S>(-0.43025210084033616f), g1);
        V even2 = S.MultiplyAdd(Number<V, T, S>(0.11951447245564893f), g0, S.Multiply(Number<V, T, S>(0.2689075630252101f), g2));
        V odd2 = S.Multiply(Number<V, T, S>(0.1792717086834734f), g1);
        S.Store(S.Multiply(Number<V, T, S>(1.1377777777777778f), g0), to);
        S.Store(S.Add(even, odd), to + toStep);
        S.Store(S.Subtract(even, odd), to + 2 * toStep);
        S.Store(S.Add(even2, odd2), to + 3 * toStep);
        S.Store(S.Subtract(even2, odd2), to + 4 * toStep);
        S.Store(g2, to + 5 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Output<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>
    {
        V m1 = S.Load(from + step), m2 = S.Load(from + 2 * step), m3 = S.Load(from + 3 * step), m4 = S.Load(from + 4 * step);
        V sum = S.Add(m1, m2), difference = S.Subtract(m1, m2), sum2 = S.Add(m3, m4), difference2 = S.Subtract(m3, m4);
        S.Store(S.Add(S.Load(from), S.Add(sum, sum2)), to);
        S.Store(S.MultiplyAdd(Number<V, T, S>(1.5f), difference2, S.Multiply(Number<V, T, S>(0.625f), difference)), to + toStep);
        S.Store(S.MultiplyAdd(Number<V, T, S>(2.25f), sum2, S.Multiply(Number<V, T, S>(0.390625f), sum)), to + 2 * toStep);
        S.Store(S.Add(S.MultiplyAdd(Number<V, T, S>(3.375f), difference2, S.Multiply(Number<V, T, S>(0.244140625f), difference)),
            S.Load(from + 5 * step)),
            to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Number<V, T, S>(float value) where V : struct where T : unmanaged
        where S : struct, ISimd<V, T> => S.Broadcast((T)(object)value);
}

/// <summary>F(2 × 2, 3 × 3) at the points 0, ±1 and infinity: 4/9 of the products, more exact than plain sums.</summary>
internal readonly struct WinogradTwo : IWinograd
{
    public static int Outputs => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Input<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>
    {
        V d1 = S.Load(from + step), d2 = S.Load(from + 2 * step);
        S.Store(S.Subtract(S.Load(from), d2), to);
        S.Store(S.Add(d1, d2), to + toStep);
        S.Store(S.Subtract(d2, d1), to + 2 * toStep);
        S.Store(S.Subtract(d1, S.Load(from + 3 * step)), to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Weights<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>
    {
        V g0 = S.Load(from), g1 = S.Load(from + step), g2 = S.Load(from + 2 * step);
        V half = S.Broadcast((T)(object)0.5f);
        V even = S.Multiply(half, S.Add(g0, g2));
        V odd = S.Multiply(half, g1);
        S.Store(g0, to);
        S.Store(S.Add(even, odd), to + toStep);
        S.Store(S.Subtract(even, odd), to + 2 * toStep);
        S.Store(g2, to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Output<V, T, S>(T* from, nint step, T* to, nint toStep)
        where V : struct where T : unmanaged where S : struct, ISimd<V, T>
    {
        V m1 = S.Load(from + step), m2 = S.Load(from + 2 * step);
        S.Store(S.Add(S.Load(from), S.Add(m1, m2)), to);
        S.Store(S.Subtract(S.Subtract(m1, m2), S.Load(from + 3 * step)), to + toStep);
    }
}
