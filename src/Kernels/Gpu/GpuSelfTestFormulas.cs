using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Gpu;

// The formulas of the self-test: together they use all that a lane offers.

internal readonly struct SelfTestExp : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L> => L.Exp(x);
}

internal readonly struct SelfTestLog : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L> => L.Log(x);
}

internal readonly struct SelfTestSin : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sin(x);
}

internal readonly struct SelfTestCos : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L> => L.Cos(x);
}

internal readonly struct SelfTestRoot : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sqrt(x);
}

/// <summary>Whole numbers, comparisons and signs: exact.</summary>
internal readonly struct SelfTestSteps : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L>
    {
        L whole = L.Floor(x) + L.Round(x) * L.Of(1024) - L.Of(-2.5);
        L bounded = L.Max(L.Min(whole, L.Of(1e6)), L.Of(-1e6));
        return L.IfEqual(x, L.Of(2.5), L.Of(double.NegativeInfinity), L.IfGreater(L.Abs(x), L.Of(0.5), bounded, -x));
    }
}

/// <summary>Two numbers of its own.</summary>
internal readonly struct SelfTestLine(double slope, double shift) : IFormula
{
    public L Apply<L>(L x) where L : struct, ILane<L> => L.MultiplyAdd(x, L.Parameter(slope), L.Parameter(shift));
}

internal readonly struct SelfTestQuotient : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a / b;
}

internal readonly struct SelfTestBlend(double share) : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a * L.Parameter(share) + b;
}

/// <summary>A NaN of either comes out.</summary>
internal readonly struct SelfTestExtremes : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(a, L.Of(0), L.Max(a, b), L.Min(a, b));
}

/// <summary>For masks.</summary>
internal readonly struct SelfTestAbove : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(a, b, L.Of(1), L.Of(0));
}
