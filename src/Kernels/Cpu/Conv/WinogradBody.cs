using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>The blocks of <see cref="WinogradConv"/>, each computed from its pixels to its outputs by one worker.</summary>
internal readonly unsafe struct WinogradBody<V, S, W>(
    ConvTaps taps, int filters, int tileRows, int rowsPerBlock, int parts, float* image,
    float* weights, float* to, in EpiloguePointers<float> epilogue) : ILoopBody
    where V : struct where S : struct, ISimd<V, float> where W : struct, IWinograd
{
    private readonly EpiloguePointers<float> epilogue = epilogue;

    private static int Side => W.Outputs + 2;

    private static int Places => Side * Side;

    private int TilesX => (taps.OutWidth + W.Outputs - 1) / W.Outputs;

    private int TilesY => (taps.OutHeight + W.Outputs - 1) / W.Outputs;

    private int Blocks => (taps.Planes + S.Width - 1) / S.Width;

    private int Panels => (filters + 2 * S.Width - 1) / (2 * S.Width);

    /// <summary>Columns of the bordered rows.</summary>
    private int Across => TilesX * W.Outputs + 2;

    public static void Run(
        int batch, ConvTaps taps, int filters, float* image, float* weights, float* to, in EpiloguePointers<float> epilogue)
    {
        int tilesX = (taps.OutWidth + W.Outputs - 1) / W.Outputs;
        int tileRows = batch * ((taps.OutHeight + W.Outputs - 1) / W.Outputs);
        int most = taps.Planes <= 8 * S.Width ? 56 : 28;
        int rowsPerBlock = Math.Clamp(most / tilesX, 1, tileRows);
        int blocks = (tileRows + rowsPerBlock - 1) / rowsPerBlock;
        rowsPerBlock = (tileRows + blocks - 1) / blocks;
        blocks = (tileRows + rowsPerBlock - 1) / rowsPerBlock;
        // With few blocks, threads share one and each transforms its pixels.
        int panels = (filters + 2 * S.Width - 1) / (2 * S.Width);
        int parts = blocks >= 2 * Threads.Count || Threads.Count == 1 ? 1 : Math.Min(panels, Threads.Count);
        Threads.For((long)blocks * parts, 1,
            new WinogradBody<V, S, W>(taps, filters, tileRows, rowsPerBlock, parts, image, weights, to, epilogue));
    }

    public void Run(long begin, long end)
    {
        int w = S.Width;
        int tiles = rowsPerBlock * TilesX;
        long pixels = (long)Side * Across * w;
        long v = (long)Places * Blocks * tiles * w;
        long m = (long)Places * tiles * 2 * w;
        int band = Side * taps.Width;
        int outBand = W.Outputs * taps.OutWidth;
        long outputs = (long)W.Outputs * TilesX * W.Outputs * w;
        float* scratch = Workspace<float>.Mine.Reserve(pixels + v + m + outputs + w * w + band + outBand + 64);
        new Span<float>(scratch, (int)pixels).Clear();
        Buffers at = new()
        {
            Window = scratch,
            V = scratch + pixels,
            M = scratch + pixels + v,
            Outputs = scratch + pixels + v + m,
            Edge = scratch + pixels + v + m + outputs,
            InPlaces = (int*)(scratch + pixels + v + m + outputs + w * w),
            OutPlaces = (int*)(scratch + pixels + v + m + outputs + w * w) + band,
        };
        for (int p = 0; p < band; p++) at.InPlaces[p] = (p / taps.Width * Across + p % taps.Width + taps.Left) * w;
        for (int p = 0; p < outBand; p++) at.OutPlaces[p] = (p / taps.OutWidth * TilesX * W.Outputs + p % taps.OutWidth) * w;
        long entered = -1;
        for (long task = begin; task < end; task++)
        {
            int first = (int)(task / parts) * rowsPerBlock;
            int rows = Math.Min(rowsPerBlock, tileRows - first);
            if (entered != task / parts)
            {
                for (int row = 0; row < rows; row++) Read(first + row, row * TilesX, rows * TilesX, at);
                entered = task / parts;
            }
            int part = (int)(task % parts);
            for (int panel = Panels * part / parts; panel < Panels * (part + 1) / parts; panel++)
            {
                Multiply(panel, rows * TilesX, at);
                for (int row = 0; row < rows; row++) Write(first + row, row * TilesX, rows * TilesX, panel, at);
            }
        }
    }

    /// <summary>The pixels of one row of tiles, transformed.</summary>
    private void Read(int tileRow, int firstTile, int tiles, in Buffers at)
    {
        int w = S.Width;
        int area = taps.Height * taps.Width;
        int top = tileRow % TilesY * W.Outputs - taps.Top;
        int begin = Math.Clamp(top, 0, taps.Height);
        int end = Math.Clamp(top + Side, begin, taps.Height);
        // Rows of the window outside the image.
        for (int y = 0; y < Side; y++)
        {
            if (top + y < 0 || top + y >= taps.Height) new Span<float>(at.Window + (long)y * Across * w, Across * w).Clear();
        }
        int count = (end - begin) * taps.Width;
        float* target = at.Window + (long)(begin - top) * Across * w;
        nint step = (nint)Blocks * tiles * w;
        for (int block = 0; block < Blocks; block++)
        {
            float* source = image + ((long)(tileRow / TilesY) * taps.Planes + block * w) * area + begin * taps.Width;
            int channels = Math.Min(w, taps.Planes - block * w);
            ChannelBlock.Read(source, area, channels, count, target, at.InPlaces);
            float* v = at.V + ((long)block * tiles + firstTile) * w;
            for (int x = 0; x < TilesX; x++, v += w) Input(at.Window + x * W.Outputs * w, Across * w, v, step);
        }
    }

    /// <summary>M = V · U for the filters of one panel.</summary>
    private void Multiply(int panel, int tiles, in Buffers at)
    {
        int w = S.Width;
        int blocks = Blocks;
        Strips strips = new(tiles, S.TileRows);
        bool half = filters - panel * 2 * w <= w;
        int* offsets = stackalloc int[blocks];
        for (int block = 0; block < blocks; block++) offsets[block] = block * tiles * w;
        for (int place = 0; place < Places; place++)
        {
            TileRun<float> run = new()
            {
                B = weights + ((long)panel * Places + place) * blocks * w * 2 * w,
                Half = w,
                Depth = w,
                Blocks = blocks,
                Offsets = offsets,
                RowStep = 2 * w,
            };
            for (int strip = 0; strip < strips.Count; strip++)
            {
                int tile = strips.Start(strip);
                run.A = at.V + ((long)place * blocks * tiles + tile) * w;
                run.C = at.M + ((long)place * tiles + tile) * 2 * w;
                if (half) MicroKernel<V, float, S>.RunHalf<ChannelBlocks>(strips.Height(strip), run);
                else MicroKernel<V, float, S>.Run<ChannelBlocks>(strips.Height(strip), run);
            }
        }
    }

    /// <summary>One row of tiles of one panel's filters, into their planes.</summary>
    private void Write(int tileRow, int firstTile, int tiles, int panel, in Buffers at)
    {
        int w = S.Width;
        int row = tileRow % TilesY * W.Outputs;
        int count = Math.Min(W.Outputs, taps.OutHeight - row) * taps.OutWidth;
        for (int half = 0; half < 2; half++)
        {
            int filter = panel * 2 * w + half * w;
            int valid = Math.Min(w, filters - filter);
            if (valid <= 0) return;
            for (int x = 0; x < TilesX; x++)
            {
                Output(at.M + (long)(firstTile + x) * 2 * w + half * w, (nint)tiles * 2 * w,
                    at.Outputs + x * W.Outputs * w, TilesX * W.Outputs * w);
            }
            float* plane = to + ((long)(tileRow / TilesY) * filters + filter) * taps.OutPixels + row * taps.OutWidth;
            ChannelBlock.Write(at.Outputs, at.OutPlaces, count, plane, taps.OutPixels, valid, at.Edge);
            if (epilogue.IsNone) continue;
            for (int f = 0; f < valid; f++, plane += taps.OutPixels) epilogue.Apply(plane, plane - to, filter + f, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Input(float* window, nint rowStep, float* v, nint placeStep)
    {
        int w = S.Width;
        float* half = stackalloc float[Places * w];
        for (int x = 0; x < Side; x++) W.Input<V, float, S>(window + x * w, rowStep, half + x * w, Side * w);
        for (int y = 0; y < Side; y++) W.Input<V, float, S>(half + y * Side * w, w, v + y * Side * placeStep, placeStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Output(float* m, nint placeStep, float* y, nint rowStep)
    {
        int w = S.Width;
        float* half = stackalloc float[W.Outputs * Side * w];
        for (int x = 0; x < Side; x++) W.Output<V, float, S>(m + x * placeStep, Side * placeStep, half + x * w, Side * w);
        for (int row = 0; row < W.Outputs; row++) W.Output<V, float, S>(half + row * Side * w, w, y + row * rowStep, w);
    }

    /// <summary>A worker's memory.</summary>
    private struct Buffers
    {
        public float* Window;
        public float* V;
        public float* M;
        public float* Outputs;
        public float* Edge;
        public int* InPlaces;
        public int* OutPlaces;
    }
}
