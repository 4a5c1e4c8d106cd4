namespace MiniGrad.Kernels.Cpu;

// A convolution whose stride is its kernel, as the patches of a vision transformer, is a 1 × 1 convolution of an image
// with a channel for each pixel of a patch: the pixels are only put in another order, no taps overlap.
internal sealed unsafe partial class CpuBackend
{
    internal static bool IsPatches(in ConvShape s) =>
        s.KernelHeight * s.KernelWidth > 1 && s.KernelHeight == s.StrideY && s.KernelWidth == s.StrideX
        && s is { PadY: 0, PadX: 0, DilationY: 1, DilationX: 1, Groups: 1 };

    /// <summary>The 1 × 1 convolution over patches.</summary>
    internal static ConvShape OverPatches(in ConvShape s) => s with
    {
        Channels = s.Taps,
        Height = s.OutHeight,
        Width = s.OutWidth,
        KernelHeight = 1,
        KernelWidth = 1,
        StrideY = 1,
        StrideX = 1,
    };

    private static Block Patches<T>(in ConvShape s) where T : unmanaged =>
        BlockPool.Rent(checked((int)Math.Max(1, (long)s.Batch * s.Taps * s.OutPixels * sizeof(T))));

    /// <summary>patches [batch, channel × pixel of a patch, patch] from images, or the other way.</summary>
    private static void MovePatches<T>(in ConvShape s, T* image, T* patches, bool fold) where T : unmanaged
    {
        long planes = (long)s.Batch * s.Channels;
        long area = (long)s.Height * s.Width;
        Threads.For(planes, Math.Max(1, Grain / Math.Max(1, area)), new PatchBody<T>(s, image, patches, fold));
    }

    private readonly struct PatchBody<T>(in ConvShape shape, T* image, T* patches, bool fold) : ILoopBody where T : unmanaged
    {
        private readonly ConvShape s = shape;

        public void Run(long begin, long end)
        {
            int kernel = s.KernelHeight * s.KernelWidth;
            for (long plane = begin; plane < end; plane++)
            {
                T* pixels = image + plane * s.Height * s.Width;
                // Rows and columns that no patch reaches have no gradient.
                if (fold && (s.OutHeight * s.StrideY < s.Height || s.OutWidth * s.StrideX < s.Width))
                {
                    new Span<T>(pixels, s.Height * s.Width).Clear();
                }
                for (int y = 0; y < s.OutHeight; y++)
                {
                    for (int place = 0; place < kernel; place++)
                    {
                        T* row = pixels + ((long)y * s.StrideY + place / s.KernelWidth) * s.Width + place % s.KernelWidth;
                        T* line = patches + (plane * kernel + place) * s.OutPixels + y * s.OutWidth;
                        if (fold) for (int x = 0; x < s.OutWidth; x++) row[x * s.StrideX] = line[x];
                        else for (int x = 0; x < s.OutWidth; x++) line[x] = row[x * s.StrideX];
                    }
                }
            }
        }
    }
}
