using System.Globalization;
using System.Text;

namespace MiniGrad.Kernels;

/// <summary>A formula printed as lines of OpenCL C, and the formula's own numbers, which the kernel takes as arguments.</summary>
internal sealed class FormulaSource
{
    [ThreadStatic]
    private static FormulaSource? current;

    private readonly StringBuilder lines = new();
    private readonly List<double> parameters = [];
    private int variables;

    /// <summary>The formula that this thread is printing.</summary>
    public static FormulaSource Current => current ?? throw new InvalidOperationException("gpu: no formula is being printed.");

    /// <summary>The formula's own numbers, in the order of their use: <c>p0</c>, <c>p1</c>, …</summary>
    public IReadOnlyList<double> Parameters => parameters;

    /// <summary>The body of a function of x that returns f(x).</summary>
    public string Body => lines.ToString();

    public static FormulaSource Of<F>(F formula, DType type) where F : struct, IFormula => Print(type,
        () => formula.Apply(SourceLane<float>.Input("x")).Name,
        () => formula.Apply(SourceLane<double>.Input("x")).Name);

    public static FormulaSource OfPair<F>(F formula, DType type) where F : struct, IFormula2 => Print(type,
        () => formula.Apply(SourceLane<float>.Input("a"), SourceLane<float>.Input("b")).Name,
        () => formula.Apply(SourceLane<double>.Input("a"), SourceLane<double>.Input("b")).Name);

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

    private static FormulaSource Print(DType type, Func<string> single, Func<string> twice)
    {
        FormulaSource source = current = new();
        try
        {
            string result = type == DType.F64 ? twice() : single();
            source.lines.Append("    return ").Append(result).Append(";\n");
            return source;
        }
        finally
        {
            current = null;
        }
    }
}
