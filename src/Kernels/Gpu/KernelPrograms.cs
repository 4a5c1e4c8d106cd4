using System.Reflection;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Every program that <see cref="GpuBackend"/> may ask for, with the formulas of this and of given assemblies: what make-ptx.sh compiles
/// ahead of time.
/// </summary>
internal static class KernelPrograms
{
    /// <summary>
    /// Numbers with which formulas are printed. A formula may choose its text by its numbers (a whole exponent is multiplied
    /// out, a slope of 0 is left out); the texts that differ are kept. Whole numbers from −4, the third derivative of 1/x, to 8.
    /// </summary>
    private static readonly double[] Samples = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0.5, 0.3];

    private static readonly DType[] Reals = [DType.F32, DType.F64];
    private static readonly DType[] Types = [DType.F32, DType.F64, DType.I32, DType.Bool];

    /// <summary>All programs, each once, in the order of their names.</summary>
    public static IReadOnlyList<KernelProgram> All(params ReadOnlySpan<Assembly> formulas)
    {
        Dictionary<string, KernelProgram> all = [];
        IEnumerable<KernelProgram> own = Formulas([typeof(GpuSelfTest).Assembly, .. formulas]);
        foreach (KernelProgram program in (IEnumerable<KernelProgram>)[.. Families(), .. own])
        {
            if (all.TryAdd(program.Name, program) || all[program.Name] == program) continue;
            throw new InvalidOperationException($"gpu: two kernel programs are called {program.Name}.");
        }
        return [.. all.Values.OrderBy(program => program.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<KernelProgram> Families()
    {
        yield return GpuBackend.Plain(new("random", "", DType.F32));
        foreach (DType type in Types)
        {
            yield return GpuBackend.GatherProgram(new("gather", "", type));
            foreach (DType other in Types) yield return GpuBackend.MoveProgram(new("move", "", type, other));
        }
        foreach (DType type in Reals)
        {
            foreach (string name in (string[])["argmax", "channels", "pool", "select"]) yield return GpuBackend.Plain(new(name, "", type));
            yield return GpuBackend.ScatterProgram(new("scatter", "", type));
            yield return GpuBackend.WithMath(new("softmax", "", type));
            yield return GpuBackend.NormalizeProgram(new("normalize", "", type));
            foreach (DType other in Reals)
            {
                foreach (Reduction reduction in Enum.GetValues<Reduction>())
                {
                    yield return GpuBackend.ReduceProgram(new("reduce", "", type, other, reduction));
                }
            }
            foreach (GpuTile tile in GpuTile.All(type, false).Union(GpuTile.All(type, true)))
            {
                foreach (string name in (string[])["conv", "convinput", "convweight"])
                {
                    yield return GpuBackend.ConvProgram(new(name, "", type, Variant: tile));
                }
                for (int layout = 0; layout < 4; layout++)
                {
                    yield return GpuBackend.MatMulProgram(new("matmul", "", type, Variant: (tile, layout > 1, layout % 2 == 1)));
                }
            }
        }
    }

    private static IEnumerable<KernelProgram> Formulas(Assembly[] assemblies)
    {
        foreach (Type type in assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            bool one = typeof(IFormula).IsAssignableFrom(type);
            bool two = typeof(IFormula2).IsAssignableFrom(type);
            if (!type.IsValueType || !one && !two) continue;
            string print = one ? nameof(OfOne) : nameof(OfTwo);
            MethodInfo method =
                typeof(KernelPrograms).GetMethod(print, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
            foreach (object formula in Instances(type))
            {
                foreach (KernelProgram program in (IEnumerable<KernelProgram>)method.Invoke(null, [formula])!) yield return program;
            }
        }
    }

    /// <summary>A formula with every combination of sample numbers that its constructor takes.</summary>
    private static IEnumerable<object> Instances(Type type)
    {
        ConstructorInfo? constructor =
            type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).FirstOrDefault();
        int count = constructor?.GetParameters().Length ?? 0;
        IEnumerable<object[]> choices = [[]];
        for (int i = 0; i < count; i++) choices = choices.SelectMany(choice => Samples.Select(number => (object[])[.. choice, number]));
        return choices.Select(choice => constructor is null ? Activator.CreateInstance(type)! : constructor.Invoke(choice));
    }

    private static IEnumerable<KernelProgram> OfOne<F>(F formula) where F : struct, IFormula
    {
        foreach (DType type in Reals)
        {
            FormulaSource source = FormulaSource.Of(formula, type);
            object variant = GpuBackend.HasNumbers<F>() ? (typeof(F), source.Body) : typeof(F);
            yield return GpuBackend.Program(new("map", "", type, type, variant), source);
        }
    }

    private static IEnumerable<KernelProgram> OfTwo<F>(F formula) where F : struct, IFormula2
    {
        foreach (DType type in Reals)
        {
            FormulaSource source = FormulaSource.OfPair(formula, type);
            object variant = GpuBackend.HasNumbers<F>() ? (typeof(F), source.Body) : typeof(F);
            yield return GpuBackend.Program(new("zip", "", type, type, variant), source);
            yield return GpuBackend.Program(new("zip", "", type, DType.Bool, variant), source);
        }
    }
}
