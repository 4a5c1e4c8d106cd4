using System.Reflection;
using System.Text;
using MiniGrad.Kernels.Cpu;

namespace MiniGrad.Kernels.Gpu;

// Formulas of operands that lie flat wait as a Chain for what follows. The others, and all where a driver compiles no text,
// are programs of their own: a formula without numbers is known by its type; one with numbers, which may choose between two
// texts by them, by its text.
internal sealed partial class GpuBackend
{
    /// <summary>Elements that a group of the flat kernels takes.</summary>
    internal const int FlatElements = 4 * Group;

    /// <summary>Letters of a formula's name in a program's.</summary>
    private const int LongestName = 80;

    public override void Map<F>(F formula, in View x, in View y)
    {
        if (y.Shape.Count == 0) return;
        DType type = x.Type;
        if (Delay(x, null, y, (text, a, _) => text.Append(formula, type, a))) return;
        FormulaSource? source = HasNumbers<F>() ? FormulaSource.Of(formula, type) : null;
        Run(source, typeof(F), x, null, y, key => Program(key, source ?? FormulaSource.Of(formula, type)));
    }

    public override void Zip<F>(F formula, in View a, in View b, in View y)
    {
        if (y.Shape.Count == 0) return;
        DType type = a.Type;
        if (Delay(a, b, y, (text, left, right) => text.Append(formula, type, left, right))) return;
        FormulaSource? source = HasNumbers<F>() ? FormulaSource.OfPair(formula, type) : null;
        Run(source, typeof(F), a, b, y, key => Program(key, source ?? FormulaSource.OfPair(formula, type)));
    }

    public override void Select(in View mask, in View a, in View b, in View y)
    {
        long count = y.Shape.Count;
        if (count == 0) return;
        CheckWalk(count);
        Rows rows = new(mask.Layout, a.Layout, b.Layout, y.Layout);
        Arguments arguments = Arguments.New().Add((uint)count).Add(GpuSteps.Sizes(rows));
        for (int operand = 0; operand < 4; operand++) arguments.Add(GpuSteps.Of(rows, operand));
        arguments.Add(mask.Storage).Add(a.Storage).Add(b.Storage).Add(y.Storage);
        Run(new("select", "select_where", y.Type), Grid.For(count, Group), arguments, Plain);
    }

    /// <summary>
    /// Lets a flat result wait for the formulas that may follow; where kernels are compiled ahead of time there are
    /// none for chains.
    /// </summary>
    private bool Delay(in View a, in View? b, in View y, Chain.Print print)
    {
        View second = b ?? a;
        if (!device.Driver.CompilesText || y.Type != a.Type || y.Shape.Count != y.Storage.Count || !y.Layout.IsContiguous) return false;
        if (!IsFlat(a, out uint stepA) || !IsFlat(second, out uint stepB)) return false;
        ((GpuStorage)y.Storage).Delay(Chain.Of(print, y.Shape.Count, a, stepA, b, stepB));
        return true;
    }

    /// <summary>Whether a formula was made with numbers.</summary>
    internal static bool HasNumbers<F>() => Fields<F>.Any;

    private void Run(FormulaSource? source, Type formula, in View a, in View? b, in View y, Func<KernelKey, KernelProgram> program)
    {
        long count = y.Shape.Count;
        View second = b ?? a;
        object variant = source is null ? formula : (formula, source.Body);
        Arguments arguments = Arguments.New();
        string entry;
        long groups;
        if (y.Layout.IsContiguous && IsFlat(a, out uint stepA) && IsFlat(second, out uint stepB))
        {
            entry = "flat";
            groups = (count + FlatElements - 1) / FlatElements;
            arguments.Add((ulong)count).Add(stepA).Add(stepB).Add(a);
            if (b is not null) arguments.Add(second);
            arguments.Add(y);
        }
        else
        {
            CheckWalk(count);
            entry = "strided";
            groups = (count + Group - 1) / Group;
            Rows rows = new(a.Layout, second.Layout, y.Layout);
            arguments.Add((uint)count).Add(GpuSteps.Sizes(rows)).Add(GpuSteps.Of(rows, 0))
                .Add(GpuSteps.Of(rows, 1)).Add(GpuSteps.Of(rows, 2));
            // The steps hold the offsets.
            arguments.Add(a.Storage).Add(0L);
            if (b is not null) arguments.Add(second.Storage).Add(0L);
            arguments.Add(y.Storage).Add(0L);
        }
        if (source is not null)
        {
            foreach (double number in source.Parameters) arguments.AddReal(a.Type, number);
        }
        Run(new KernelKey(b is null ? "map" : "zip", entry, a.Type, y.Type, variant), new Grid(Group, groups), arguments, program);
    }

    /// <summary>Whether a flat index finds the elements: they lie together, or are one number.</summary>
    private static bool IsFlat(in View x, out uint step)
    {
        step = x.Layout.IsContiguous ? 1u : 0u;
        return step == 1 || x.Layout.Least == x.Layout.Most;
    }

    internal static KernelProgram Program(KernelKey key, FormulaSource source)
    {
        bool pair = key.Program == "zip";
        StringBuilder parameters = new();
        StringBuilder passed = new();
        for (int i = 0; i < source.Parameters.Count; i++)
        {
            parameters.Append(", REAL p").Append(i);
            passed.Append(", p").Append(i);
        }
        Type type = key.Variant as Type ?? (((Type, string))key.Variant!).Item1;
        string name = $"{key.Program}-{FormulaName(type)}"
            + (key.Variant is Type ? "" : $"-{Mark(source.Body)}") + (key.Other == DType.Bool ? "-mask" : "");
        string text = $"static inline REAL FORMULA(REAL {(pair ? "a, REAL b" : "x")}{parameters})\n{{\n{source.Body}}}\n";
        string definitions = $"#define PARAMETERS {parameters}\n#define PASSED {passed}\n"
            + (pair ? "#define PAIR\n" : "") + (key.Other == DType.Bool ? "#define OUT_IS_MASK\n" : "");
        return KernelProgram.Of(name, key.Type, definitions, FormulaSource.Files(source.Body)).Then(text, "pointwise");
    }

    private static class Fields<F>
    {
        public static readonly bool Any =
            typeof(F).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0;
    }

    /// <summary>A formula's own name, for one of another's with its namespace, in letters that any file system takes.</summary>
    private static string FormulaName(Type type)
    {
        string name = type.ToString();
        name = name.Replace("MiniGrad.Kernels.Gpu.", "kernels.", StringComparison.Ordinal)
            .Replace("MiniGrad.", "", StringComparison.Ordinal);
        name = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '.'));
        return name[..Math.Min(name.Length, LongestName)];
    }

    /// <summary>A few letters that tell the texts of one formula apart.</summary>
    private static string Mark(string text) => ProgramCache.Hash(text)[..6];
}
