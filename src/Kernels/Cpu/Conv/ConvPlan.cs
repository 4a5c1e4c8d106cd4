using System.Collections.Concurrent;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// How one convolution is computed: its taps, the bordered image and the kernel family. Made once for a shape, without
/// its batch, so that an image gives the same bits in any batch; and once more for <see cref="Computing.Exact"/>.
/// </summary>
internal sealed unsafe class ConvPlan<T> where T : unmanaged
{
    private static readonly ConcurrentDictionary<(ConvShape Shape, bool Exact), ConvPlan<T>> Forwards = new();
    private static readonly ConcurrentDictionary<(ConvShape Shape, bool Exact), ConvPlan<T>[]> Backwards = new();

    private readonly int[] tapOffsets;
    private readonly int[] depthOffsets;
    private readonly long weightRowStep;
    private readonly long weightPlaneStep;
    private readonly long weightGroupStep;

    private ConvPlan(in ConvShape s, ConvTaps taps, bool forward, bool exact)
    {
        int kernel = s.KernelHeight * s.KernelWidth;
        Taps = taps;
        Groups = s.Groups;
        Filters = forward ? s.GroupFilters : s.GroupChannels;
        weightGroupStep = (long)s.GroupFilters * s.Taps;
        (weightRowStep, weightPlaneStep) = forward ? (s.Taps, kernel) : (kernel, s.Taps);
        tapOffsets = depthOffsets = [];
        if (taps.Depth == 0) return;
        IsPlain = taps.IsPlain;
        Planes = taps.Bordered<T>();
        WinogradOutputs = typeof(T) == typeof(float) && !exact && Groups == 1 ? WinogradConv.Outputs(taps, Filters) : 0;
        if (typeof(T) == typeof(float) && WinogradOutputs == 0)
        {
            Blocked = forward ? BlockedPlan.Forward(s) : s is { StrideY: 1, StrideX: 1 } ? BlockedPlan.Backward(s) : null;
        }
        BandRows = Blocked is null && !IsPlain && WinogradOutputs == 0 ? DirectConv<T>.BandRows(taps, Planes) : 0;
        tapOffsets = Pinned(taps.Offsets(Planes));
        depthOffsets = Pinned(new int[taps.Depth]);
        int bands = BandRows == 0 ? 1 : (taps.OutHeight + BandRows - 1) / BandRows;
        int planeStep = (Planes.FullHeight - (taps.OutHeight - (taps.OutHeight + bands - 1) / bands) * taps.StrideY) * Planes.RowStep;
        for (int d = 0; d < taps.Depth; d++) depthOffsets[d] = d / tapOffsets.Length * planeStep + tapOffsets[d % tapOffsets.Length];
    }

    public ConvTaps Taps { get; }

    public BorderedPlanes<T> Planes { get; }

    public int Groups { get; }

    /// <summary>Output planes of a group: filters, or channels of the adjoint.</summary>
    public int Filters { get; }

    /// <summary>One tap, no stride, no border: the image already is the matrix.</summary>
    public bool IsPlain { get; }

    /// <summary>The plan of <see cref="BlockedConv"/>, where it is used.</summary>
    public BlockedPlan? Blocked { get; }

    /// <summary>With the first phase of several: the plan of <see cref="BlockedConv"/> for all of them.</summary>
    public BlockedPlan? BlockedPhases { get; private set; }

    /// <summary>Output rows that <see cref="DirectConv{T}"/> takes at a time; 0 where it is not used.</summary>
    public int BandRows { get; }

    /// <summary>Outputs of a Winograd tile along an axis; 0 where that algorithm is not used.</summary>
    public int WinogradOutputs { get; }

    /// <summary>Where each tap lies in a bordered plane.</summary>
    public int* TapOffsets => At(tapOffsets);

    /// <summary>Where each product of an output lies in the bordered planes, counted over plane and tap.</summary>
    public int* DepthOffsets => At(depthOffsets);

    public static ConvPlan<T> Forward(in ConvShape shape) =>
        Forwards.GetOrAdd((shape with { Batch = 1 }, Computing.InForce.Exact),
            static key => new(key.Shape, ConvTaps.Forward(key.Shape), true, key.Exact));

    /// <summary>One plan for each phase of the strides, row by row.</summary>
    public static ConvPlan<T>[] Backward(in ConvShape shape) =>
        Backwards.GetOrAdd((shape with { Batch = 1 }, Computing.InForce.Exact), static key =>
        {
            ConvShape s = key.Shape;
            var phases = new ConvPlan<T>[s.StrideY * s.StrideX];
            for (int i = 0; i < phases.Length; i++)
            {
                phases[i] = new(s, ConvTaps.Backward(s, i / s.StrideX, i % s.StrideX), false, key.Exact);
            }
            if (phases.Length > 1 && typeof(T) == typeof(float)) phases[0].BlockedPhases = BlockedPlan.Backward(s);
            return phases;
        });

    /// <summary>Weights as [group, strip, depth, filters of the strip], or as Winograd's algorithm wants them.</summary>
    public PackedWeights<T> Pack(in View weights)
    {
        if (WinogradOutputs > 0)
        {
            return PackedWeights<T>.Get(weights, new(this, weights.Layout.Offset),
                WinogradConv.WeightCount(WinogradOutputs, Taps.Planes, Filters), new WinogradPacker(this));
        }
        int highest = BandRows > 0 ? DirectConv<T>.StripHeight(Filters) : Register<T>.TileRows;
        return PackedWeights<T>.Get(weights, new(this, weights.Layout.Offset),
            (long)Groups * Filters * Taps.Depth, new StripPacker(this, highest));
    }

    private readonly struct StripPacker(ConvPlan<T> plan, int highest) : IPacker<T>
    {
        public void Pack(T* from, T* to)
        {
            Strips strips = new(plan.Filters, highest);
            int count = plan.Taps.Places.Length;
            int[] places = plan.Taps.Places;
            long groupStep = plan.weightGroupStep;
            for (int group = 0; group < plan.Groups; group++)
            {
                for (int strip = 0; strip < strips.Count; strip++)
                {
                    int height = strips.Height(strip);
                    for (int plane = 0; plane < plan.Taps.Planes; plane++)
                    {
                        T* corner = from + group * groupStep + strips.Start(strip) * plan.weightRowStep + plane * plan.weightPlaneStep;
                        for (int tap = 0; tap < count; tap++)
                        {
                            T* source = corner + places[tap];
                            for (int row = 0; row < height; row++, source += plan.weightRowStep) *to++ = *source;
                        }
                    }
                }
            }
        }
    }

    private readonly struct WinogradPacker(ConvPlan<T> plan) : IPacker<T>
    {
        public void Pack(T* from, T* to)
        {
            float* end = (float*)from + (long)plan.Filters * plan.Taps.Planes * plan.Taps.Places.Length;
            WeightTaps taps = new((float*)from, end, plan.weightRowStep, plan.weightPlaneStep, plan.Taps.Places);
            WinogradConv.PackWeights(plan.WinogradOutputs, plan.Taps.Planes, plan.Filters, taps, (float*)to);
        }
    }

    private static int[] Pinned(int[] values)
    {
        int[] pinned = GC.AllocateUninitializedArray<int>(values.Length, pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }

    /// <summary>Pinned, and kept alive by the plan.</summary>
    private static int* At(int[] values)
    {
        fixed (int* at = values) return at;
    }
}
