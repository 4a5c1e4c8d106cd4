namespace MiniGrad.Formats.Images;

/// <summary>The colour types of PNG, by their code.</summary>
internal enum PngColor
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

/// <summary>What a PNG's IHDR chunk declares.</summary>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColor Color, bool Interlaced)
{
    /// <summary>First column, first row, column step and row step of the seven Adam7 passes.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (int X, int Y, int StepX, int StepY)[] Whole = [(0, 0, 1, 1)];

    /// <summary>Samples per pixel in the file.</summary>
    public int Samples => Color switch { PngColor.Rgb => 3, PngColor.GreyAlpha => 2, PngColor.Rgba => 4, _ => 1 };

    /// <summary>The distance, in bytes, to the pixel on the left that filters look at.</summary>
    public int FilterDistance => Math.Max(1, Samples * Depth / 8);

    public (int X, int Y, int StepX, int StepY)[] Passes => Interlaced ? Adam7 : Whole;

    public long RowBytes(int width) => ((long)width * Samples * Depth + 7) / 8;

    public (int Width, int Height) PassSize((int X, int Y, int StepX, int StepY) pass) =>
        ((int)(((long)Width - pass.X + pass.StepX - 1) / pass.StepX), (int)(((long)Height - pass.Y + pass.StepY - 1) / pass.StepY));

    /// <summary>The bytes of all filtered rows: what the compressed data must unpack to.</summary>
    public long UnpackedBytes
    {
        get
        {
            long bytes = 0;
            foreach (var pass in Passes)
            {
                (int width, int height) = PassSize(pass);
                if (width > 0 && height > 0) bytes += height * (RowBytes(width) + 1);
            }
            return bytes;
        }
    }

    public static bool Allows(PngColor color, int depth) => color switch
    {
        PngColor.Grey => depth is 1 or 2 or 4 or 8 or 16,
        PngColor.Palette => depth is 1 or 2 or 4 or 8,
        PngColor.Rgb or PngColor.GreyAlpha or PngColor.Rgba => depth is 8 or 16,
        _ => false,
    };
}
