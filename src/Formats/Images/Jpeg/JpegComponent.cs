namespace MiniGrad.Formats.Images;

/// <summary>
/// One component of a frame. What has been decoded of it lies in rows of blocks that are made when first written, so
/// that memory follows the data present, not the size declared.
/// </summary>
internal sealed class JpegComponent(byte id, int across, int down, int table)
{
    /// <summary>Samples of a block, and of a row or column of it.</summary>
    public const int BlockSize = 64, Side = 8;

    private short[]?[] coefficients = [];
    private byte[]?[] samples = [];

    public byte Id { get; } = id;

    /// <summary>The horizontal sampling factor: blocks across in an MCU.</summary>
    public int Across { get; } = across;

    /// <summary>The vertical sampling factor: blocks down in an MCU.</summary>
    public int Down { get; } = down;

    /// <summary>The number of its quantisation table.</summary>
    public int Table { get; } = table;

    /// <summary>Samples per row, without the filling of the last block.</summary>
    public int Width { get; private set; }

    public int Height { get; private set; }

    public int BlocksWide { get; private set; }

    public int BlocksHigh { get; private set; }

    /// <summary>The quantisation steps as they stood at the component's first scan; they may be redefined after it.</summary>
    public ushort[]? Steps { get; set; }

    /// <summary>For each coefficient the bit position down to which scans have sent it, −1 before the first.</summary>
    public sbyte[] SentDownTo { get; } = [.. Enumerable.Repeat((sbyte)-1, BlockSize)];

    public void SetSize(int width, int height)
    {
        Width = width;
        Height = height;
        BlocksWide = (width + Side - 1) / Side;
        BlocksHigh = (height + Side - 1) / Side;
        coefficients = new short[BlocksHigh][];
        samples = new byte[BlocksHigh][];
    }

    /// <summary>The coefficients of a block of a progressive image, in natural order.</summary>
    public Span<short> Coefficients(int blockX, int blockY) =>
        (coefficients[blockY] ??= new short[BlocksWide * BlockSize]).AsSpan(blockX * BlockSize, BlockSize);

    /// <summary>A row of samples; those behind <see cref="Width"/> only fill the last block.</summary>
    public ReadOnlySpan<byte> Row(int y) => samples[y / Side].AsSpan(y % Side * BlocksWide * Side, Width);

    /// <summary>Turns the coefficients of a block into its samples.</summary>
    public void Put(int blockX, int blockY, ReadOnlySpan<short> block)
    {
        byte[] row = samples[blockY] ??= new byte[BlocksWide * BlockSize];
        JpegInverse.Transform(block, Steps, row.AsSpan(blockX * Side), BlocksWide * Side);
    }

    /// <summary>Turns all coefficients into samples, and lets go of them.</summary>
    public void Transform()
    {
        for (int y = 0; y < BlocksHigh; y++)
        {
            for (int x = 0; x < BlocksWide; x++) Put(x, y, Coefficients(x, y));
            coefficients[y] = null;
        }
    }
}
