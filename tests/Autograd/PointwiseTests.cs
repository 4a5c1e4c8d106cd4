using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>Rows that work element by element: every length, every layout, special values, small arguments.</summary>
public class PointwiseTests
{
    private static readonly double[] Special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 0.5, -2];

    public static TheoryData<string> All => [.. OpTable.Rows.Where(row => row.Exact is not null).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void AResultDoesNotDependOnItsPlaceInARow(string name)
    {
        const int longest = 257;
        OpRow row = OpTable.Row(name);
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            double[] values = row.Draw(longest * row.Shapes.Length);
            Tensor[] whole = Split(values, longest, type);
            double[] expected = Numbers.Doubles(row.Apply(whole));
            for (int length = 0; length < longest; length++)
            {
                double[] head = Numbers.Doubles(row.Apply(Split(values, longest, type, length)));
                Numbers.SameBits(expected.AsSpan(0, length), head, $"{name} {type}, length {length}");
            }
            double[] exact = OpTableTests.Exact(row, whole);
            double unit = type == DType.F64 ? 1e-12 : row.Ulps * Numbers.Epsilon(type);
            Numbers.Close(exact, expected, i => unit * (Math.Abs(exact[i]) + row.Magnitude), $"{name} {type}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EveryLayoutGivesTheBitsOfTheDenseOne(string name)
    {
        OpRow row = OpTable.Row(name);
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            foreach ((int rows, int columns) in (ReadOnlySpan<(int, int)>)[(5, 7), (1, 19), (23, 1), (3, 40), (0, 4)])
            {
                (string Name, Tensor View)[] layouts = [.. Numbers.Layouts(rows, columns, type, row.Low, row.High)];
                for (int i = 0; i < layouts.Length; i++)
                {
                    Tensor[] views = [.. row.Shapes.Select((_, k) => layouts[(i + 3 * k) % layouts.Length].View)];
                    Tensor[] dense = [.. views.Select(Dense)];
                    Numbers.SameBits(row.Apply(dense), row.Apply(views), $"{name} {type} [{rows}, {columns}] {layouts[i].Name}");
                }
            }
        }
    }

    /// <summary>In every lane of a vector, among ordinary neighbours.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void SpecialValuesComeOutAsOfTheReference(string name)
    {
        OpRow row = OpTable.Row(name);
        double[][] cases = row.Shapes.Length == 1
            ? [.. Special.Select(a => new[] { a })]
            : [.. Special.SelectMany(a => Special.Select(b => new[] { a, b }))];
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            double unit = type == DType.F64 ? 1e-13 : row.Ulps * Numbers.Epsilon(type);
            for (int shift = 0; shift < 3; shift++)
            {
                double[][] spread = [.. cases.Select((c, i) => (c, i))
                    .SelectMany(p => p.i % 3 == shift ? new[] { p.c, [.. p.c.Select(_ => 0.7)] } : [p.c])];
                Tensor[] inputs = [.. row.Shapes.Select((_, k) => Numbers.Make([.. spread.Select(c => c[k])], [spread.Length], type))];
                double[] expected = Numbers.Doubles(row.Apply([.. inputs.Select(x => x.To(Device.Reference))]));
                double[] actual = Numbers.Doubles(row.Apply(inputs));
                Numbers.Close(expected, actual, i => unit * (Math.Abs(expected[i]) + row.Magnitude + 1),
                    $"{name} {type} of special values");
            }
        }
    }

    /// <summary>Vector functions of the runtime take slower ways, with other last bits, when one element is extreme.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void ANeighbourDoesNotChangeAResult(string name)
    {
        const int length = 64;
        OpRow row = OpTable.Row(name);
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            double[] values = row.Draw(length * row.Shapes.Length);
            double[] expected = Numbers.Doubles(row.Apply(Split(values, length, type)));
            foreach (double neighbour in (double[])[.. Special, 95, -95, 720, -720, 800, -800, 1e30, -1e30, 1e-40, 1e-310])
            {
                double[] mixed = [.. values.Select((value, i) => i % 3 == 1 ? neighbour : value)];
                double[] actual = Numbers.Doubles(row.Apply(Split(mixed, length, type)));
                for (int i = 0; i < length; i++)
                {
                    bool touched = Enumerable.Range(0, row.Shapes.Length).Any(k => (i + k * length) % 3 == 1);
                    if (!touched) Numbers.SameBits([expected[i]], [actual[i]], $"{name} {type}: element {i} beside {neighbour}");
                }
            }
        }
    }

    [Theory]
    [InlineData("exp", 709.7, 88.7)]
    [InlineData("exp", 705, 80)]
    [InlineData("exp", -705, -85)]
    [InlineData("exp", -800, -200)]
    [InlineData("exp", 800, 100)]
    [InlineData("expm1", 709, 88)]
    [InlineData("expm1", -800, -100)]
    [InlineData("softplus", 800, 300)]
    [InlineData("softplus", -300, -50)]
    [InlineData("sigmoid", -700, -85)]
    [InlineData("tanh", 400, 50)]
    [InlineData("erf", 7, 5)]
    [InlineData("sin", 1e6, 1e6)]
    [InlineData("cos", 1e15, 1e15)]
    public void LargeArgumentsStayInRange(string name, double inDouble, double inSingle)
    {
        OpRow row = OpTable.Row(name);
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor x = Numbers.Make([type == DType.F64 ? inDouble : inSingle], [1], type);
            double exact = name switch
            {
                // The exact function of the row overflows before the operation does.
                "expm1" => Math.Exp(Numbers.Doubles(x)[0]) - 1,
                "softplus" => Math.Max(Numbers.Doubles(x)[0], Math.Exp(1.5 * Math.Min(Numbers.Doubles(x)[0], 0)) / 1.5),
                _ => OpTableTests.Exact(row, [x])[0],
            };
            if (type == DType.F32) exact = (float)exact;
            double unit = type == DType.F64 ? 1e-15 : 8 * Numbers.Epsilon(type);
            Numbers.Close([exact], Numbers.Doubles(row.Apply([x])),
                _ => unit * Math.Abs(exact), $"{name} {type} of {Numbers.Doubles(x)[0]}");
        }
    }

    [Theory]
    [InlineData("expm1")]
    [InlineData("log1p")]
    [InlineData("tanh")]
    [InlineData("erf")]
    [InlineData("sin")]
    public void SmallArgumentsKeepTheirRelativePrecision(string name)
    {
        OpRow row = OpTable.Row(name);
        double[] values = [.. Enumerable.Range(1, 37).SelectMany(i => new[] { Math.Pow(10, -i), -1.7 * Math.Pow(10, -i) })];
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor x = Numbers.Make(values, [values.Length], type);
            double[] exact = OpTableTests.Exact(row, [x]);
            double unit = type == DType.F64 ? 2e-15 : 8 * Numbers.Epsilon(type);
            Numbers.Close(exact, Numbers.Doubles(row.Apply([x])), i => unit * Math.Abs(exact[i]), $"{name} {type}");
        }
    }

    [Fact]
    public void ComparisonsOfTiesAndNaN()
    {
        Tensor a = Tensor.From(1.0, 2, 2, double.NaN, double.NaN, double.PositiveInfinity);
        Tensor b = Tensor.From(2.0, 2, 1, 1, double.NaN, double.PositiveInfinity);
        foreach (Device device in (ReadOnlySpan<Device>)[Device.Cpu, Device.Reference])
        {
            (Tensor x, Tensor y) = (a.To(device), b.To(device));
            Assert.Equal([false, false, true, false, false, false], (x > y).ToArray<bool>());
            Assert.Equal([true, false, false, false, false, false], (x < y).ToArray<bool>());
            Assert.Equal([false, true, true, false, false, true], (x >= y).ToArray<bool>());
            Assert.Equal([true, true, false, false, false, true], (x <= y).ToArray<bool>());
            Assert.Equal([false, true, false, false, false, true], x.EqualTo(y).ToArray<bool>());
            Assert.Equal([true, false, true, true, true, false], x.NotEqualTo(y).ToArray<bool>());
        }
    }

    /// <summary>The conventions at kinks, which follow PyTorch.</summary>
    [Fact]
    public void SlopesAtKinks()
    {
        Assert.Equal(0, Slope(x => x.Relu(), 0));
        Assert.Equal(0, Slope(x => x.Abs(), 0));
        Assert.Equal(0.1, Slope(x => x.LeakyRelu(0.1), 0));
        Assert.Equal(1, Slope(x => x.Clamp(-1, 2), 2));
        Assert.Equal(1, Slope(x => x.Clamp(-1, 2), -1));
        Assert.Equal(0.5, Slope(x => x.Maximum(Tensor.Scalar(3.0)), 3));
        Assert.Equal(0.5, Slope(x => x.Minimum(Tensor.Scalar(3.0)), 3));
        Assert.Equal(0, Slope(x => x.SafeSqrt(), 0));
        Assert.Equal(0, Slope(x => (x * Tensor.From(1.0, 2)).NormL2([0]), 0));
        Assert.Equal([1 / 3.0, 0, 1 / 3.0, 1 / 3.0], Gradient.Of(x => x.Max(), Tensor.From(2.0, 1, 2, 2)).ToArray<double>());
        Assert.Equal([0, 1.0, 0],
            Gradient.Of(x => x.Reshape(1, 1, 1, 3).PadZero(0, 2, 0, 0).MaxPool(3).Sum(), Tensor.From(2.0, 3, 3)).ToArray<double>());
    }

    private static double Slope(Func<Tensor, Tensor> f, double at) => Gradient.Of(f, Tensor.Scalar(at)).Item();

    private static Tensor[] Split(double[] values, int longest, DType type, int? length = null) =>
        [.. Enumerable.Range(0, values.Length / longest)
            .Select(i => Numbers.Make(values[(i * longest)..(i * longest + (length ?? longest))], [length ?? longest], type))];

    private static Tensor Dense(Tensor x) => Numbers.Make(Numbers.Doubles(x), x.Shape, x.Type);
}
