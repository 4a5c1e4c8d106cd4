using System.IO.Compression;
using System.Text;

namespace MiniGrad.Fuzz;

/// <summary>Valid NumPy arrays and archives.</summary>
internal static class NumpySeeds
{
    public static IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "(", ")", "[", "'", "\"", ":", ",", "\\", "\n", "True",
        "False", "descr", "fortran_order", "shape", "3L", "()", "(3,)", "(3)",
        "<f2", "<f4", "<f8", ">f4", ">f8", "|i1", "<i2", "<i4", "<i8", ">i8", "|u1", "|b1", "|O", "<U2", "<c8", "[('a', '<f4')]",
        "(4294967296, 4294967296)", "(0, 9223372036854775807)", "\u0001\0", "\u0002\0", "\u0003\0",
    ];

    public static IReadOnlyList<byte[]> Arrays() =>
    [
        Array("<f4", false, "(3, 4)", 48),
        Array("<f2", true, "(3, 4)", 24),
        Array(">f8", true, "(2, 3, 2)", 96, version: 2),
        Array("|u1", false, "(7,)", 7, version: 3),
        Array("|b1", false, "(4,)", 4),
        Array("<i8", false, "()", 8),
        Array("<i4", false, "(0, 3)", 0),
    ];

    public static IReadOnlyList<byte[]> Archives() => [Archive(CompressionLevel.NoCompression), Archive(CompressionLevel.Optimal)];

    private static byte[] Archive(CompressionLevel level) =>
        SeedFile.Zip(("small.npy", Array("<f4", false, "(3, 4)", 48), level), ("large.npy", Array("<f8", true, "(30, 2)", 480), level));

    private static byte[] Array(string type, bool fortran, string shape, int bytes, byte version = 1)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}";
        header = header.PadRight(version == 1 ? 117 : 115) + "\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((short)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. new byte[bytes]];
    }
}
