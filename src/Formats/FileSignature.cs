namespace MiniGrad.Formats;

/// <summary>The first bytes that formats are told apart by, each written down once.</summary>
internal static class FileSignature
{
    /// <summary>So many bytes are enough for every question here.</summary>
    public const int HeadBytes = 512;

    public static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B];

    public static ReadOnlySpan<byte> Hdf5 => [0x89, (byte)'H', (byte)'D', (byte)'F'];

    /// <summary>Start of image and the 0xFF of the next marker.</summary>
    public static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    public static ReadOnlySpan<byte> Npy => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>What every record of a zip archive begins with.</summary>
    public static ReadOnlySpan<byte> ZipRecord => "PK"u8;

    /// <summary>A zip archive, or an empty one.</summary>
    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8);

    /// <summary>A tar archive of POSIX or GNU; <paramref name="head"/> must hold its first block.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head) => head.Length == HeadBytes && head[257..].StartsWith("ustar"u8);

    /// <summary>A Python pickle of protocol 2 to 5.</summary>
    public static bool IsPickle(ReadOnlySpan<byte> head) => head.Length > 1 && head[0] == 0x80 && head[1] is >= 2 and <= 5;

    /// <summary>A pickle of protocol 0 or 1 that begins with PyTorch's number, in digits.</summary>
    public static bool IsTextPickle(ReadOnlySpan<byte> head) => head.StartsWith("L119547037146038801333356L"u8);
}
