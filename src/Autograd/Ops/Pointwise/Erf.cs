using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The error function: a polynomial in x² up to |x| = 1, and 1 − e^(−x²) · <see cref="Tail"/> beyond.</summary>
internal readonly struct Erf : IPointwise
{
    /// <summary>Of erf(x)/x in x² over [0, 1]: interpolation at Chebyshev's points in 60-digit arithmetic, relative error 2e-19.</summary>
    private static ReadOnlySpan<double> Near =>
    [
        1.1283791670955126, -0.37612638903183754, 0.1128379167095512, -0.026866170645129854, 0.005223977625423455,
        -0.0008548327021945428, 0.00012055332903350668, -1.4925647581008593e-05, 1.6462045711013026e-06, -1.6364645854816389e-07,
        1.479243542696247e-08, -1.2164764337224506e-09, 8.709755232851789e-11, -4.2320376764874594e-12,
    ];

    /// <summary>
    /// Of e^(x²) · erfc(x)/t in 2t − 1 with t = 1/(1 + 0.3 x), for every x ≥ 0: made in the same way, relative error
    /// 1e-16.
    /// </summary>
    private static ReadOnlySpan<double> Far =>
    [
        0.32497992185979685, 0.2765235567560654, 0.19878107804432651, 0.11871867470892623, 0.05696163804327171,
        0.020401446930334386, 0.00435610007754672, -0.00018173754615988694, -0.0004813481121685074, -0.00010700087365902102,
        3.2732043475889126e-05, 1.9100534730946436e-05, -1.7491405399971402e-06, -2.859404793797331e-06, 7.03462019210627e-08,
        4.443376122167177e-07, -8.713500444683617e-09, -7.361063100053356e-08, 4.076795738673141e-09, 1.2219959092798635e-08,
        -1.134683060979444e-09, -1.7297074307761044e-09, 1.4164009004318736e-10, 1.451594196959065e-10,
    ];

    public string Name => "erf";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L x) where L : struct, ILane<L>
    {
        L square = x * x;
        L near = x * (L.IsSingle ? SingleNear(square) : Polynomial(square, Near));
        L size = L.Abs(x);
        L tail = L.Of(1) - L.Exp(-square) * Tail(size);
        L far = L.IfGreater(L.Of(0), x, -tail, tail);
        return L.IfGreater(size, L.Of(1), far, near);
    }

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (-x.Square()).Exp() * (2 / Math.Sqrt(Math.PI));

    /// <summary>
    /// e^(x²) · erfc(x) for x ≥ 0; for floats a minimax polynomial in t, relative error 2e-8 up to 10, where erfc is
    /// below all floats.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static L Tail<L>(L x) where L : struct, ILane<L>
    {
        L t = L.Of(1) / L.MultiplyAdd(x, L.Of(0.3), L.Of(1));
        return t * (L.IsSingle ? SingleFar(t) : Polynomial(t + t - L.Of(1), Far));
    }

    // In pairs: the chain of dependent operations, not their number, sets the speed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L SingleFar<L>(L t) where L : struct, ILane<L>
    {
        L square = t * t;
        L high = L.MultiplyAdd(L.Of(-0.129522771), square, L.MultiplyAdd(L.Of(0.485562569), t, L.Of(-0.512276786)));
        L middle = L.MultiplyAdd(high, square, L.MultiplyAdd(L.Of(0.547718568), t, L.Of(-0.0946497392)));
        L low = L.MultiplyAdd(L.MultiplyAdd(L.Of(0.214925649), t, L.Of(0.148339272)),
            square, L.MultiplyAdd(L.Of(0.170715213), t, L.Of(0.169188006)));
        return L.MultiplyAdd(middle, square * square, low);
    }

    /// <summary>Minimax, relative error 1.2e-9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L SingleNear<L>(L x) where L : struct, ILane<L>
    {
        L square = x * x;
        L high = L.MultiplyAdd(L.Of(7.85386101e-05), square, L.MultiplyAdd(L.Of(-0.000801019352), x, L.Of(0.00518832767)));
        L low = L.MultiplyAdd(L.MultiplyAdd(L.Of(-0.0268538119), x, L.Of(0.112835851)),
            square, L.MultiplyAdd(L.Of(-0.376126258), x, L.Of(1.12837917)));
        return L.MultiplyAdd(high, square * square, low);
    }

    /// <summary>Σ cₙ xⁿ of an even number of coefficients, the even and the odd ones as two chains.</summary>
    private static L Polynomial<L>(L x, ReadOnlySpan<double> c) where L : struct, ILane<L>
    {
        L square = x * x;
        L odd = L.Of(c[^1]);
        L even = L.Of(c[^2]);
        for (int n = c.Length - 3; n > 0; n -= 2)
        {
            odd = L.MultiplyAdd(odd, square, L.Of(c[n]));
            even = L.MultiplyAdd(even, square, L.Of(c[n - 1]));
        }
        return L.MultiplyAdd(odd, x, even);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Erf"/>
        public Tensor Erf() => Pointwise.Of(new Erf(), x);
    }
}
