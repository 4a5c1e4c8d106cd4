using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The error function: its Taylor series up to |x| = 1, and 1 − e^(−x²) · q(1/(1 + |x|/2)) beyond, with q a Chebyshev series.</summary>
public readonly struct Erf : IPointwise
{
    /// <summary>2/√π · (−1)ⁿ/(n! (2n + 1)).</summary>
    private static readonly double[] Taylor =
    [
        1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252, 0.0052239776254421879,
        -0.00085483270234508533, 0.00012055332981789664, -1.492565035840625e-05, 1.6462114365889248e-06,
        -1.6365844691234924e-07, 1.4807192815879218e-08, -1.2290555301717928e-09, 9.4227590646504113e-11,
        -6.7113668551641105e-12, 4.4632242632864775e-13, -2.7835162072109215e-14, 1.6342614095367152e-15,
        -9.0639708428086728e-17, 4.7633480405150683e-18,
    ];

    /// <summary>Chebyshev coefficients of e^(x²) · erfc(x) in t = 1/(1 + x/2) over [0, 2/3], from 60-digit arithmetic; absolute error 2e-16.</summary>
    private static readonly double[] Chebyshev =
    [
        0.17511521178456779, 0.20897259654810316, 0.038401894055116792, 0.0048457032421380698, 0.00028029725103013471,
        -2.666699659686223e-05, -5.7261455578799496e-06, 1.5694171394768955e-07, 1.1374410511431968e-07,
        -1.7387072573588823e-09, -2.6811785156068662e-09, 8.6489703834964401e-11, 7.1734305588886129e-11,
        -5.5320762204249131e-12, -1.95908952355049e-12, 3.0934856943930163e-13, 4.5157360703045677e-14,
        -1.5146482545016546e-14, -3.2260020532463043e-16, 5.5195702341389875e-16, -9.8584657082022571e-17,
        -5.3907121939704785e-17, -1.2590188875436372e-17, -4.6399039235110411e-18,
    ];

    public string Name => "erf";

    public L Apply<L>(L x) where L : struct, ILane<L> => Of(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (-x.Square()).Exp() * (2 / Math.Sqrt(Math.PI));

    internal static L Of<L>(L x) where L : struct, ILane<L>
    {
        L size = L.Abs(x);
        L square = x * x;
        L series = L.Of(Taylor[^1]);
        for (int n = Taylor.Length - 2; n >= 0; n--) series = series * square + L.Of(Taylor[n]);

        L u = L.Of(3) / (L.Of(1) + size * L.Of(0.5)) - L.Of(1);
        L twice = u + u;
        L next = L.Of(0);
        L last = L.Of(0);
        for (int n = Chebyshev.Length - 1; n > 0; n--) (next, last) = (twice * next - last + L.Of(Chebyshev[n]), next);
        L tail = L.Of(1) - L.Exp(-square) * (u * next - last + L.Of(Chebyshev[0]));

        L signed = L.IfGreater(L.Of(0), x, -tail, tail);
        return L.IfGreater(size, L.Of(1), signed, x * series);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Erf() => Pointwise.Of(new Erf(), x);
    }
}
