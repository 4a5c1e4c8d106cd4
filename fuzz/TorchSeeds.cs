using System.IO.Compression;
using MiniGrad.Formats.Weights;

namespace MiniGrad.Fuzz;

/// <summary>Valid PyTorch files in its three containers, with views, several types and nested dictionaries.</summary>
internal static class TorchSeeds
{
    /// <summary>Steps with their arguments, names that pickles may and may not use, and numbers of all widths.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        "\x80\x02", ".", "(", ")", "t", "R", "Q", "N", "}", "]", "u", "e", "s", "a", "b", "0", "1", "2", "\x85", "\x86", "\x87",
        "q\0", "h\0", "q\u0001", "h\u0001", "\x94", "r\xFF\xFF\xFF\x7F",
        "K\0", "K\u0001", "K\xFF", "J\xFF\xFF\xFF\xFF", "J\xFF\xFF\xFF\x7F",
        "\x8A\u0008\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", "\x8A\u0001\xFF", "\x8B\xFF\xFF\xFF\x7F", "X\xFF\xFF\xFF\xFF", "X\0\0\0\0",
        "\x8D\0\0\0\0\0\0\0\x80", "G\x7F\xF0\0\0\0\0\0\0", "I00\n", "L1L\n",
        "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_parameter\n",
        "ccollections\nOrderedDict\n", "ctorch\nFloatStorage\n",
        "ctorch\nDoubleStorage\n", "ctorch\nLongStorage\n", "ctorch\nSize\n", "cnumpy\ndtype\n", "cnumpy.core.multiarray\nscalar\n",
        "c_codecs\nencode\n", "cos\nsystem\n", "FloatStorage", "DoubleStorage",
        "HalfStorage", "BFloat16Storage", "LongStorage", "BoolStorage",
        "OrderedDict", "_rebuild_tensor_v2", "_rebuild_tensor", "state_dict",
        "module.", "PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006",
    ];

    public static IReadOnlyList<byte[]> Make() =>
    [
        Zip(Weights(), CompressionLevel.NoCompression),
        Zip(Nested(), CompressionLevel.Optimal),
        Legacy(Weights(old: true)),
        Legacy(Nested(old: true)),
        Tar(),
    ];

    public static void Read(string path)
    {
        using WeightFile file = WeightFile.Open(path);
        foreach (string name in file.Names) file.Read(name);
    }

    /// <summary>A matrix, its transposed part and a vector of the storage 0, integers of the storage 1.</summary>
    private static byte[] Weights(bool old = false) => PickleBytes.Dictionary(0,
        ("module.fc.weight", PickleBytes.Tensor(PickleBytes.Storage("FloatStorage", "0", 12, old), 0, [3, 4], [4, 1])),
        ("module.fc.bias", PickleBytes.Tensor(PickleBytes.Storage("FloatStorage", "0", 12, old), 1, [3, 2], [1, 4])),
        ("module.fc.scale", PickleBytes.Tensor(PickleBytes.Storage("FloatStorage", "0", 12, old), 5, [], [])),
        ("module.steps", PickleBytes.Tensor(PickleBytes.Storage("LongStorage", "1", 2, old), 0, [2], [1])));

    private static byte[] Nested(bool old = false) =>
        PickleBytes.Dictionary(1, ("epoch", PickleBytes.Number(300)), ("name", PickleBytes.Text("net")), ("state_dict", Weights(old)));

    private static byte[] Zip(byte[] steps, CompressionLevel level) => SeedFile.Zip(
        ("net/data.pkl", PickleBytes.Whole(steps), level), ("net/data/0", Floats(), level), ("net/data/1", Longs(), level),
        ("net/version", "3\n"u8.ToArray(), level));

    private static byte[] Legacy(byte[] steps) =>
    [
        .. PickleBytes.Whole(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19),
        .. PickleBytes.Whole((byte)'M', 0xE9, 0x03),
        .. Machine(), .. PickleBytes.Whole(steps),
        .. PickleBytes.Whole([(byte)']', (byte)'(', .. PickleBytes.Text("0"), .. PickleBytes.Text("1"), (byte)'e']),
        .. BitConverter.GetBytes(12L), .. Floats(), .. BitConverter.GetBytes(2L), .. Longs(),
    ];

    private static byte[] Machine() =>
        PickleBytes.Whole(PickleBytes.Dictionary(0, ("protocol_version", PickleBytes.Number(1001)), ("little_endian", [0x88])));

    /// <summary>One storage and one tensor, each described by a pickle, and no views.</summary>
    private static byte[] Tar()
    {
        byte[] one = PickleBytes.Whole(PickleBytes.Number(1));
        byte[] storage = PickleBytes.Whole(
            PickleBytes.Tuple(PickleBytes.Number(7), PickleBytes.Text("cpu"), PickleBytes.Name("torch", "FloatStorage")));
        byte[] tensor = PickleBytes.Whole(
            PickleBytes.Tuple(PickleBytes.Number(9), PickleBytes.Number(7), PickleBytes.Name("torch", "FloatTensor")));
        byte[] numbers = [2, 0, 0, 0, 0, 0, 0, 0, .. ((long[])[3, 4, 4, 1, 0]).SelectMany(BitConverter.GetBytes)];
        byte[] pickle = PickleBytes.Whole(PickleBytes.Dictionary(0, ("fc.weight", [.. PickleBytes.Number(9), (byte)'Q'])));
        return SeedFile.Tar(
            ("sys_info", Machine()), ("pickle", pickle), ("tensors", [.. one, .. tensor, .. numbers]),
            ("storages", [.. one, .. storage, .. BitConverter.GetBytes(12L), .. Floats(), .. PickleBytes.Whole((byte)']')]));
    }

    private static byte[] Floats() => [.. Enumerable.Range(0, 12).SelectMany(i => BitConverter.GetBytes(i / 2f))];

    private static byte[] Longs() => [.. BitConverter.GetBytes(5L), .. BitConverter.GetBytes(-6L)];
}
