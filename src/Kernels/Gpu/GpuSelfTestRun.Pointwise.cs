using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuSelfTestRun
{
    /// <summary>More than one group of the flat kernels takes.</summary>
    private const int Many = 1027;

    private void Moves()
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64, DType.I32, DType.Bool])
        {
            GpuSelfTestOperand flat = Result(type, GpuSelfTestAllowance.Exact, [7, 41]);
            Case($"fill flat {Name(type)}", (b, v) => b.Fill(v(flat), 3));
            GpuSelfTestOperand strided = Result(type, GpuSelfTestAllowance.Exact,
                [6, 41], layout => layout.Slice(1, 40, 13, -3).Permute([1, 0]));
            Case($"fill strided {Name(type)}", (b, v) => b.Fill(v(strided), 3));
        }
        Copies(DType.F32, DType.F32);
        Copies(DType.F64, DType.F64);
        Copies(DType.I32, DType.I32);
        Copies(DType.Bool, DType.Bool);
        Copies(DType.F32, DType.F64);
        Copies(DType.F64, DType.F32);
        Copies(DType.I32, DType.F32);
        Copies(DType.F32, DType.I32);
        Copies(DType.Bool, DType.F32);
        Copies(DType.F32, DType.Bool);
    }

    private void Copies(DType from, DType to)
    {
        GpuSelfTestOperand Of(Shape shape, Func<Layout, Layout>? view = null)
        {
            GpuSelfTestOperand numbers = Input(DType.F64, shape);
            double[] values = numbers.Numbers(numbers.Bytes(absolute: false))[Guard..^Guard];
            return Given(from, shape,
                Array.ConvertAll(values, value => from == DType.Bool || to == DType.Bool ? (value > 0 ? 1 : 0) : value * 20), view);
        }
        void Copy(string how, GpuSelfTestOperand x)
        {
            GpuSelfTestOperand y = Result(to, GpuSelfTestAllowance.Exact, x.Layout.Shape);
            Case($"copy {how} {Name(from)} {Name(to)}", (b, v) => b.Copy(v(x), v(y)));
        }
        Copy("flat", Of([3, 97]));
        Copy("strided", Of([5, 7, 9], layout => layout.Permute([2, 0, 1]).Slice(1, 4, 5, -1)));
        Copy("turned", Of([35, 33], layout => layout.Permute([1, 0])));
        Copy("turned inside", Of([2, 34, 37], layout => layout.Permute([0, 2, 1])));
        Copy("turned outside", Of([33, 2, 34], layout => layout.Permute([2, 1, 0])));
        GpuSelfTestOperand whole = Of([35, 33]);
        GpuSelfTestOperand part = Result(to, GpuSelfTestAllowance.Exact, [33, 70], layout => layout.Slice(1, 4, 35).Permute([1, 0]));
        Case($"copy into a part {Name(from)} {Name(to)}", (b, v) => b.Copy(v(whole), v(part)));
    }

    private void Formulas()
    {
        GpuSelfTestAllowance quotient = GpuSelfTestAllowance.Units(device.Facts.RoundsDivision ? 1 : 4);
        foreach (DType type in Reals)
        {
            GpuSelfTestAllowance root = type == DType.F64 ? GpuSelfTestAllowance.Units(1) : quotient;
            // Each side is within two units.
            Map("exp", new SelfTestExp(), type, GpuSelfTestAllowance.Units(4), value => 9 * value, 0,
                88, -80, 1000, -1000, double.PositiveInfinity, double.NegativeInfinity, double.NaN);
            Map("log", new SelfTestLog(), type, new(4, 8), value => Math.Abs(value) + 1e-3,
                1, 0, -1, 1e30, 1e-30, double.PositiveInfinity, double.NaN);
            Map("sin", new SelfTestSin(), type, new(4, 1), value => 50 * value, 0, 1e5, 1e7, 3, double.PositiveInfinity, double.NaN);
            Map("cos", new SelfTestCos(), type, new(4, 1), value => 50 * value, 0, 1e5, 1e7, 3, double.NegativeInfinity, double.NaN);
            Map("sqrt", new SelfTestRoot(), type, root, Math.Abs, 0, 2, -1, 1e30, double.PositiveInfinity, double.NaN);
            Map("steps", new SelfTestSteps(), type, GpuSelfTestAllowance.Exact, value => 3 * value, 0.5, 1.5,
                2.5, 3.5, -0.5, -1.5, 1e9, double.PositiveInfinity, double.NegativeInfinity, double.NaN);
            Map("line", new SelfTestLine(1.75, -0.3), type, new(2, 8), value => value, 0, double.NaN);
            Map("line again", new SelfTestLine(-0.5, 3), type, new(2, 8), value => value, 0, double.NaN);

            Zip("quotient", new SelfTestQuotient(), type, type, root);
            Zip("blend", new SelfTestBlend(0.3), type, type, new(2, 8));
            Zip("extremes", new SelfTestExtremes(), type, type, GpuSelfTestAllowance.Exact);
            Zip("mask", new SelfTestAbove(), type, DType.Bool, GpuSelfTestAllowance.Exact);
            Chained(type);
            Selects(type);
        }
    }

    private void Map<F>(
        string name, F formula, DType type, GpuSelfTestAllowance allowance, Converter<double, double> domain, params double[] special)
        where F : struct, IFormula
    {
        void Of(string layout, GpuSelfTestOperand x)
        {
            GpuSelfTestOperand y = Result(type, allowance, x.Layout.Shape);
            Case($"map {name} {layout} {Name(type)}", (b, v) => b.Map(formula, v(x), v(y)));
        }
        double[] numbers = Array.ConvertAll(new Rng(20).At(operands++).Normal(Many), domain);
        special.CopyTo(numbers, 0);
        Of("flat", Given(type, [Many], numbers));
        Of("strided", Given(type, [4, 5, 13], numbers[..260], layout => layout.Permute([1, 2, 0]).Slice(1, 12, 13, -1)));
        Of("of one number", Given(type, [1, 1], [numbers[^1]], layout => layout.BroadcastTo([3, 5])));
    }

    private void Zip<F>(string name, F formula, DType type, DType to, GpuSelfTestAllowance allowance) where F : struct, IFormula2
    {
        void Of(string layout, GpuSelfTestOperand x, GpuSelfTestOperand z)
        {
            GpuSelfTestOperand y = Result(to, allowance, x.Layout.Shape);
            Case($"zip {name} {layout} {Name(type)}", (b, v) => b.Zip(formula, v(x), v(z), v(y)));
        }
        double[] special = [1, 0, -1, double.NaN, 2, double.PositiveInfinity];
        double[] others = [1, 2, 0, 3, double.NaN, -2];
        Of("flat", Input(type, [Many], null, special), Input(type, [Many], null, others));
        Of("with a number", Input(type, [5, 17], null, special), Input(type, [1, 1], layout => layout.BroadcastTo([5, 17])));
        Of("of a number", Input(type, [1, 1], layout => layout.BroadcastTo([5, 17])), Input(type, [5, 17], null, others));
        Of("strided", Input(type, [9, 4, 8], layout => layout.Permute([2, 0, 1]), special),
            Input(type, [9, 1], layout => layout.BroadcastTo([8, 9, 4]), others));
    }

    /// <summary>
    /// Formulas whose results are all of their memory, which a device computes together; the last one lies in guarded
    /// memory.
    /// </summary>
    private void Chained(DType type)
    {
        GpuSelfTestOperand x = Input(type, [Many], null, double.NaN, double.PositiveInfinity);
        GpuSelfTestOperand z = Input(type, [Many]);
        GpuSelfTestOperand number = Input(type, [1]);
        GpuSelfTestOperand y = Result(type, new(Roundings: 8, Magnitude: 8), [Many]);
        Case($"chain {Name(type)}", (b, v) =>
        {
            View Fresh() => new(v(x).Storage.Device.Allocate(type, Many), Layout.Contiguous([Many]));
            (View first, View second) = (Fresh(), Fresh());
            b.Zip(new SelfTestBlend(0.3), v(x), v(z), first);
            b.Zip(new SelfTestExtremes(), first, new(v(number).Storage, v(number).Layout.BroadcastTo([Many])), second);
            b.Map(new SelfTestLine(1.5, -0.2), second, v(y));
        });
    }

    private void Selects(DType type)
    {
        GpuSelfTestOperand mask = Given(DType.Bool, [9, 1], [0, 1, 0, 1, 1, 0, 0, 1, 1], layout => layout.BroadcastTo([8, 9, 4]));
        GpuSelfTestOperand a = Input(type, [9, 4, 8], layout => layout.Permute([2, 0, 1]), double.NaN, double.PositiveInfinity);
        GpuSelfTestOperand b = Input(type, [8, 9, 4]);
        GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Exact, [8, 9, 4]);
        Case($"select {Name(type)}", (backend, v) => backend.Select(v(mask), v(a), v(b), v(y)));
    }
}
