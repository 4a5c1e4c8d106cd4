using System.Globalization;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// A lane that computes nothing: each operation appends a line of OpenCL C to the formula that is being printed and stands
/// for the variable that the line defines. So the text that the processor runs is the text that a GPU compiles.
/// </summary>
/// <typeparam name="T">The element type: formulas may choose a shorter series for floats.</typeparam>
internal readonly struct SourceLane<T> : ILane<SourceLane<T>> where T : unmanaged
{
    private readonly string name;

    private SourceLane(string name) => this.name = name;

    internal static SourceLane<T> Input(string name) => new(name);

    internal string Name => name;

    public static bool IsSingle => typeof(T) == typeof(float);

    public static SourceLane<T> operator +(SourceLane<T> a, SourceLane<T> b) => Line($"{a.name} + {b.name}");

    public static SourceLane<T> operator -(SourceLane<T> a, SourceLane<T> b) => Line($"{a.name} - {b.name}");

    public static SourceLane<T> operator *(SourceLane<T> a, SourceLane<T> b) => Line($"{a.name} * {b.name}");

    public static SourceLane<T> operator /(SourceLane<T> a, SourceLane<T> b) => Line($"{a.name} / {b.name}");

    public static SourceLane<T> operator -(SourceLane<T> a) => Line($"-{a.name}");

    public static SourceLane<T> Of(double value) => new(Literal(value));

    public static SourceLane<T> Parameter(double value) => new(FormulaSource.Current.Parameter(value));

    public static SourceLane<T> MultiplyAdd(SourceLane<T> a, SourceLane<T> b, SourceLane<T> c) =>
        Line($"FMA({a.name}, {b.name}, {c.name})");

    public static SourceLane<T> Abs(SourceLane<T> x) => Line($"FABS({x.name})");

    public static SourceLane<T> Sqrt(SourceLane<T> x) => Line($"SQRT({x.name})");

    public static SourceLane<T> Exp(SourceLane<T> x) => Line($"EXP({x.name})");

    public static SourceLane<T> Log(SourceLane<T> x) => Line($"LOG({x.name})");

    public static SourceLane<T> Sin(SourceLane<T> x) => Line($"SIN({x.name})");

    public static SourceLane<T> Cos(SourceLane<T> x) => Line($"COS({x.name})");

    public static SourceLane<T> Floor(SourceLane<T> x) => Line($"FLOOR({x.name})");

    public static SourceLane<T> Round(SourceLane<T> x) => Line($"RINT({x.name})");

    public static SourceLane<T> Min(SourceLane<T> a, SourceLane<T> b) => Line($"MIN({a.name}, {b.name})");

    public static SourceLane<T> Max(SourceLane<T> a, SourceLane<T> b) => Line($"MAX({a.name}, {b.name})");

    public static SourceLane<T> IfGreater(SourceLane<T> a, SourceLane<T> b, SourceLane<T> then, SourceLane<T> otherwise) =>
        Line($"{a.name} > {b.name} ? {then.name} : {otherwise.name}");

    public static SourceLane<T> IfEqual(SourceLane<T> a, SourceLane<T> b, SourceLane<T> then, SourceLane<T> otherwise) =>
        Line($"{a.name} == {b.name} ? {then.name} : {otherwise.name}");

    private static SourceLane<T> Line(string expression) => new(FormulaSource.Current.Add(expression));

    private static string Literal(double value)
    {
        if (double.IsNaN(value)) return "REAL_NAN";
        if (double.IsInfinity(value)) return value > 0 ? "REAL_INFINITY" : "(-REAL_INFINITY)";
        string digits = value.ToString("R", CultureInfo.InvariantCulture);
        if (!digits.AsSpan().ContainsAny('.', 'E')) digits += ".0";
        return digits[0] == '-' ? $"((REAL){digits})" : $"(REAL){digits}";
    }
}
