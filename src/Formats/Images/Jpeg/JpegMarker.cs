namespace MiniGrad.Formats.Images;

/// <summary>The markers of JPEG (T.81, table B.1): the byte behind 0xFF.</summary>
internal static class JpegMarker
{
    public const byte Temporary = 0x01;
    public const byte Baseline = 0xC0;
    public const byte Extended = 0xC1;
    public const byte Progressive = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte Restart0 = 0xD0;
    public const byte Restart7 = 0xD7;
    public const byte Start = 0xD8;
    public const byte End = 0xD9;
    public const byte Scan = 0xDA;
    public const byte QuantTables = 0xDB;
    public const byte LineCount = 0xDC;
    public const byte RestartInterval = 0xDD;
    public const byte App0 = 0xE0;
    public const byte App14 = 0xEE;
    public const byte App15 = 0xEF;
    public const byte Comment = 0xFE;

    public static bool IsRestart(byte code) => code is >= Restart0 and <= Restart7;

    /// <summary>The kind of JPEG that a marker announces and that is not read, or null.</summary>
    public static string? Unsupported(byte code) => code switch
    {
        0xC3 => "lossless JPEG (SOF3)",
        0xC5 or 0xC6 => $"hierarchical JPEG (SOF{code - Baseline})",
        0xC7 => "hierarchical lossless JPEG (SOF7)",
        0xC9 or 0xCA => $"arithmetic-coded JPEG (SOF{code - Baseline})",
        0xCB => "arithmetic-coded lossless JPEG (SOF11)",
        0xCC => "arithmetic-coded JPEG (DAC)",
        0xCD or 0xCE or 0xCF => $"arithmetic-coded hierarchical JPEG (SOF{code - Baseline})",
        0xDE => "hierarchical JPEG (DHP)",
        0xDF => "hierarchical JPEG (EXP)",
        0xF7 => "JPEG-LS",
        _ => null,
    };
}
