using System.Globalization;

namespace MiniGrad.Kernels.Gpu;

/// <summary>The self-test of one device: each family's cases are in a file of their own.</summary>
internal sealed partial class GpuSelfTestRun(GpuDevice device, GpuTile[] tensorTiles, Func<string, bool>? wanted)
{
    /// <summary>Elements of each operand's memory before and behind its view.</summary>
    private const int Guard = 3;

    /// <summary>What a result's memory holds before: a number that no case computes.</summary>
    private const int Untouched = -777;

    private static readonly DType[] Reals = [DType.F32, DType.F64];

    private readonly List<GpuSelfTestCase> cases = [];
    private readonly GpuBackend kernels = new(device);
    private int operands;

    public IReadOnlyList<GpuSelfTestCase> Everything()
    {
        Moves();
        Formulas();
        Reductions();
        Rows();
        Images();
        Indices();
        Products();
        Convolutions();
        return cases;
    }

    /// <summary>Runs an operation on the processor and the device and compares every result. Results may be known instead.</summary>
    private void Case(string name, Action<Backend, Func<GpuSelfTestOperand, View>> run, GpuBackend? with = null, double[]? known = null)
    {
        if (wanted is not null && !wanted(name)) return;
        try
        {
            using GpuSelfTestSite own = new(device, with ?? kernels);
            run(own.Backend, own.View);
            (double worst, string message) = (0, "");
            GpuSelfTestSite? processor = known is null ? Processor(run, absolute: false) : null;
            GpuSelfTestSite? absolutes = null;
            foreach (GpuSelfTestOperand result in own.Results)
            {
                if (result.Allowance!.Value.OfAbsolutes) absolutes ??= Processor(run, absolute: true);
                Compare(result, own.Read(result), known ?? processor!.Read(result), absolutes?.Read(result), ref worst, ref message);
            }
            processor?.Dispose();
            absolutes?.Dispose();
            cases.Add(new(name, message.Length == 0, worst, message));
        }
        catch (Exception error) when (error is DeviceException and not DeviceMemoryException or ArgumentException)
        {
            cases.Add(new(name, false, double.PositiveInfinity, error.Message.ReplaceLineEndings(" ")));
        }
    }

    private static GpuSelfTestSite Processor(Action<Backend, Func<GpuSelfTestOperand, View>> run, bool absolute)
    {
        GpuSelfTestSite site = new(Device.Cpu, Backend.For(Device.Cpu), absolute);
        run(site.Backend, site.View);
        return site;
    }

    private static void Compare(
        GpuSelfTestOperand result, double[] found, double[] expected, double[]? absolutes, ref double worst, ref string message)
    {
        for (int i = 0; i < found.Length; i++)
        {
            // Also a NaN equals itself here.
            if (found[i].Equals(expected[i])) continue;
            double allowed = result.Allowance!.Value.Of(result.Type, expected[i], absolutes?[i] ?? 0);
            double difference = Math.Abs(found[i] - expected[i]);
            double error = difference <= allowed ? difference / allowed : allowed > 0
                && double.IsFinite(difference) ? difference / allowed : double.PositiveInfinity;
            if (error > 1 && message.Length == 0)
            {
                message = string.Create(CultureInfo.InvariantCulture,
                    $"element {i} is {found[i]:g9} where the processor has {expected[i]:g9}; rounding allows {allowed:g2}.");
            }
            worst = Math.Max(worst, error);
        }
    }

    private static string Name(DType type) => type.ToString().ToLowerInvariant();

    /// <summary>Normal random numbers, the same for the n-th operand of every run; special values, if any, come first.</summary>
    private GpuSelfTestOperand Input(DType type, Shape shape, Func<Layout, Layout>? view = null, params ReadOnlySpan<double> first)
    {
        double[] numbers = new Rng(20).At(operands++).Normal((int)shape.Count);
        first.CopyTo(numbers);
        return Given(type, shape, numbers, view);
    }

    /// <summary>An input whose numbers are a function of those normal ones.</summary>
    private GpuSelfTestOperand InputOf(DType type, Shape shape, Converter<double, double> function) =>
        Given(type, shape, Array.ConvertAll(new Rng(20).At(operands++).Normal((int)shape.Count), function));

    private static GpuSelfTestOperand Given(DType type, Shape shape, double[] numbers, Func<Layout, Layout>? view = null)
    {
        // Whoever reads a neighbour of the view gets a NaN, or an index out of range.
        double outside = type switch { DType.I32 => 9999, DType.Bool => 1, _ => double.NaN };
        double[] values = new double[numbers.Length + 2 * Guard];
        Array.Fill(values, outside);
        numbers.CopyTo(values, Guard);
        Layout.Contiguous([values.Length]).Slice(0, Guard, numbers.Length).TryReshape(shape, out Layout layout);
        return new(type, values, view is null ? layout : view(layout));
    }

    /// <summary>
    /// Memory for a result: row-major from its start, as tensors allocate it, with elements behind it that nobody may
    /// touch.
    /// </summary>
    private static GpuSelfTestOperand Result(DType type, GpuSelfTestAllowance allowance, Shape shape, Func<Layout, Layout>? view = null)
    {
        double[] values = new double[shape.Count + Guard];
        Array.Fill(values, type == DType.Bool ? 7 : Untouched);
        Layout layout = Layout.Contiguous(shape);
        return new(type, values, view is null ? layout : view(layout), allowance);
    }
}
