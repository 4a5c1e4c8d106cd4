using System.Numerics;
using MiniGrad.Kernels;
using MiniGrad.Kernels.Cpu;

namespace MiniGrad.Tests.Kernels;

/// <summary>The child process of <see cref="GuardPageTests"/>: every kernel on guarded memory, each announced before it runs.</summary>
internal static unsafe class GuardSelfTest
{
    public const string Command = "guard-selftest";

    /// <summary>The last line when nothing went wrong.</summary>
    public const string Done = "done";

    public static int Run(string? mistake)
    {
        if (mistake is not null)
        {
            Say(mistake);
            return Make(mistake);
        }
        foreach (bool atEnd in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (int threads in (ReadOnlySpan<int>)[1, 3])
            {
                Computing.Default = Computing.Default with { Threads = threads };
                string where = $"{(atEnd ? "before a guard" : "behind a guard")}, {threads} threads";
                foreach (ConvShape s in ConvFamily.Shapes())
                {
                    Convolutions(CpuBackend.IsPatches(s) ? CpuBackend.OverPatches(s) : s, atEnd, where);
                }
                Products(atEnd, where);
            }
        }
        Say(Done);
        return 0;
    }

    private static void Convolutions(ConvShape s, bool atEnd, string where)
    {
        using GuardedMemory memory = new(atEnd);
        long inputs = (long)s.Batch * s.Channels * s.Height * s.Width;
        long outputs = (long)s.Batch * s.Filters * s.OutPixels;
        float* image = memory.Filled(inputs);
        float* weights = memory.Filled((long)s.Filters * s.Taps);
        float* gradient = memory.Filled(outputs);

        float* y = memory.Unwritten(outputs);
        EpiloguePointers<float> tail = new(memory.Filled(s.Filters), memory.Filled(outputs), true, memory.Filled(outputs), s.GroupFilters);
        Say($"{ConvFamily.Forward(s)}, {where}, {s}");
        ConvPlan<float> plan = ConvPlan<float>.Forward(s);
        Convolve(plan, plan.Blocked, s, true, image, weights, y, tail, memory);
        Written(y, outputs);

        Say($"input, {ConvFamily.Backward(s)}, {where}, {s}");
        ConvPlan<float>[] phases = ConvPlan<float>.Backward(s);
        BlockedPlan? together = phases.Length == 1 ? phases[0].Blocked : phases[0].BlockedPhases;
        foreach (ConvPlan<float> phase in phases)
        {
            if (phase.Taps.OutPixels == 0 || phase.Taps.Depth == 0) continue;
            // Phases of a stride without a plan for all are computed one by one, each into its own memory.
            long count = phases.Length == 1 || together is not null ? inputs : (long)s.Batch * s.Channels * phase.Taps.OutPixels;
            float* dx = memory.Unwritten(count);
            tail = new(null, memory.Filled(count), false, memory.Filled(count), s.GroupChannels);
            Convolve(phase, together ?? phase.Blocked, s, false, gradient, weights, dx, tail, memory);
            Written(dx, count);
            if (together is not null) break;
        }

        Say($"weight, {ConvFamily.Weight(s)}, {where}, {s}");
        float* dw = memory.Unwritten((long)s.Filters * s.Taps);
        ConvWeight(s, plan, image, gradient, dw);
        Written(dw, (long)s.Filters * s.Taps);
    }

    /// <summary>As the back end does it, but with every operand guarded, the packed weights too.</summary>
    private static void Convolve(
        ConvPlan<float> plan, BlockedPlan? blocked, in ConvShape s, bool forward, float* image, float* weights, float* to,
        in EpiloguePointers<float> tail, GuardedMemory memory)
    {
        ConvTaps taps = plan.Taps;
        int kernel = s.KernelHeight * s.KernelWidth;
        if (blocked is not null)
        {
            float* packed = memory.Unwritten(blocked.WeightCount);
            blocked.Pack(weights, packed);
            Written(packed, blocked.WeightCount);
            BlockedConv.Run(blocked, s.Batch, image, packed, to, tail);
            return;
        }
        if (plan.WinogradOutputs > 0)
        {
            long count = WinogradConv.WeightCount(plan.WinogradOutputs, taps.Planes, plan.Filters);
            float* packed = memory.Unwritten(count);
            WeightTaps from = new(weights, weights + (long)s.Filters * s.Taps,
                forward ? s.Taps : kernel, forward ? kernel : s.Taps, taps.Places);
            WinogradConv.PackWeights(plan.WinogradOutputs, taps.Planes, plan.Filters, from, packed);
            Written(packed, count);
            WinogradConv.Run(plan.WinogradOutputs, s.Batch, taps, plan.Filters, image, packed, to, tail);
            return;
        }
        float* strips = memory.Filled((long)plan.Groups * plan.Filters * taps.Depth);
        long groupStep = (long)taps.Planes * taps.Height * taps.Width;
        if (plan.BandRows > 0)
        {
            DirectConv<float>.Run((long)s.Batch * plan.Groups, plan.Groups, plan.Filters, strips,
                image, groupStep, taps, plan.Planes, plan.BandRows, plan.DepthOffsets, to, tail);
            return;
        }
        long groupSize = (long)plan.Filters * taps.OutPixels;
        PackedPanels<float> filters = new(strips, taps.Depth, (long)plan.Filters * taps.Depth, plan.Groups);
        GemmOutput<float> output = new(to, taps.OutPixels, tail, 0, plan.Groups, groupSize, taps.OutPixels, plan.Groups * groupSize);
        if (plan.IsPlain)
        {
            PlainPanels<float> pixels = new(image, plan.Groups * groupStep, groupStep, taps.OutPixels);
            Gemm<float>.Run(plan.Groups, plan.Filters, s.Batch * taps.OutPixels, taps.Depth, filters, pixels, output);
            return;
        }
        PatchPanels<float> patches = new(image, plan.Groups * groupStep, groupStep, taps, plan.Planes, plan.TapOffsets);
        Gemm<float>.Run(plan.Groups, plan.Filters, s.Batch * taps.OutPixels, taps.Depth, filters, patches, output);
    }

