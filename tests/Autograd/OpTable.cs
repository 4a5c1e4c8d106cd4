using Exact = MiniGrad.Tests.Autograd.ExactFunctions;

namespace MiniGrad.Tests.Autograd;

/// <summary>
/// One row per operation: the second of the two places that a new operation touches. All tests of
/// <see cref="OpTableTests"/> run over every row.
/// </summary>
internal static partial class OpTable
{
    private static readonly Shape Small = [3, 4];

    private static OpRow[]? rows;

    // Made on demand: fields of the other parts of this class may be initialised later than these.
    public static OpRow[] Rows => rows ??= [.. Unary(), .. Binary(), .. Views(), .. Sums(), .. Images(), .. Models()];

    public static OpRow Row(string name) => Array.Find(Rows, row => row.Name == name)!;

    private static OpRow Of(
        string name, Func<Tensor, Tensor> apply, Func<double, double>? exact, double low, double high, params string[] covers) =>
        new(name, [Small], xs => apply(xs[0])) { Exact = exact is null ? null : v => exact(v[0]), Low = low, High = high, Covers = covers };

    private static OpRow Pair(
        string name, Func<Tensor, Tensor, Tensor> apply, Func<double, double, double>? exact, double low, double high,
        params string[] covers) =>
        new(name, [Small, [4]], xs => apply(xs[0], xs[1]))
        {
            Exact = exact is null ? null : v => exact(v[0], v[1]),
            Low = low,
            High = high,
            Covers = covers,
        };

    private static OpRow[] Unary() =>
    [
        Of("abs", x => x.Abs(), Math.Abs, -2, 2, nameof(Abs), "Unary`1") with { KinkDistance = Exact.From(0) },
        Of("affine", x => x.Affine(1.7, -0.3), x => 1.7 * x - 0.3, -2, 2, nameof(Affine)) with { Magnitude = 4 },
        Of("shift and scale", x => 1.5 - (x - 0.5) * 3 + 2, x => 5 - 3 * x, -2, 2, nameof(Affine)) with { Magnitude = 8 },
        Of("clamp", x => x.Clamp(-0.7, 0.9), x => Math.Clamp(x, -0.7, 0.9), -2, 2, nameof(Clamp)) with
        {
            KinkDistance = Exact.From(-0.7, 0.9),
        },
        Of("cos", x => x.Cos(), Math.Cos, -10, 10, nameof(Cos)) with { Magnitude = 0.1 },
        Of("divide by number", x => x / 3, x => x / 3, -2, 2),
        Of("elu", x => x.Elu(1.3), x => x > 0 ? x : 1.3 * Exact.Expm1(x), -3, 3, nameof(Elu)) with
        {
            KinkDistance = Exact.From(0),
            Ulps = 8,
        },
        Of("erf", x => x.Erf(), Exact.Erf, -3.5, 3.5, nameof(Erf)) with { Ulps = 8 },
        Of("exp", x => x.Exp(), Math.Exp, -5, 5, nameof(Exp)),
        Of("expm1", x => x.Expm1(), Exact.Expm1, -3, 3, nameof(Expm1)) with { Ulps = 8 },
        Of("floor", x => x.Floor(), Math.Floor, -3, 3, nameof(Floor)) with { KinkDistance = Exact.FromWhole() },
        Of("gelu", x => x.Gelu(), x => x * Exact.Below(x), -4, 4, nameof(Gelu)) with { Ulps = 2, Magnitude = 1 },
        Of("gelu-tanh", x => x.GeluTanh(), x => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2, -4, 4) with
        {
            Ulps = 8,
            Magnitude = 4,
        },
        Of("inverse", x => 2 / x, x => 2 / x, 0.5, 2),
        Of("inverse-or-zero", x => x.InverseOrZero(), x => x == 0 ? 0 : 1 / x, 0.3, 3, nameof(InverseOrZero)),
        Of("leaky-relu", x => x.LeakyRelu(0.1), x => x > 0 ? x : 0.1 * x, -2, 2, nameof(LeakyRelu)) with { KinkDistance = Exact.From(0) },
        Of("log", x => x.Log(), Math.Log, 0.1, 5, nameof(Log)),
        Of("log1p", x => x.Log1p(), Exact.Log1p, -0.7, 4, nameof(Log1p)) with { Ulps = 8 },
        Of("neg", x => -x, x => -x, -2, 2, nameof(Negate)),
        Of("pow of 3", x => x.Pow(3), x => x * x * x, -2, 2, nameof(Pow)),
        Of("pow of -2", x => x.Pow(-2), x => 1 / (x * x), -2, -0.5, nameof(Pow)),
        Of("pow of 0", x => x.Pow(0), x => 1, -2, 2, nameof(Pow)),
        Of("pow of 1/2", x => x.Pow(0.5), Math.Sqrt, 0.2, 3, nameof(Pow)),
        Of("pow of 1.7", x => x.Pow(1.7), x => Math.Pow(x, 1.7), 0.2, 3, nameof(Pow)) with { Ulps = 8 },
        Of("relu", x => x.Relu(), x => Math.Max(x, 0), -2, 2, nameof(Relu)) with { KinkDistance = Exact.From(0) },
        Of("round", x => x.Round(), x => Math.Round(x, MidpointRounding.ToEven), -3, 3, nameof(Round)) with
        {
            KinkDistance = Exact.FromWhole(0.5),
        },
        Of("rsqrt", x => x.Rsqrt(), x => 1 / Math.Sqrt(x), 0.2, 4, nameof(Rsqrt)),
        Of("safe-sqrt", x => x.SafeSqrt(), Math.Sqrt, 0.2, 4, nameof(SafeSqrt)),
        Of("sigmoid", x => x.Sigmoid(), Exact.Sigmoid, -6, 6, nameof(Sigmoid)),
        Of("sign", x => x.Sign(), x => Math.Sign(x), -2, 2, nameof(Sign)) with { KinkDistance = Exact.From(0) },
        Of("silu", x => x.Silu(), x => x * Exact.Sigmoid(x), -6, 6, nameof(Silu)),
        Of("sin", x => x.Sin(), Math.Sin, -10, 10, nameof(Sin)) with { Magnitude = 0.1 },
        Of("softplus", x => x.Softplus(1.5), x => Exact.Log1p(Math.Exp(1.5 * x)) / 1.5, -6, 6, nameof(Softplus)) with { Ulps = 8 },
        Of("sqrt", x => x.Sqrt(), Math.Sqrt, 0.2, 4, nameof(Sqrt)),
        Of("square", x => x.Square(), x => x * x, -2, 2, nameof(Square)),
        Of("tanh", x => x.Tanh(), Math.Tanh, -3, 3, nameof(Tanh)) with { Ulps = 8 },
        Of("at-least", x => (x >= 0.25).Cast(x.Type), x => x >= 0.25 ? 1 : 0, -2, 2) with { KinkDistance = Exact.From(0.25) },
        Of("at-most", x => (x <= 0.25).Cast(x.Type), x => x <= 0.25 ? 1 : 0, -2, 2) with { KinkDistance = Exact.From(0.25) },
    ];

