using System.Globalization;
using System.Text;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Gpu;

/// <summary>A formula printed as lines of OpenCL C, and the formula's own numbers, which the kernel takes as arguments.</summary>
internal sealed class FormulaSource
{
    [ThreadStatic]
    private static FormulaSource? current;

    private static readonly string[] MathCalls = ["EXP(", "LOG(", "SIN(", "COS("];

    private readonly StringBuilder lines = new();
    private readonly List<double> parameters = [];
    private int variables;

    /// <summary>The formula that this thread is printing.</summary>
    public static FormulaSource Current => current ?? throw new InvalidOperationException("gpu: no formula is being printed.");

    /// <summary>The formula's own numbers, in the order of their use: <c>p0</c>, <c>p1</c>, …</summary>
    public IReadOnlyList<double> Parameters => parameters;

    /// <summary>The body of a function of x that returns f(x).</summary>
    public string Body => lines.ToString();

    /// <summary>The files that a text needs before it: math.cl is long, and most formulas call none of its functions.</summary>
    public static string[] Files(string body) =>
        Array.Exists(MathCalls, call => body.Contains(call, StringComparison.Ordinal)) ? ["math"] : [];

    /// <summary>One formula of x.</summary>
    public static FormulaSource Of<F>(F formula, DType type) where F : struct, IFormula
    {
        FormulaSource source = new();
        source.Return(source.Append(formula, type, "x"));
        return source;
    }

    /// <summary>One formula of a and b.</summary>
    public static FormulaSource OfPair<F>(F formula, DType type) where F : struct, IFormula2
    {
        FormulaSource source = new();
        source.Return(source.Append(formula, type, "a", "b"));
        return source;
    }

    /// <summary>Appends a formula of a variable; returns the variable of its result.</summary>
    public string Append<F>(F formula, DType type, string x) where F : struct, IFormula
    {
        current = this;
        return type == DType.F64 ? formula.Apply(SourceLane<double>.Input(x)).Name : formula.Apply(SourceLane<float>.Input(x)).Name;
    }

    /// <summary>The same of two variables.</summary>
    public string Append<F>(F formula, DType type, string a, string b) where F : struct, IFormula2
    {
        current = this;
        return type == DType.F64
            ? formula.Apply(SourceLane<double>.Input(a), SourceLane<double>.Input(b)).Name
            : formula.Apply(SourceLane<float>.Input(a), SourceLane<float>.Input(b)).Name;
    }

    /// <summary>Ends the text.</summary>
    public void Return(string name) => lines.Append("    return ").Append(name).Append(";\n");

    public string Add(string expression)
    {
        string name = "t" + variables++.ToString(CultureInfo.InvariantCulture);
        lines.Append("    const REAL ").Append(name).Append(" = ").Append(expression).Append(";\n");
        return name;
    }

    public string Parameter(double value)
    {
        parameters.Add(value);
        return "p" + (parameters.Count - 1).ToString(CultureInfo.InvariantCulture);
    }
}
