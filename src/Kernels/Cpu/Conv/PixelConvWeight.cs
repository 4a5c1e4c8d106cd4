using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The weight gradient of a convolution with many channels, in floats. With w the floats of a register:
/// <code>
///   for each chunk of images and each share of the filters, in parallel:
///     for each band of about 256 output pixels (rows of one image, or whole small images):
///       pixels of x → [channels / w][row][column][w], in a zero border       Transpose
///       gradients   → [filters / w][pixel][w]                                Transpose
///       for 2 w filters, each tap, each block of w channels:
///         sums [channel][tap][2 w] += Σ over pixels x · g                    MicroKernel, rows are channels, k runs over pixels
/// </code>
/// A band of x and g stays in the first two caches while all taps pass over it. Chunks are fixed runs of images, so the sums
/// have the same bits for any number of threads.
/// </summary>
internal static unsafe class PixelConvWeight
{
    public const int BandPixels = 256;

    /// <summary>Whether the filters fill the lanes.</summary>
    public static bool Serves(in ConvShape s)
    {
        int lanes = (s.Filters + Register<float>.Width - 1) / Register<float>.Width * Register<float>.Width;
        return s.Groups == 1 && s.Filters >= 0.7 * lanes;
    }

    /// <summary>Images of a chunk: more of small ones, so that each sum is long.</summary>
    public static int ChunkImages(in ConvShape s) => Math.Clamp(2048 / s.OutPixels, 4, 64);

    /// <summary>dw [filters, channels, taps].</summary>
    public static void Run(in ConvShape s, ConvTaps taps, BorderedPlanes<float> planes, float* image, float* gradient, float* to)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            PixelConvWeightBody<Vector512<float>, Simd512<float>>.Run(s, taps, planes, image, gradient, to);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            PixelConvWeightBody<Vector256<float>, Simd256<float>>.Run(s, taps, planes, image, gradient, to);
        }
        else PixelConvWeightBody<Vector128<float>, Simd128<float>>.Run(s, taps, planes, image, gradient, to);
    }
}

