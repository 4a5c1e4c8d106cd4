namespace MiniGrad.Formats.Archives;

/// <summary>One file of a zip archive: where its bytes begin, how many lie there, how many they unpack to, and their CRC-32.</summary>
internal sealed record ZipEntry(string Name, long HeaderAt, bool IsDeflated, long PackedLength, long Length, uint Crc)
{
    /// <summary>Where the bytes begin in the archive.</summary>
    public long Begin { get; init; }
}
