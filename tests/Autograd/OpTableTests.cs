using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>What must hold for every row of <see cref="OpTable"/>.</summary>
public class OpTableTests
{
    public static TheoryData<string> All => [.. OpTable.Rows.Select(row => row.Name)];

    public static TheoryData<string> WithExact => [.. OpTable.Rows.Where(row => row.Exact is not null).Select(row => row.Name)];

    [Fact]
    public void NamesAreUnique() => Assert.Equal(OpTable.Rows.Length, OpTable.Rows.Select(row => row.Name).Distinct().Count());

    [Fact]
    public void EveryOperationHasARow()
    {
        string[] declared = [.. typeof(Op).Assembly.GetTypes().Where(IsOperation).Select(type => type.Name)];
        Assert.Equal(declared.Length, declared.Distinct().Count());
        HashSet<string> covered = [.. OpTable.Rows.SelectMany(row => row.Covers)];
        Assert.Empty(declared.Except(covered));
        Assert.Empty(covered.Except(declared));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheGraphOfARowHoldsWhatItCovers(string name)
    {
        OpRow row = OpTable.Row(name);
        HashSet<string> met = [];
        Stack<Tensor> open = new([row.Apply(Tracked(row.Inputs(DType.F64, Device.Cpu)))]);
        while (open.TryPop(out Tensor? tensor))
        {
            if (tensor.Origin is not Node node) continue;
            if (node.Op is { } op)
            {
                met.Add(op.GetType().Name);
                foreach (Type formula in op.GetType().GetGenericArguments()) met.Add(formula.Name);
            }
            foreach (Tensor input in node.Inputs) open.Push(input);
        }
        Assert.Empty(row.Covers.Except(met));
    }

    [Theory]
    [MemberData(nameof(WithExact))]
    public void TheReferenceIsExact(string name)
    {
        OpRow row = OpTable.Row(name);
        Tensor[] inputs = row.Inputs(DType.F64, Device.Reference);
        double[] expected = Exact(row, inputs);
        Numbers.Close(expected, Numbers.Doubles(row.Apply(inputs)), i => 1e-12 * (Math.Abs(expected[i]) + row.Magnitude), name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheFastKernelsAgreeWithTheReference(string name) => AgreesWithTheReference(OpTable.Row(name), Device.Cpu);

    /// <summary>A row on a device against the reference, in either type.</summary>
    internal static void AgreesWithTheReference(OpRow row, Device device)
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            string name = $"{row.Name} {type} on {device}";
            Tensor fast = row.Apply(row.Inputs(type, device));
            Tensor[] inputs = row.Inputs(type, Device.Reference);
            Tensor reference = row.Apply(inputs);
            Assert.Equal(type, fast.Type);
            if (row.Products > 0)
            {
                Numbers.CloseProducts(reference, fast, row.Apply([.. inputs.Select(Numbers.Absolute)]), row.Products, name);
                continue;
            }
            double[] expected = Numbers.Doubles(reference);
            double unit = type == DType.F64 ? 1e-13 : row.Ulps * Numbers.Epsilon(type);
            Numbers.Close(expected, Numbers.Doubles(fast), i => unit * (Math.Abs(expected[i]) + row.Magnitude), name);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void DerivativesAgreeWithDifferences(string name)
    {
        OpRow row = OpTable.Row(name);
        if (row.Orders == 0) return;
        GradCheckResult result = GradCheck.Run(row.Apply, row.Inputs(DType.F64, Device.Cpu), row.Orders, row.Tolerance);
        Assert.True(result.Passed, $"{name} on cpu: {result}");
        result = GradCheck.Run(row.Apply, row.Inputs(DType.F64, Device.Reference), 1, row.Tolerance);
        Assert.True(result.Passed, $"{name} on reference: {result}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EveryTangentMatchesTheGradient(string name)
    {
        if (name == "cast") return; // its tangents are rounded to F32: GraphTests
        OpRow row = OpTable.Row(name);
        Tensor[] inputs = row.Inputs(DType.F64, Device.Cpu);
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor[] leaves = [.. inputs];
            leaves[i] = inputs[i].Tracked();
            Tensor y = row.Apply(leaves);
            Tensor u = Numbers.Random(y.Shape, DType.F64, "u");
            double[] gradient = Gradient.Of(y, leaves[i], u).ToArray<double>();
            double scale = 1 + gradient.Max(Math.Abs);
            for (int k = 0; k < gradient.Length; k++)
            {
                double[] unit = new double[gradient.Length];
                unit[k] = 1;
                Tensor tangent = Tangent.Of(y, leaves[i], Tensor.From(unit, inputs[i].Shape));
                Assert.Equal(y.Shape, tangent.Shape);
                double product = (tangent * u).Sum().Item();
                Assert.True(Math.Abs(product - gradient[k]) <= 1e-12 * scale,
                    $"{name}: input {i}, element {k}: tangent {product}, gradient {gradient[k]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void DerivativesHaveTheTypeAndDeviceOfTheirInput(string name)
    {
        OpRow row = OpTable.Row(name);
        foreach (Device device in (ReadOnlySpan<Device>)[Device.Cpu, Device.Reference])
        {
            Tensor[] leaves = Tracked(row.Inputs(DType.F32, device));
            Tensor y = row.Apply(leaves);
            Tensor[] gradients = Gradient.Of(y, leaves, Ops.Ones(y.Shape, y.Type, y.Device));
            for (int i = 0; i < leaves.Length; i++)
            {
                Assert.Equal((DType.F32, device, leaves[i].Shape), (gradients[i].Type, gradients[i].Device, gradients[i].Shape));
            }
        }
    }

    internal static Tensor[] Tracked(Tensor[] xs) => [.. xs.Select(x => x.Tracked())];

    /// <summary>The scalar function over the broadcast inputs.</summary>
    internal static double[] Exact(OpRow row, Tensor[] inputs)
    {
        Shape shape = inputs.Aggregate(Shape.Scalar, (sum, x) => Shape.Broadcast(sum, x.Shape, row.Name));
        double[][] values = [.. inputs.Select(x => Numbers.Doubles(x.BroadcastTo(shape)))];
        return [.. Enumerable.Range(0, (int)shape.Count).Select(i => row.Exact!([.. values.Select(v => v[i])]))];
    }

    private static bool IsOperation(Type type) =>
        !type.IsAbstract && !type.IsInterface
        && (type.IsSubclassOf(typeof(Op)) || type.IsAssignableTo(typeof(IPointwise)) || type.IsAssignableTo(typeof(IPointwise2)));
}
