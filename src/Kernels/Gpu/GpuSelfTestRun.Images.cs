namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuSelfTestRun
{
    private void Images()
    {
        foreach (DType type in Reals)
        {
            Channels(type);
            Pools(type);
        }
    }

    private void Channels(DType type)
    {
        GpuSelfTestOperand a = Input(type, [3, 5, 19], null, double.NaN, double.PositiveInfinity);
        GpuSelfTestOperand second = Input(type, [3, 5, 19]);
        GpuSelfTestOperand ka = Input(type, [5]);
        GpuSelfTestOperand kb = Input(type, [5]);
        GpuSelfTestOperand k0 = Input(type, [5]);
        foreach (bool two in (ReadOnlySpan<bool>)[false, true])
        {
            GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Sum(2), [3, 5, 19]);
            Case($"channel blend of {(two ? "two" : "one")} {Name(type)}",
                (b, v) => b.ChannelBlend(v(a), v(ka), two ? v(second) : null, two ? v(kb) : null, v(k0), two, v(y)));
        }
        foreach (Shape shape in (ReadOnlySpan<Shape>)[[3, 5, 19], [3, 2, 2100]])
        {
            GpuSelfTestOperand x = Input(type, shape);
            GpuSelfTestOperand g = Input(type, shape);
            GpuSelfTestOperand sums = Result(DType.F64, GpuSelfTestAllowance.Sum(shape[0] * shape[2]), [2, shape[1]]);
            Case($"channel sums {shape} {Name(type)}", (b, v) => b.ChannelSums(v(x), v(g), v(sums)));
        }
    }

    private void Pools(DType type)
    {
        PoolShape shape = new(Planes: 6, Height: 9, Width: 7, OutHeight: 5, OutWidth: 5, KernelY: 3,
            KernelX: 2, StrideY: 2, StrideX: 1, PadY: 1, PadX: 0, DilationY: 1, DilationX: 2);
        GpuSelfTestOperand x = Input(type, [2, 3, 9, 7], null, 1, double.NaN, 1, 1, double.PositiveInfinity, double.NegativeInfinity);
        GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Exact, [2, 3, 5, 5]);
        GpuSelfTestOperand positions = Result(DType.I32, GpuSelfTestAllowance.Exact, [2, 3, 5, 5]);
        Case($"max pool {Name(type)}", (b, v) => b.MaxPool(shape, v(x), v(y), v(positions)));

        PoolWindows windows = new(9, 7, new([0, 1, 3, 6], [2, 4, 6, 9], [3, 3, 3, 3]), new([0, 2, 4], [3, 5, 7], [3, 3, 3]));
        GpuSelfTestOperand image = Input(type, [2, 3, 9, 7]);
        GpuSelfTestOperand mean = Result(type, GpuSelfTestAllowance.Sum(9), [2, 3, 4, 3]);
        Case($"average pool {Name(type)}", (b, v) => b.AveragePool(windows, v(image), v(mean)));
        GpuSelfTestOperand g = Input(type, [2, 3, 4, 3]);
        GpuSelfTestOperand dx = Result(type, GpuSelfTestAllowance.Sum(9), [2, 3, 9, 7]);
        Case($"average pool adjoint {Name(type)}", (b, v) => b.AveragePoolAdjoint(windows, v(g), v(dx)));
    }

    private void Indices()
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64, DType.I32, DType.Bool])
        {
            GpuSelfTestOperand x = InputOf(type, [3, 6, 2], value => type == DType.Bool ? (value > 0 ? 1 : 0) : 20 * value);
            x = new(type, x.Numbers(x.Bytes(absolute: false)), x.Layout.Permute([2, 1, 0]));
            GpuSelfTestOperand index = InputOf(DType.I32, [2, 4, 3], value => Math.Min(5, Math.Floor(Math.Abs(3 * value))));
            GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Exact, [2, 4, 3]);
            Case($"gather {Name(type)}", (b, v) => b.Gather(v(x), v(index), v(y)));
        }
        foreach (DType type in Reals)
        {
            foreach (int n in (ReadOnlySpan<int>)[7, 200])
            {
                GpuSelfTestOperand g = Input(type, [3, 150, 2], layout => layout.Permute([2, 1, 0]));
                GpuSelfTestOperand index = InputOf(DType.I32, [150, 3], value => Math.Min(n - 1, Math.Floor(Math.Abs(n / 2 * value))));
                GpuSelfTestOperand places = new(DType.I32, index.Numbers(index.Bytes(absolute: false)),
                    index.Layout.BroadcastTo([2, 150, 3]));
                // Both add in the order of m.
                GpuSelfTestOperand y = Result(type, GpuSelfTestAllowance.Exact, [2, n, 3]);
                Case($"scatter-add into {n} {Name(type)}", (b, v) => b.ScatterAdd(v(g), v(places), v(y)));
            }
        }
        Uniforms();
    }

    /// <summary>Random numbers have the bits of <see cref="Rng"/>.</summary>
    private void Uniforms()
    {
        uint[] words = [0, 0, 7, 0x80000001, 0xFFFFFFFF, 12345];
        GpuSelfTestOperand keys = Given(DType.I32, [3, 2], Array.ConvertAll(words, word => (double)(int)word));
        foreach (int n in (ReadOnlySpan<int>)[3, 350])
        {
            GpuSelfTestOperand y = Result(DType.F32, GpuSelfTestAllowance.Exact, [3, n]);
            List<double> known = [];
            for (int row = 0; row < 3; row++)
            {
                Rng stream = new((long)((ulong)words[2 * row + 1] << 32 | words[2 * row]));
                known.AddRange(stream.Uniform(n).Select(value => (double)value));
            }
            Case($"uniform {n}", (b, v) => b.Uniform(v(keys), v(y)), known: [.. known, .. Enumerable.Repeat((double)Untouched, Guard)]);
        }
    }
}
