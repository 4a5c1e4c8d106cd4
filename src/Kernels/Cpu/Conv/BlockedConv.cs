namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Convolutions with many channels and filters, in floats: an implicit product over blocks of channels. With w the floats
/// of a register:
/// <code>
///   for each band of rows of each image, in parallel:
///     pixels → [channels / w][row][column][w], in a zero border           Transpose; half a megabyte, in the second cache
///     for each 2 w filters, each phase, each row of outputs:
///       [pixel][2 w] = Σ over taps and channels                            MicroKernel, rows are pixels, lanes are filters
///       → rows of the output's planes                                      Transpose, Epilogue
/// </code>
/// Rows of outputs are cut evenly (56 = 4 · 14), so no lane computes what nobody asked for. The input gradient of a strided
/// convolution has a phase for each place of the stride; they share the pixels and interleave in the sums.
/// </summary>
internal readonly unsafe struct BlockedConv(
    BlockedPlan plan, int parts, float* image, float* weights, float* to, in EpiloguePointers<float> epilogue) : ILoopBody
{
    private readonly EpiloguePointers<float> epilogue = epilogue;

    /// <summary>y [batch, filters, pixels] from images [batch, channels, pixels] and packed weights.</summary>
    public static void Run(BlockedPlan plan, int batch, float* image, float* weights, float* to, in EpiloguePointers<float> epilogue)
    {
        long tasks = (long)batch * plan.Bands.Count;
        // With few bands, threads share one and each reads its pixels.
        int parts = tasks >= 2 * Threads.Count || Threads.Count == 1 ? 1 : Math.Min(plan.Panels, Threads.Count);
        Threads.For(tasks * parts, 1, new BlockedConv(plan, parts, image, weights, to, epilogue));
    }

    public void Run(long begin, long end)
    {
        int w = Register<float>.Width;
        int bordered = plan.Reach + (plan.TallestBand - 1) * plan.StrideY;
        long block = (long)bordered * plan.RowStep * w;
        int pixels = plan.TallestBand * plan.StepY * plan.OutWidth;
        float* scratch = Workspace<float>.Mine.Reserve(
            plan.Blocks * block + (long)pixels * 2 * w + w * w + (long)bordered * plan.Width + pixels + plan.DeepestPhase + 64);
        float* sums = scratch + plan.Blocks * block;
        float* edge = sums + (long)pixels * 2 * w;
        int* places = (int*)(edge + w * w);
        int* outPlaces = places + bordered * plan.Width;
        int* offsets = outPlaces + pixels;
        for (int p = 0; p < bordered * plan.Width; p++) places[p] = plan.Place(p / plan.Width, p % plan.Width + plan.Left) * w;
        for (int p = 0; p < pixels; p++) outPlaces[p] = p * 2 * w;
        new Span<float>(scratch, checked((int)(plan.Blocks * block))).Clear();
        long entered = -1;
        for (long task = begin; task < end; task++)
        {
            (int n, int band) = ((int)(task / parts / plan.Bands.Count), (int)(task / parts % plan.Bands.Count));
            (int row, int rows) = (plan.Bands.Start(band), plan.Bands.Height(band));
            if (entered != task / parts) Read(n, row, bordered, block, scratch, places);
            entered = task / parts;
            int part = (int)(task % parts);
            for (int panel = plan.Panels * part / parts; panel < plan.Panels * (part + 1) / parts; panel++)
            {
                foreach (BlockedPhase phase in plan.Phases) Multiply(phase, panel, row, rows, block, scratch, offsets, sums);
                Write(n, row * plan.StepY, Math.Min(rows * plan.StepY, plan.OutHeight - row * plan.StepY), panel, sums, outPlaces, edge);
            }
        }
    }

    private void Read(int n, int row, int rows, long blockStep, float* scratch, int* places)
    {
        int w = Register<float>.Width;
        int area = plan.Height * plan.Width;
        int top = row * plan.StrideY - plan.Top;
        int begin = Math.Clamp(top, 0, plan.Height);
        int end = Math.Clamp(top + rows, begin, plan.Height);
        for (int block = 0; block < plan.Blocks; block++)
        {
            float* window = scratch + block * blockStep;
            for (int y = 0; y < rows; y++)
            {
                if (top + y < begin || top + y >= end) new Span<float>(window + (long)y * plan.RowStep * w, plan.RowStep * w).Clear();
            }
            ChannelBlock.Read(image + ((long)n * plan.Planes + block * w) * area + begin * plan.Width,
                area, Math.Min(w, plan.Planes - block * w),
                (end - begin) * plan.Width, window + (long)(begin - top) * plan.RowStep * w, places);
        }
    }

    private void Multiply(BlockedPhase phase, int panel, int row, int rows, long blockStep, float* scratch, int* offsets, float* sums)
    {
        int w = Register<float>.Width;
        int depth = phase.Taps.Length * plan.Blocks;
        for (int i = 0; i < depth; i++) offsets[i] = checked((int)(i % plan.Blocks * blockStep + (long)phase.Taps[i / plan.Blocks] * w));
        Strips strips = new(phase.OutWidth, Register<float>.TileRows);
        TileRun<float> run = new()
        {
            B = weights + phase.Weights + (long)panel * depth * w * 2 * w,
            Half = w,
            Depth = w,
            Blocks = depth,
            Offsets = offsets,
            RowStep = plan.StepX * 2 * w,
        };
        bool half = plan.Filters - panel * 2 * w <= w;
        for (int y = 0; y < rows && row + y < phase.OutHeight; y++)
        {
            for (int strip = 0; strip < strips.Count; strip++)
            {
                int x = strips.Start(strip);
                run.A = scratch + ((long)y * plan.StrideY * plan.RowStep + x) * w;
                run.C = sums + ((long)(y * plan.StepY + phase.Y) * plan.OutWidth + x * plan.StepX + phase.X) * 2 * w;
                if (half) TileKernel<float>.RunHalf<ChannelBlocks>(strips.Height(strip), run);
                else TileKernel<float>.Run<ChannelBlocks>(strips.Height(strip), run);
            }
        }
    }

    private void Write(int n, int row, int rows, int panel, float* sums, int* places, float* edge)
    {
        int w = Register<float>.Width;
        int area = plan.OutHeight * plan.OutWidth;
        int count = rows * plan.OutWidth;
        for (int half = 0; half < 2; half++)
        {
            int filter = panel * 2 * w + half * w;
            int valid = Math.Min(w, plan.Filters - filter);
            if (valid <= 0) return;
            float* plane = to + ((long)n * plan.Filters + filter) * area + row * plan.OutWidth;
            ChannelBlock.Write(sums + half * w, places, count, plane, area, valid, edge);
            if (epilogue.IsNone) continue;
            for (int f = 0; f < valid; f++, plane += area) epilogue.Apply(plane, plane - to, filter + f, count);
        }
    }
}
