using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

// Which kernels a convolution takes is its ConvPlan's: small images go to DirectConv. The others are one matrix product
// for all images, with an image packed as a matrix on the way:
//   forward          y  [filters, pixels]   = w [filters, taps]            · patches of x [taps, pixels]
//   input gradient   dx [channels, pixels]  = turned w [channels, taps']   · patches of g, for each phase of the stride
//   weight gradient  dw [filters, taps]     = g [filters, images·pixels]   · patches of x, on their side
internal sealed unsafe partial class CpuBackend
{
    /// <summary>Images whose weight gradients are one sum; the sums of the chunks are added in order.</summary>
    private const int ImageChunk = 8;

    public override void Conv(in ConvShape shape, in View x, in View w, in Epilogue epilogue, in View y)
    {
        if (y.Type == DType.F32) Conv<float>(shape, x, w, epilogue, y);
        else Conv<double>(shape, x, w, epilogue, y);
    }

    public override void ConvInput(in ConvShape shape, in View g, in View w, in Epilogue epilogue, in View dx)
    {
        if (dx.Type == DType.F32) ConvInput<float>(shape, g, w, epilogue, dx);
        else ConvInput<double>(shape, g, w, epilogue, dx);
    }

    public override void ConvWeight(in ConvShape shape, in View x, in View g, in View dw)
    {
        if (dw.Type == DType.F32) ConvWeight<float>(shape, x, g, dw);
        else ConvWeight<double>(shape, x, g, dw);
    }

    private static void Conv<T>(in ConvShape s, in View x, in View w, in Epilogue epilogue, in View y) where T : unmanaged
    {
        // A missing part is the image itself, so that there is something to fix in place.
        fixed (T* image = Memory.Of<T>(x), to = Memory.Of<T>(y), shift = Memory.Of<T>(epilogue.Shift ?? x),
            residual = Memory.Of<T>(epilogue.Residual ?? x), gate = Memory.Of<T>(epilogue.Mask ?? x))
        {
            EpiloguePointers<T> pointers = new(
                epilogue.Shift is { } numbers ? shift + numbers.Layout.Offset : null,
                epilogue.Residual is { } added ? residual + added.Layout.Offset : null, epilogue.Relu,
                epilogue.Mask is { } mask ? gate + mask.Layout.Offset : null, s.GroupFilters);
            if (!IsPatches(s))
            {
                Convolve(ConvPlan<T>.Forward(s), s.Batch, image + x.Layout.Offset, w, to + y.Layout.Offset, pointers);
                return;
            }
            using Block block = Patches<T>(s);
            fixed (byte* patches = &block.Bytes[block.Start])
            {
                MovePatches(s, image + x.Layout.Offset, (T*)patches, fold: false);
                Convolve(ConvPlan<T>.Forward(OverPatches(s)), s.Batch, (T*)patches, w, to + y.Layout.Offset, pointers);
            }
        }
    }

    private static void ConvInput<T>(in ConvShape s, in View g, in View w, in Epilogue epilogue, in View dx) where T : unmanaged
    {
        ConvPlan<T>[] phases = ConvPlan<T>.Backward(IsPatches(s) ? OverPatches(s) : s);
        fixed (T* gradient = Memory.Of<T>(g), to = Memory.Of<T>(dx),
            residual = Memory.Of<T>(epilogue.Residual ?? g), gate = Memory.Of<T>(epilogue.Mask ?? g))
        {
            EpiloguePointers<T> pointers = new(null, epilogue.Residual is { } added ? residual + added.Layout.Offset : null, epilogue.Relu,
                epilogue.Mask is { } mask ? gate + mask.Layout.Offset : null, s.GroupChannels);
            if (IsPatches(s))
            {
                using Block block = Patches<T>(s);
                fixed (byte* patches = &block.Bytes[block.Start])
                {
                    Convolve(phases[0], s.Batch, gradient + g.Layout.Offset, w, (T*)patches, default);
                    MovePatches(s, to + dx.Layout.Offset, (T*)patches, fold: true);
                }
                ApplyEpilogue(s, pointers, to + dx.Layout.Offset);
                return;
            }
            if (phases.Length == 1)
            {
                Convolve(phases[0], s.Batch, gradient + g.Layout.Offset, w, to + dx.Layout.Offset, pointers);
                return;
            }
            if (typeof(T) == typeof(float) && phases[0].BlockedPhases is { } blocked)
            {
                Convolve(blocked, s.Batch, (float*)(gradient + g.Layout.Offset), w, (float*)(to + dx.Layout.Offset), OfFloats(pointers));
                return;
            }
            long planes = (long)s.Batch * s.Channels;
            for (int i = 0; i < phases.Length; i++)
            {
                ConvTaps taps = phases[i].Taps;
                if (taps.OutPixels == 0) continue;
                using Block block = BlockPool.Rent(checked((int)(planes * taps.OutPixels * sizeof(T))));
                fixed (byte* bytes = &block.Bytes[block.Start])
                {
                    if (taps.Depth == 0) new Span<byte>(bytes, (int)(planes * taps.OutPixels * sizeof(T))).Clear();
                    else Convolve(phases[i], s.Batch, gradient + g.Layout.Offset, w, (T*)bytes, default);
                    Threads.For(planes, Math.Max(1, Grain / taps.OutPixels),
                        new InterleaveBody<T>(s, taps, (T*)bytes, to + dx.Layout.Offset + i / s.StrideX * s.Width + i % s.StrideX));
                }
            }
            ApplyEpilogue(s, pointers, to + dx.Layout.Offset);
        }
    }

