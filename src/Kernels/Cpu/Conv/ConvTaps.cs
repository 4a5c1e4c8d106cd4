namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// A convolution as what the kernels do: every output pixel sums weights × pixels over planes and over taps at fixed
/// distances from (y · stride, x · stride). Forward it is the convolution itself. Its adjoint in the image is one such sum for each
/// phase of the stride: of the pixels dx[stride · i + phase], each meets only the taps that fall on an output.
/// </summary>
internal sealed class ConvTaps
{
    private readonly int[] tapY;
    private readonly int[] tapX;

    private ConvTaps(
        int planes, int height, int width, int outHeight, int outWidth, int strideY, int strideX, List<(int Y, int X, int Place)> taps)
    {
        (Planes, Height, Width, OutHeight, OutWidth, StrideY, StrideX) = (planes, height, width, outHeight, outWidth, strideY, strideX);
        tapY = [.. taps.Select(t => t.Y)];
        tapX = [.. taps.Select(t => t.X)];
        Places = [.. taps.Select(t => t.Place)];
        Top = Math.Max(0, -tapY.DefaultIfEmpty().Min());
        Left = Math.Max(0, -tapX.DefaultIfEmpty().Min());
        Bottom = Math.Max(0, tapY.DefaultIfEmpty().Max());
        Right = Math.Max(0, tapX.DefaultIfEmpty().Max());
    }

    public int Planes { get; }

    public int Height { get; }

    public int Width { get; }

    public int OutHeight { get; }

    public int OutWidth { get; }

    public int OutPixels => OutHeight * OutWidth;

    public int StrideY { get; }

    public int StrideX { get; }

    /// <summary>Where in the kernel (row · width + column) each tap has its weight.</summary>
    public int[] Places { get; }

    /// <summary>Products per output.</summary>
    public int Depth => Planes * Places.Length;

    /// <summary>One tap, no stride, no border: the image already is the matrix of products.</summary>
    public bool IsPlain => tapY is [0] && tapX is [0] && (StrideY, StrideX, OutHeight, OutWidth) == (1, 1, Height, Width);

    public static ConvTaps Forward(in ConvShape s)
    {
        List<(int, int, int)> taps = new(s.KernelHeight * s.KernelWidth);
        for (int y = 0; y < s.KernelHeight; y++)
        {
            for (int x = 0; x < s.KernelWidth; x++) taps.Add((y * s.DilationY - s.PadY, x * s.DilationX - s.PadX, y * s.KernelWidth + x));
        }
        return new(s.GroupChannels, s.Height, s.Width, s.OutHeight, s.OutWidth, s.StrideY, s.StrideX, taps);
    }

    /// <summary>The pixels of dx at one phase of the stride, from the output's gradient.</summary>
    public static ConvTaps Backward(in ConvShape s, int phaseY, int phaseX)
    {
        List<(int, int, int)> taps = [];
        for (int y = s.KernelHeight - 1; y >= 0; y--)
        {
            int dy = phaseY + s.PadY - y * s.DilationY;
            if (dy % s.StrideY != 0) continue;
            for (int x = s.KernelWidth - 1; x >= 0; x--)
            {
                int dx = phaseX + s.PadX - x * s.DilationX;
                if (dx % s.StrideX == 0) taps.Add((dy / s.StrideY, dx / s.StrideX, y * s.KernelWidth + x));
            }
        }
        int height = (s.Height - phaseY + s.StrideY - 1) / s.StrideY;
        int width = (s.Width - phaseX + s.StrideX - 1) / s.StrideX;
        return new(s.GroupFilters, s.OutHeight, s.OutWidth, height, width, 1, 1, taps);
    }

    /// <summary>Nine neighbouring taps, no stride: what Winograd's algorithm is for.</summary>
    public bool IsDenseThreeByThree
    {
        get
        {
            if (tapY.Length != 9 || StrideY != 1 || StrideX != 1) return false;
            for (int t = 0; t < 9; t++)
            {
                if (tapY[t] != t / 3 - Top || tapX[t] != t % 3 - Left) return false;
            }
            return true;
        }
    }

    /// <summary>Rows of zeros above the image.</summary>
    public int Top { get; }

    /// <summary>Columns of zeros to the left of the image.</summary>
    public int Left { get; }

    /// <summary>How far the lowest tap lies below an output's pixel, or 0.</summary>
    public int Bottom { get; }

    /// <summary>How far the last tap lies to the right of an output's pixel, or 0.</summary>
    public int Right { get; }

    public int Y(int tap) => tapY[tap];

    public int X(int tap) => tapX[tap];

    public BorderedPlanes<T> Bordered<T>() where T : unmanaged
    {
        int fullHeight = Top + (OutHeight - 1) * StrideY + Bottom + 1;
        // A stride may leave columns at the right that no tap meets; they have their place all the same.
        int fullWidth = Left + Math.Max((OutWidth - 1) * StrideX + Right + 1, Width);
        return new(Planes, Height, Width, Top, Left, fullHeight, (fullWidth + StrideX - 1) / StrideX, StrideX);
    }

    /// <summary>Where a tap lies in the bordered plane.</summary>
    public int Place<T>(int tap, in BorderedPlanes<T> planes) where T : unmanaged => planes.Offset(tapY[tap], tapX[tap]);

    /// <summary>Where each tap lies in the bordered plane.</summary>
    public int[] Offsets<T>(in BorderedPlanes<T> planes) where T : unmanaged
    {
        int[] offsets = new int[tapY.Length];
        for (int t = 0; t < offsets.Length; t++) offsets[t] = planes.Offset(tapY[t], tapX[t]);
        return offsets;
    }
}
