using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Pointwise formulas applied one after another, which are computed by one kernel, when the last result is needed: what lies
/// between never goes through memory. The bits are those of the formulas one by one. A chain holds the memory it reads.
/// </summary>
internal sealed class Chain
{
    /// <summary>Longer chains are cut: their kernels would run out of registers, and hold much memory.</summary>
    private const int MostFormulas = 12;

    private const int MostLeaves = 6;

    private readonly DType type;
    private readonly long count;
    private readonly Part last;
    private readonly Leaf[] leaves;
    private readonly int formulas;

    private Chain(DType type, long count, Part last, Leaf[] leaves, int formulas) =>
        (this.type, this.count, this.last, this.leaves, this.formulas) = (type, count, last, leaves, formulas);

    /// <summary>Appends a formula to a text; the inputs and the result are names of variables.</summary>
    public delegate string Print(FormulaSource source, string a, string b);

    /// <summary>f of one or two operands that lie flat: together from their offset, or, with step 0, as one number.</summary>
    public static Chain Of(Print print, long count, in View a, uint stepA, in View? b, uint stepB)
    {
        (Part left, Leaf[] first, int used) = Operand(a, stepA, count, MostFormulas - 1, MostLeaves - 1);
        if (b is not { } second) return new(a.Type, count, new Formula(print, left, null), first, used + 1);
        (Part right, Leaf[] more, int also) = Operand(second, stepB, count, MostFormulas - 1 - used, MostLeaves - first.Length);
        Leaf[] all = [.. first.Union(more)];
        // What both sides read is held once.
        foreach (Leaf twice in first.Intersect(more)) twice.Block.Dispose();
        return new(a.Type, count, new Formula(print, left, right), all, used + also + 1);
    }

    /// <summary>Computes into a block. The storage is kept until the launch.</summary>
    public void Run(GpuDevice device, GpuBlock to, GpuStorage storage)
    {
        FormulaSource source = new();
        string result = last.Print(source, leaves);
        source.Return(result);
        Arguments arguments = Arguments.New().Add((ulong)count);
        foreach (Leaf leaf in leaves) arguments.Add(leaf.Block.Memory).Add(leaf.Offset).Add(leaf.Step);
        arguments.Keep(storage).Add(to.Memory);
        foreach (double number in source.Parameters) arguments.AddReal(type, number);
        (int inputs, int numbers) = (leaves.Length, source.Parameters.Count);
        KernelKey key = new("chain", "chain", type, Variant: (source.Body, inputs, numbers));
        device.Kernels.Run(key, new Grid(GpuBackend.Group, (count + GpuBackend.FlatElements - 1) / GpuBackend.FlatElements),
            arguments, made => Program(made, source.Body, inputs, numbers));
        GC.KeepAlive(to);
    }

    /// <summary>Lets go of the memory that the chain reads.</summary>
    public void Release()
    {
        foreach (Leaf leaf in leaves) leaf.Block.Dispose();
    }

    /// <summary>
    /// An operand as a part, whose memory is held: its own chain, where that is all of it and there is room; else its
    /// memory.
    /// </summary>
    private static (Part, Leaf[], int) Operand(in View x, uint step, long count, int formulas, int leaves)
    {
        GpuStorage storage = (GpuStorage)x.Storage;
        if (step == 1 && storage.Chain is { } inner && inner.count == count
            && storage.Count == count && inner.formulas <= formulas && inner.leaves.Length <= leaves)
        {
            // Another thread may compute it at this moment, and let go of what it reads.
            lock (inner)
            {
                if (ReferenceEquals(storage.Chain, inner))
                {
                    foreach (Leaf read in inner.leaves) read.Block.Hold();
                    return (inner.last, inner.leaves, inner.formulas);
                }
            }
        }
        Leaf leaf = new(storage.Block, x.Layout.Offset, step);
        leaf.Block.Hold();
        return (leaf, [leaf], 0);
    }

    private static KernelProgram Program(KernelKey key, string body, int leaves, int parameters)
    {
        StringBuilder inputs = new();
        StringBuilder arguments = new();
        StringBuilder passed = new();
        for (int i = 0; i < leaves; i++)
        {
            inputs.Append($", __global const REAL* x{i}, long offset{i}, uint step{i}");
            arguments.Append($"{(i > 0 ? ", " : "")}REAL v{i}");
            passed.Append($"{(i > 0 ? ", " : "")}x{i}[offset{i} + i * step{i}]");
        }
        StringBuilder numbers = new();
        for (int i = 0; i < parameters; i++)
        {
            numbers.Append($", REAL p{i}");
            passed.Append($", p{i}");
        }
        string definitions = $"#define INPUTS {inputs}\n#define PARAMETERS {numbers}\n#define PASSED {passed}\n";
        string function = $"static inline REAL FORMULA({arguments}{numbers})\n{{\n{body}}}\n";
        return KernelProgram.Of("chain", key.Type, definitions, FormulaSource.Files(body)).Then(function, "chain");
    }

    private abstract record Part
    {
        /// <summary>Appends what makes the part; returns the variable that holds it.</summary>
        public abstract string Print(FormulaSource source, Leaf[] leaves);
    }

    private sealed record Leaf(GpuBlock Block, long Offset, uint Step) : Part
    {
        public override string Print(FormulaSource source, Leaf[] leaves) => $"v{Array.IndexOf(leaves, this)}";
    }

    private sealed record Formula(Print Text, Part A, Part? B) : Part
    {
        public override string Print(FormulaSource source, Leaf[] leaves)
        {
            string a = A.Print(source, leaves);
            return Text(source, a, B is null ? "" : ReferenceEquals(A, B) ? a : B.Print(source, leaves));
        }
    }
}