    private static void Convolve<T>(ConvPlan<T> plan, int batch, T* image, in View w, T* to, in EpiloguePointers<T> pointers)
        where T : unmanaged
    {
        ConvTaps taps = plan.Taps;
        long planeSize = (long)taps.Height * taps.Width;
        if (plan.Blocked is { } blocked)
        {
            Convolve(blocked, batch, (float*)image, w, (float*)to, OfFloats(pointers));
            return;
        }
        using PackedWeights<T> packed = plan.Pack(w);
        if (plan.WinogradOutputs > 0)
        {
            WinogradConv.Run(plan.WinogradOutputs, batch, taps, plan.Filters,
                (float*)image, (float*)packed.At, (float*)to, OfFloats(pointers));
            return;
        }
        if (plan.BandRows > 0)
        {
            DirectConv<T>.Run((long)batch * plan.Groups, plan.Groups, plan.Filters, packed.At, image,
                taps.Planes * planeSize, taps, plan.Planes, plan.BandRows, plan.DepthOffsets, to, pointers);
            return;
        }
        long groupStep = taps.Planes * planeSize;
        long groupSize = (long)plan.Filters * taps.OutPixels;
        PackedPanels<T> filters = new(packed.At, taps.Depth, (long)plan.Filters * taps.Depth, plan.Groups);
        GemmOutput<T> output = new(to, taps.OutPixels, pointers, 0, plan.Groups, groupSize, taps.OutPixels, plan.Groups * groupSize);
        if (plan.IsPlain)
        {
            PlainPanels<T> pixels = new(image, plan.Groups * groupStep, groupStep, taps.OutPixels);
            Gemm<T>.Run(plan.Groups, plan.Filters, batch * taps.OutPixels, taps.Depth, filters, pixels, output);
            return;
        }
        PatchPanels<T> patches = new(image, plan.Groups * groupStep, groupStep, taps, plan.Planes, plan.TapOffsets);
        Gemm<T>.Run(plan.Groups, plan.Filters, batch * taps.OutPixels, taps.Depth, filters, patches, output);
    }

    /// <summary>The pointers of an image's gradient that came together in pieces.</summary>
    private static void ApplyEpilogue<T>(in ConvShape s, in EpiloguePointers<T> pointers, T* to) where T : unmanaged
    {
        if (pointers.IsNone) return;
        Threads.For((long)s.Batch * s.Channels, Math.Max(1, Grain / (s.Height * s.Width)),
            new EpilogueBody<T>(pointers, to, s.Height * s.Width));
    }

    private readonly struct EpilogueBody<T>(in EpiloguePointers<T> pointers, T* to, int area) : ILoopBody where T : unmanaged
    {
        private readonly EpiloguePointers<T> pointers = pointers;

        public void Run(long begin, long end)
        {
            for (long plane = begin; plane < end; plane++) pointers.Apply(to + plane * area, plane * area, 0, area);
        }
    }

    private static void Convolve(BlockedPlan plan, int batch, float* image, in View w, float* to, in EpiloguePointers<float> pointers)
    {
        using PackedWeights<float> packed = PackedWeights<float>.Get(w, new(plan, w.Layout.Offset), plan.WeightCount, plan);
        BlockedConv.Run(plan, batch, image, packed.At, to, pointers);
    }

    /// <summary>Plans of doubles never ask for the families of floats.</summary>
    private static EpiloguePointers<float> OfFloats<T>(in EpiloguePointers<T> pointers) where T : unmanaged =>
        Unsafe.As<EpiloguePointers<T>, EpiloguePointers<float>>(ref Unsafe.AsRef(in pointers));