    private static OpRow[] Binary() =>
    [
        Pair("add", (a, b) => a + b, (a, b) => a + b, -2, 2, nameof(Add), "Binary`1"),
        Pair("sub", (a, b) => a - b, (a, b) => a - b, -2, 2, nameof(Subtract)),
        Pair("mul", (a, b) => a * b, (a, b) => a * b, -2, 2, nameof(Multiply)),
        Pair("div", (a, b) => a / b, (a, b) => a / b, 0.5, 2, nameof(Divide)),
        Pair("blend", (a, b) => a.Blend(0.5, b, -2), (a, b) => 0.5 * a - 2 * b, -2, 2, nameof(Blend)) with { Magnitude = 4 },
        Pair("max", (a, b) => a.Maximum(b), Math.Max, -2, 2, nameof(Maximum)) with { Distinct = true },
        Pair("min", (a, b) => a.Minimum(b), Math.Min, -2, 2, nameof(Minimum)) with { Distinct = true },
        Pair("larger", (a, b) => Pointwise.Of(new Larger(), a, b), (a, b) => a > b ? 1 : a == b ? 0.5 : 0, -2, 2, nameof(Larger)) with
        {
            Distinct = true,
        },
        Pair("pow2", (a, b) => a.Pow(b), Math.Pow, 0.3, 2.5, nameof(Pow2)) with { Ulps = 16 },
        Pair("gate", (a, b) => Pointwise.Of(new ReluMask(0.1), a, b), (a, b) => b > 0 ? a : 0.1 * a, -2, 2, nameof(ReluMask)) with
        {
            KinkDistance = Exact.From(0),
        },
        Pair("gelu-slope", (a, b) => Pointwise.Of(new GeluSlope(), a, b),
            (a, b) => a * (Exact.Below(b) + b * Math.Exp(-b * b / 2) / Math.Sqrt(2 * Math.PI)), -4, 4, nameof(GeluSlope)) with
        {
            Ulps = 4,
            Magnitude = 4,
        },
        Pair("window", (a, b) => Pointwise.Of(new Window(-0.7, 0.9), a, b), (a, b) => b is >= -0.7 and <= 0.9 ? a : 0, -2, 2,
            nameof(Window)) with
        {
            KinkDistance = Exact.From(-0.7, 0.9),
        },
        Pair("greater", (a, b) => (a > b).Cast(a.Type), (a, b) => a > b ? 1 : 0, -2, 2) with { Distinct = true },
        Pair("less", (a, b) => (a < b).Cast(a.Type), (a, b) => a < b ? 1 : 0, -2, 2) with { Distinct = true },
        Pair("equal", (a, b) => a.EqualTo(b).Cast(a.Type), (a, b) => a == b ? 1 : 0, -2, 2) with { Distinct = true },
        Pair("not-equal", (a, b) => a.NotEqualTo(b).Cast(a.Type), (a, b) => a != b ? 1 : 0, -2, 2) with { Distinct = true },
        Pair("where by comparison", (a, b) => Ops.Where(a.Detach() > 0.5, a * b, b), (a, b) => a > 0.5 ? a * b : b, -2, 2,
            nameof(Where)) with
        {
            KinkDistance = Exact.From(0.5),
        },
    ];
}
