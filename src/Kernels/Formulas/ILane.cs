namespace MiniGrad.Kernels.Formulas;

/// <summary>
/// The arithmetic that a formula may use. A lane is one number or a vector of them; the same formula text runs on every
/// lane, so the scalar reference and the SIMD kernels cannot drift apart.
/// </summary>
public interface ILane<L> where L : struct, ILane<L>
{
    /// <summary>Whether elements have the 24 bits of a float, for which a shorter series is enough.</summary>
    static abstract bool IsSingle { get; }

    /// <summary>a + b.</summary>
    static abstract L operator +(L a, L b);

    /// <summary>a − b.</summary>
    static abstract L operator -(L a, L b);

    /// <summary>a · b.</summary>
    static abstract L operator *(L a, L b);

    /// <summary>a / b.</summary>
    static abstract L operator /(L a, L b);

    /// <summary>−a.</summary>
    static abstract L operator -(L a);

    /// <summary>A constant in every element.</summary>
    static abstract L Of(double value);

    /// <summary>
    /// One of the formula's own numbers, such as a slope: a GPU's kernel takes it as an argument, so that another value
    /// is no other kernel.
    /// </summary>
    static abstract L Parameter(double value);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract L MultiplyAdd(L a, L b, L c);

    /// <summary>|x|.</summary>
    static abstract L Abs(L x);

    /// <summary>√x; NaN below 0.</summary>
    static abstract L Sqrt(L x);

    /// <summary>eˣ.</summary>
    static abstract L Exp(L x);

    /// <summary>The natural logarithm.</summary>
    static abstract L Log(L x);

    /// <summary>sin x, x in radians.</summary>
    static abstract L Sin(L x);

    /// <summary>cos x, x in radians.</summary>
    static abstract L Cos(L x);

    /// <summary>The largest integer that is not above x.</summary>
    static abstract L Floor(L x);

    /// <summary>The nearest integer, halves to even.</summary>
    static abstract L Round(L x);

    /// <summary>The smaller; NaN if either is NaN.</summary>
    static abstract L Min(L a, L b);

    /// <summary>The larger; NaN if either is NaN.</summary>
    static abstract L Max(L a, L b);

    /// <summary>a &gt; b ? then : otherwise, element by element.</summary>
    static abstract L IfGreater(L a, L b, L then, L otherwise);

    /// <summary>a = b ? then : otherwise, element by element.</summary>
    static abstract L IfEqual(L a, L b, L then, L otherwise);
}

/// <summary>A function of one number, written once for every lane.</summary>
public interface IFormula
{
    /// <summary>f(x), element by element.</summary>
    L Apply<L>(L x) where L : struct, ILane<L>;
}

/// <summary>A function of two numbers, written once for every lane.</summary>
public interface IFormula2
{
    /// <summary>f(a, b), element by element.</summary>
    L Apply<L>(L a, L b) where L : struct, ILane<L>;
}