    private static void ConvWeight(in ConvShape s, ConvPlan<float> plan, float* image, float* gradient, float* dw)
    {
        string family = ConvFamily.Weight(s);
        if (family == "pixels")
        {
            PixelConvWeight.Run(s, plan.Taps, plan.Planes, image, gradient, dw);
            return;
        }
        if (family == "taps in place")
        {
            DirectConvWeight<float>.Run(s, plan.Planes, plan.DepthOffsets, image, gradient, dw, 1, s.Batch);
            return;
        }
        GradientPanels<float> filters = new(gradient, (long)s.Filters * s.OutPixels,
            s.Batch, s.Groups, (long)s.GroupFilters * s.OutPixels, s.OutPixels);
        TapPanels<float> taps = new(image, (long)s.Channels * s.Height * s.Width, s.Batch, s.Groups,
            (long)s.GroupChannels * s.Height * s.Width, plan.Taps, plan.Planes, plan.TapOffsets);
        Gemm<float>.Run(s.Groups, s.GroupFilters, s.Taps, s.Batch * s.OutPixels,
            filters, taps, new(dw, s.Taps, default, (long)s.GroupFilters * s.Taps));
    }

    private static void Products(bool atEnd, string where)
    {
        foreach (int m in (ReadOnlySpan<int>)[1, 2, 6, 7, 14, 15, 29, 210])
        {
            foreach (int n in (ReadOnlySpan<int>)[1, 3, 8, 15, 16, 17, 31, 32, 33, 65, 127, 128, 130, 200])
            {
                foreach (int k in (ReadOnlySpan<int>)[1, 2, 15, 16, 17, 33, 511, 513])
                {
                    using GuardedMemory memory = new(atEnd);
                    Say($"product {m} × {k} × {n}, {where}");
                    float* a = memory.Filled((long)m * k);
                    float* b = memory.Filled((long)k * n);
                    float* shift = memory.Filled(n);
                    float* residual = memory.Filled((long)m * n);
                    float* gate = memory.Filled((long)m * n);
                    foreach ((MatrixPanels<float> rows, MatrixPanels<float> columns) in ((MatrixPanels<float>, MatrixPanels<float>)[])
                        [(new(a, k, 1), new(b, 1, n)), (new(a, 1, m), new(b, k, 1)), (new(a, k, 1), new(b, k, 1))])
                    {
                        float* y = memory.Unwritten((long)m * n);
                        Gemm<float>.Run(1, m, n, k, rows, columns, new(y, n, new(shift, residual, true, gate, alongRows: true)));
                        Written(y, (long)m * n);

                        int width = 2 * Register<float>.Width;
                        long count = (n + width - 1) / width * width * (long)k;
                        float* packed = memory.Unwritten(count);
                        columns.Pack(0, null, packed, 0, k, 0, n, width);
                        Written(packed, count);
                        y = memory.Unwritten((long)m * n);
                        Gemm<float>.Run(1, m, n, k, rows, new PackedPanels<float>(packed, k, 0, 1),
                            new(y, n, new(shift, residual, true, gate, alongRows: true)));
                        Written(y, (long)m * n);
                    }
                }
            }
        }
    }

    /// <summary>One register too far, on memory that was handed out as the kernels' is.</summary>
    private static int Make(string mistake)
    {
        bool behind = mistake.EndsWith("end", StringComparison.Ordinal);
        using GuardedMemory memory = new(atEnd: behind);
        float* values = memory.Filled(37);
        float* place = behind ? values + 37 - Vector<float>.Count + 1 : values - 1;
        if (mistake.StartsWith("read", StringComparison.Ordinal)) return (int)Vector.Load(place)[0];
        Vector.Store(Vector<float>.One, place);
        return 0;
    }

    private static void Written(float* values, long count)
    {
        for (long i = 0; i < count; i++)
        {
            if (float.IsNaN(values[i])) throw new InvalidOperationException($"element {i} of {count} was not written");
        }
    }

    private static void Say(string what) => Console.Out.WriteLine(what);
}