    /// <summary>dx [planes, height, width] at one phase of the strides = from [planes, phase height, phase width].</summary>
    private readonly struct InterleaveBody<T>(in ConvShape shape, ConvTaps taps, T* from, T* to) : ILoopBody where T : unmanaged
    {
        private readonly ConvShape s = shape;

        public void Run(long begin, long end)
        {
            for (long plane = begin; plane < end; plane++)
            {
                T* source = from + plane * taps.OutPixels;
                for (int y = 0; y < taps.OutHeight; y++, source += taps.OutWidth)
                {
                    T* line = to + (plane * s.Height + (long)y * s.StrideY) * s.Width;
                    for (int x = 0; x < taps.OutWidth; x++) line[x * s.StrideX] = source[x];
                }
            }
        }
    }

    private static void ConvWeight<T>(in ConvShape s, in View x, in View g, in View dw) where T : unmanaged, INumber<T>
    {
        fixed (T* image = Memory.Of<T>(x), gradient = Memory.Of<T>(g), to = Memory.Of<T>(dw))
        {
            if (!IsPatches(s))
            {
                ConvWeight(s, image + x.Layout.Offset, gradient + g.Layout.Offset, to + dw.Layout.Offset);
                return;
            }
            using Block block = Patches<T>(s);
            fixed (byte* patches = &block.Bytes[block.Start])
            {
                MovePatches(s, image + x.Layout.Offset, (T*)patches, fold: false);
                ConvWeight(OverPatches(s), (T*)patches, gradient + g.Layout.Offset, to + dw.Layout.Offset);
            }
        }
    }

    private static void ConvWeight<T>(in ConvShape s, T* image, T* gradient, T* to) where T : unmanaged, INumber<T>
    {
        // Without channels there are no weights.
        if (s.Taps == 0) return;
        ConvPlan<T> plan = ConvPlan<T>.Forward(s);
        if (typeof(T) == typeof(float) && PixelConvWeight.Serves(s)
            && (s.Filters > Register<float>.Width || !DirectConvWeight<T>.Serves(plan.Planes, s)))
        {
            ConvPlan<float> floats = ConvPlan<float>.Forward(s);
            PixelConvWeight.Run(s, floats.Taps, floats.Planes, (float*)image, (float*)gradient, (float*)to);
            return;
        }
        int size = s.Filters * s.Taps;
        int chunks = (s.Batch + ImageChunk - 1) / ImageChunk;
        using Block block = BlockPool.Rent(checked((int)Math.Max(1, (long)chunks * size * sizeof(T))));
        fixed (byte* partial = &block.Bytes[block.Start])
        {
            T* sums = (T*)partial;
            int full = s.Batch / ImageChunk;
            ChunkGradients(s, image, gradient, sums, full, ImageChunk);
            long done = (long)full * ImageChunk;
            ChunkGradients(s, image + done * s.Channels * s.Height * s.Width,
                gradient + done * s.Filters * s.OutPixels, sums + (long)full * size, chunks - full, s.Batch % ImageChunk);
            for (int i = 0; i < size; i++)
            {
                T sum = T.Zero;
                for (int chunk = 0; chunk < chunks; chunk++) sum += sums[(long)chunk * size + i];
                to[i] = sum;
            }
        }
    }

    private static void ChunkGradients<T>(in ConvShape s, T* image, T* gradient, T* sums, int chunks, int images) where T : unmanaged
    {
        if (chunks == 0) return;
        ConvPlan<T> plan = ConvPlan<T>.Forward(s);
        if (DirectConvWeight<T>.Serves(plan.Planes, s))
        {
            DirectConvWeight<T>.Run(s, plan.Planes, plan.DepthOffsets, image, gradient, sums, chunks, images);
            return;
        }
        GradientPanels<T> filters = new(gradient, (long)s.Filters * s.OutPixels,
            images, s.Groups, (long)s.GroupFilters * s.OutPixels, s.OutPixels);
        TapPanels<T> taps = new(image, (long)s.Channels * s.Height * s.Width, images, s.Groups,
            (long)s.GroupChannels * s.Height * s.Width, plan.Taps, plan.Planes, plan.TapOffsets);
        GemmOutput<T> output = new(sums, s.Taps, default, (long)s.GroupFilters * s.Taps);
        Gemm<T>.Run((long)chunks * s.Groups, s.GroupFilters, s.Taps, images * s.OutPixels, filters, taps, output);
    }
}