/// <summary>The chunks of <see cref="PixelConvWeight"/>.</summary>
internal readonly unsafe struct PixelConvWeightBody<V, S>(
    in ConvShape shape, ConvTaps taps, BorderedPlanes<float> planes, int rows,
    int images, int parts, float* image, float* gradient, float* sums) : ILoopBody
    where V : struct where S : struct, ISimd<V, float>
{
    private readonly ConvShape s = shape;

    private int Taps => taps.Places.Length;

    private int Blocks => (s.Channels + S.Width - 1) / S.Width;

    private int Panels => (s.Filters + 2 * S.Width - 1) / (2 * S.Width);

    /// <summary>Elements of the sums of one chunk: [panel][channel][tap][2 w].</summary>
    private long ChunkSize => (long)Panels * Taps * Blocks * S.Width * 2 * S.Width;

    public static void Run(in ConvShape s, ConvTaps taps, BorderedPlanes<float> planes, float* image, float* gradient, float* to)
    {
        int chunkImages = PixelConvWeight.ChunkImages(s);
        int chunks = (s.Batch + chunkImages - 1) / chunkImages;
        int rows = Math.Min(s.OutHeight, Math.Max(1, PixelConvWeight.BandPixels / s.OutWidth));
        int panels = (s.Filters + 2 * S.Width - 1) / (2 * S.Width);
        int parts = chunks >= 2 * Threads.Count || Threads.Count == 1 ? 1 : Math.Min(panels, 2 * Threads.Count);
        long size = (long)panels * taps.Places.Length * ((s.Channels + S.Width - 1) / S.Width * S.Width) * 2 * S.Width;
        using Block block = BlockPool.Rent(checked((int)(chunks * size * sizeof(float))));
        fixed (byte* bytes = &block.Bytes[block.Start])
        {
            PixelConvWeightBody<V, S> body = new(s, taps, planes, rows, chunkImages, parts, image, gradient, (float*)bytes);
            Threads.For((long)chunks * parts, 1, body);
            int pieces = (s.Taps + SumBody.Lines - 1) / SumBody.Lines;
            Threads.For((long)panels * pieces, 4, new SumBody(s, pieces, chunks, size, (float*)bytes, to));
        }
    }

    public void Run(long begin, long end)
    {
        int w = S.Width;
        // Small images go by as many as make a band.
        int together = rows == s.OutHeight ? Math.Max(1, PixelConvWeight.BandPixels / s.OutPixels) : 1;
        int bordered = (rows - 1) * s.StrideY + planes.FullHeight - (s.OutHeight - 1) * s.StrideY;
        long plane = (long)bordered * planes.RowStep * w;
        long block = plane * together;
        int pixels = together * rows * s.OutWidth;
        float* scratch = Workspace<float>.Mine.Reserve(
            Blocks * block + (long)Panels * 2 * pixels * w + (long)bordered * s.Width + pixels + together * rows + 64);
        float* gradients = scratch + Blocks * block;
        int* places = (int*)(gradients + (long)Panels * 2 * pixels * w);
        for (int p = 0; p < bordered * s.Width; p++)
        {
            int x = p % s.Width + taps.Left;
            places[p] = (p / s.Width * planes.RowStep + x % s.StrideX * planes.PhaseWidth + x / s.StrideX) * w;
        }
        int* gradientPlaces = places + bordered * s.Width;
        for (int p = 0; p < pixels; p++) gradientPlaces[p] = p * w;
        Band band = new(scratch, block, plane, gradients, places, gradientPlaces, gradientPlaces + pixels, pixels);
        for (long task = begin; task < end; task++)
        {
            long chunk = task / parts;
            int part = (int)(task % parts);
            (int from, int to) = (Panels * part / parts, Panels * (part + 1) / parts);
            float* result = sums + chunk * ChunkSize;
            new Span<float>(scratch, checked((int)(Blocks * block))).Clear();
            long panelSize = ChunkSize / Panels;
            for (int panel = from; panel < to; panel++) new Span<float>(result + panel * panelSize, (int)panelSize).Clear();
            int last = (int)Math.Min(s.Batch, (chunk + 1) * images);
            for (int n = (int)(chunk * images); n < last; n += together)
            {
                int count = Math.Min(together, last - n);
                for (int row = 0; row < s.OutHeight; row += rows)
                {
                    int height = Math.Min(rows, s.OutHeight - row);
                    Read(n, count, row, height, from, to, band);
                    for (int panel = from; panel < to; panel++) Multiply(panel, count, height, result + panel * panelSize, band);
                }
            }
        }
    }

    /// <summary>Images and gradients of a band, in blocks of channels.</summary>
    private void Read(int n, int count, int row, int height, int from, int to, in Band at)
    {
        int w = S.Width;
        int area = s.Height * s.Width;
        int top = row * s.StrideY - taps.Top;
        int needed = (height - 1) * s.StrideY + planes.FullHeight - (s.OutHeight - 1) * s.StrideY;
        int begin = Math.Clamp(top, 0, s.Height);
        int end = Math.Clamp(top + needed, begin, s.Height);
        for (int i = 0; i < count; i++)
        {
            for (int block = 0; block < Blocks; block++)
            {
                float* window = at.Window + block * at.BlockStep + i * at.ImageStep;
                for (int y = 0; y < needed; y++)
                {
                    if (top + y < 0 || top + y >= s.Height)
                    {
                        new Span<float>(window + (long)y * planes.RowStep * w, planes.RowStep * w).Clear();
                    }
                }
                float* source = image + ((long)(n + i) * s.Channels + block * w) * area + begin * s.Width;
                float* target = window + (long)(begin - top) * planes.RowStep * w;
                int pixels = (end - begin) * s.Width;
                int lanes = Math.Min(w, s.Channels - block * w);
                ChannelBlock.Read(source, area, lanes, pixels, target, at.Places);
            }
            int band = height * s.OutWidth;
            for (int block = from * 2; block < to * 2; block++)
            {
                float* source = gradient + ((long)(n + i) * s.Filters + block * w) * s.OutPixels;
                float* target = at.Gradients + ((long)block * at.Pixels + i * band) * w;
                int lanes = Math.Min(w, s.Filters - block * w);
                ChannelBlock.Read(source + row * s.OutWidth, s.OutPixels, lanes, band, target, at.GradientPlaces);
            }
        }
    }

    private void Multiply(int panel, int count, int height, float* result, in Band at)
    {
        int w = S.Width;
        for (int i = 0; i < count * height; i++)
        {
            at.RowOffsets[i] = (int)(i / height * at.ImageStep) + i % height * s.StrideY * planes.RowStep * w;
        }
        TileRun<float> run = new()
        {
            B = at.Gradients + (long)panel * 2 * at.Pixels * w,
            Half = (nint)at.Pixels * w,
            Depth = s.OutWidth,
            Blocks = count * height,
            Offsets = at.RowOffsets,
            RowStep = Taps * 2 * w,
            Accumulate = true,
        };
        bool half = s.Filters - panel * 2 * w <= w;
        for (int block = 0; block < Blocks; block++)
        {
            Strips strips = new(Math.Min(w, s.Channels - block * w), S.TileRows);
            for (int tap = 0; tap < Taps; tap++)
            {
                float* a = at.Window + block * at.BlockStep + (long)taps.Place(tap, planes) * w;
                for (int strip = 0; strip < strips.Count; strip++)
                {
                    run.A = a + strips.Start(strip);
                    run.C = result + (((long)block * w + strips.Start(strip)) * Taps + tap) * 2 * w;
                    if (half) MicroKernel<V, float, S>.RunHalf<PixelBlocks>(strips.Height(strip), run);
                    else MicroKernel<V, float, S>.Run<PixelBlocks>(strips.Height(strip), run);
                }
            }
        }
    }

    /// <summary>A worker's band: the window of the first image, and the steps to other blocks and images.</summary>
    private readonly struct Band(
        float* window, long blockStep, long imageStep, float* gradients, int* places, int* gradientPlaces, int* rowOffsets, int pixels)
    {
        public float* Window => window;

        public long BlockStep => blockStep;

        public long ImageStep => imageStep;

        public float* Gradients => gradients;

        public int* Places => places;

        public int* GradientPlaces => gradientPlaces;

        public int* RowOffsets => rowOffsets;

        public int Pixels => pixels;
    }

    /// <summary>dw [filter][channel][tap] = the sums of all chunks, in order, on their side.</summary>
    private readonly struct SumBody(in ConvShape shape, int pieces, int chunks, long chunkSize, float* sums, float* to) : ILoopBody
    {
        /// <summary>Channels × taps of a piece.</summary>
        public const int Lines = 256;

        private readonly ConvShape s = shape;

        public void Run(long begin, long end)
        {
            int w = S.Width;
            long panelSize = (long)(s.Channels + w - 1) / w * w * s.KernelHeight * s.KernelWidth * 2 * w;
            float* edge = Workspace<float>.Mine.Reserve(w * w + Lines);
            int* places = (int*)(edge + w * w);
            for (int i = 0; i < Lines; i++) places[i] = i * 2 * w;
            for (long piece = begin; piece < end; piece++)
            {
                int panel = (int)(piece / pieces);
                int first = (int)(piece % pieces) * Lines;
                int lines = Math.Min(Lines, s.Taps - first);
                float* from = sums + panel * panelSize + (long)first * 2 * w;
                for (int i = 0; i < lines * 2 * w; i += w)
                {
                    V sum = S.Load(from + i);
                    for (int chunk = 1; chunk < chunks; chunk++) sum = S.Add(sum, S.Load(from + i + chunk * chunkSize));
                    S.Store(sum, from + i);
                }
                for (int half = 0; half < 2; half++)
                {
                    int filter = panel * 2 * w + half * w;
                    int valid = Math.Min(w, s.Filters - filter);
                    if (valid > 0)
                    {
                        ChannelBlock.Write(from + half * w, places, lines, to + (long)filter * s.Taps + first, s.Taps, valid, edge);
                    }
                }
            }
        }
    }
}
