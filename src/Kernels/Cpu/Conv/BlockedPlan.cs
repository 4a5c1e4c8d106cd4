namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// One phase of a <see cref="BlockedPlan"/>: its taps as offsets in the bordered rows, and where its outputs and
/// weights lie.
/// </summary>
internal sealed record BlockedPhase(int Y, int X, int OutHeight, int OutWidth, int[] Taps, int[] Places, long Weights);

/// <summary>Sizes and bands of a <see cref="BlockedConv"/>, from the shape of one image alone.</summary>
internal sealed unsafe class BlockedPlan : IPacker<float>
{
    private const long CacheBytes = 512 * 1024;

    private readonly int phaseWidth;
    private readonly int strideX;
    private readonly long weightRowStep;
    private readonly long weightPlaneStep;
    private readonly long weightCount;

    private BlockedPlan(
        ConvTaps[] phases, int stepY, int stepX, int outHeight, int outWidth, int filters, long weightRowStep, long weightPlaneStep)
    {
        int w = Register<float>.Width;
        ConvTaps first = phases[0];
        (Planes, Height, Width, StrideY, strideX) = (first.Planes, first.Height, first.Width, first.StrideY, first.StrideX);
        (StepY, StepX, OutHeight, OutWidth, Filters) = (stepY, stepX, outHeight, outWidth, filters);
        (this.weightRowStep, this.weightPlaneStep) = (weightRowStep, weightPlaneStep);
        weightCount = Math.Max(weightRowStep * filters, weightPlaneStep * Planes);
        Top = phases.Max(p => p.Top);
        Left = phases.Max(p => p.Left);
        Reach = Top + phases.Max(p => p.Bottom) + 1;
        int fullWidth = Left + phases.Max(p => (p.OutWidth - 1) * strideX + p.Right) + 1;
        phaseWidth = (Math.Max(fullWidth, Left + Width) + strideX - 1) / strideX;
        Blocks = (Planes + w - 1) / w;
        Panels = (filters + 2 * w - 1) / (2 * w);
        Phases = new BlockedPhase[phases.Length];
        for (int i = 0; i < phases.Length; i++)
        {
            ConvTaps p = phases[i];
            int[] taps = [.. Enumerable.Range(0, p.Places.Length).Select(t => Place(p.Y(t) + Top, p.X(t) + Left))];
            Phases[i] = new(i / stepX, i % stepX, p.OutHeight, p.OutWidth, taps, p.Places, WeightCount);
            WeightCount += (long)Panels * taps.Length * Blocks * w * 2 * w;
        }
        DeepestPhase = Phases.Max(p => p.Taps.Length) * Blocks;
        // A single row that is too large still works, from the third cache.
        long rows = CacheBytes / ((long)Blocks * w * RowStep * sizeof(float));
        int tallest = (int)Math.Clamp((rows - Reach) / StrideY + 1, 1, first.OutHeight);
        Bands = new(first.OutHeight, tallest);
        TallestBand = (first.OutHeight + Bands.Count - 1) / Bands.Count;
    }

    public int Planes { get; }

    public int Height { get; }

    public int Width { get; }

    public int StrideY { get; }

    /// <summary>From an output of a phase to the next; 1 when there is one phase.</summary>
    public int StepY { get; }

    public int StepX { get; }

    public int OutHeight { get; }

    public int OutWidth { get; }

    public int Filters { get; }

    public int Top { get; }

    public int Left { get; }

    /// <summary>Bordered rows that one row of outputs touches.</summary>
    public int Reach { get; }

    public int RowStep => phaseWidth * strideX;

    /// <summary>Blocks of a register of channels.</summary>
    public int Blocks { get; }

    /// <summary>Panels of two registers of filters.</summary>
    public int Panels { get; }

    public BlockedPhase[] Phases { get; }

    public int DeepestPhase { get; }

    /// <summary>Bands of output rows of a phase.</summary>
    public Strips Bands { get; }

    public int TallestBand { get; }

    public long WeightCount { get; }

    /// <summary>The plan for y, or none where registers would stay half empty.</summary>
    public static BlockedPlan? Forward(in ConvShape s) => !Pays(s.Groups, s.Channels, s.Filters) ? null
        : new([ConvTaps.Forward(s)], 1, 1, s.OutHeight, s.OutWidth, s.Filters, s.Taps, s.KernelHeight * s.KernelWidth);

    /// <summary>The plan for dx, or none.</summary>
    public static BlockedPlan? Backward(in ConvShape s)
    {
        if (!Pays(s.Groups, s.Filters, s.Channels)) return null;
        ConvTaps[] phases = new ConvTaps[s.StrideY * s.StrideX];
        for (int i = 0; i < phases.Length; i++) phases[i] = ConvTaps.Backward(s, i / s.StrideX, i % s.StrideX);
        return new(phases, s.StrideY, s.StrideX, s.Height, s.Width, s.Channels, s.KernelHeight * s.KernelWidth, s.Taps);
    }

    private static bool Pays(int groups, int planes, int filters)
    {
        int w = Register<float>.Width;
        // Below that a product over panels of pixels is faster: measured with 16 channels on either side.
        return groups == 1 && planes >= 2 * w && planes * filters >= 8 * w * w && filters >= 0.8 * ((filters + w - 1) / w * w);
    }

    /// <summary>Where a pixel of the bordered image lies, in pixels: by phases of the stride along a row.</summary>
    public int Place(int y, int x) => y * RowStep + x % strideX * phaseWidth + x / strideX;

    /// <summary>to [phase][filters / 2 w][tap][channel][2 w].</summary>
    public void Pack(float* from, float* to)
    {
        int w = Register<float>.Width;
        foreach (BlockedPhase phase in Phases)
        {
            WeightTaps taps = new(from, from + weightCount, weightRowStep, weightPlaneStep, phase.Places);
            long lineStep = (long)Blocks * w * 2 * w;
            for (int first = 0; first < Panels * 2 * w; first += 2 * w, to += phase.Places.Length * lineStep)
            {
                int valid = Math.Min(2 * w, Filters - first);
                if (weightCount == (long)Planes * Filters)
                {
                    MatrixPanels<float> matrix = new(from, weightRowStep, weightPlaneStep);
                    if (phase.Places.Length == 1) matrix.Pack(0, null, to, 0, Planes, first, valid, 2 * w);
                }
                else
                {
                    for (int channel = 0; channel < Planes; channel++)
                    {
                        taps.Read(channel, first, valid, 2 * w, to + channel * 2 * w, lineStep);
                    }
                }
                for (int t = 0; t < phase.Places.Length; t++)
                {
                    new Span<float>(to + t * lineStep + Planes * 2 * w, (Blocks * w - Planes) * 2 * w).Clear();
                }
            }
        }
    }
}
