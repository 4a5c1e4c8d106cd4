using System.IO.Compression;
using MiniGrad.Data;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private static readonly byte[] Small = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, byte[], long, string> PlainFiles => new()
    {
        { "empty", [], 0, "empty" },
        { "cut magic", [0, 0, 8], 3, "magic number" },
        { "cut sizes", [0, 0, 8, 2, 0, 0, 0, 2, 0], 9, "sizes of its 2 axes" },
        { "text", "label,pixel\n"u8.ToArray(), 0, "no IDX file" },
        { "second byte", [0, 1, 8, 1, 0, 0, 0, 1, 5], 0, "no IDX file" },
        { "signed bytes", [0, 0, 9, 1, 0, 0, 0, 1, 5], 2, "signed bytes" },
        { "shorts", [0, 0, 0xB, 1, 0, 0, 0, 1, 5, 5], 2, "16-bit integers" },
        { "ints", [0, 0, 0xC, 1, 0, 0, 0, 1, 5, 5, 5, 5], 2, "32-bit integers" },
        { "floats", [0, 0, 0xD, 1, 0, 0, 0, 1, 5, 5, 5, 5], 2, "32-bit floats" },
        { "doubles", [0, 0, 0xE, 1, 0, 0, 0, 1, 5, 5, 5, 5], 2, "64-bit floats" },
        { "type 7", [0, 0, 7, 1, 0, 0, 0, 1, 5], 2, "unknown type 0x07" },
        { "rank 0", [0, 0, 8, 0, 5], 3, "0 axes" },
        { "rank 5", [0, 0, 8, 5, .. Sizes(1, 1, 1, 1, 1), 5], 3, "5 axes" },
        { "rank 255", [0, 0, 8, 255], 3, "255 axes" },
        { "size 0", [0, 0, 8, 2, .. Sizes(3, 0)], 8, "size 0 of axis 1" },
        { "size -1", [0, 0, 8, 1, 255, 255, 255, 255, 1], 4, "size 4294967295" },
        { "size 2^31", [0, 0, 8, 1, 128, 0, 0, 0, 1], 4, "size 2147483648" },
        { "more than a gigabyte", [0, 0, 8, 2, .. Sizes(1 << 15, (1 << 15) + 1), 1], 8, "limit of 1073741824" },
        { "product that wraps", [0, 0, 8, 4, .. Sizes(1 << 16, 1 << 16, 1 << 16, 1 << 16)], 8, "limit" },
        { "product that wraps to 6", [0, 0, 8, 3, .. Sizes(2, int.MaxValue, 6), 1, 2, 3, 4, 5, 6], 8, "limit" },
        { "declares a gigabyte", [0, 0, 8, 1, .. Sizes(1 << 30), 1], 9, "declares 1073741824 bytes" },
        { "one byte short", Small[..^1], 17, "declares 6 bytes of data, the file ends after 5" },
        { "one byte more", [.. Small, 9], 18, "1 bytes follow" },
        { "a web page", "<!doctype html>"u8.ToArray(), 0, "HTML" },
        { "an LFS pointer", "version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), 0, "git lfs pull" },
        { "a zip file", "PK\u0003\u0004"u8.ToArray(), 0, "zip" },
    };

    public static TheoryData<string, byte[], string> PackedFiles => new()
    {
        { "only the magic", [0x1F, 0x8B], "too few" },
        { "cut inside the header", Pack(Small)[..17], "too few" },
        { "unknown method", Change(Pack(Small), 2, 7), "damaged" },
        { "wrong CRC", Change(Pack(Small), ^8, 0x55), "damaged" },
        { "wrong size in the trailer", Change(Pack(Small), ^4, 0x55), "trailer" },
        { "bytes after the trailer", [.. Pack(Small), 0, 0, 0, 0, 0, 0, 0, 0], "trailer" },
        { "two members", [.. Pack(Small), .. Pack(Small)], "more than the 18 bytes" },
        { "one byte short inside", Pack(Small[..^1]), "trailer 17" },
        { "one byte more inside", Pack([.. Small, 9]), "trailer 19" },
        { "two bytes inside", Pack([0, 0]), "magic number" },
        { "no IDX inside", Pack(new byte[20]), "0x00" },
        { "size 0 inside", Pack([0, 0, 8, 1, 0, 0, 0, 0]), "size 0 of axis 0" },
        { "gigabytes declared inside", Pack([0, 0, 8, 1, 127, 255, 255, 255]), "limit of 1073741824" },
        { "declared and trailed but not there", Trailer(Pack([0, 0, 8, 1, .. Sizes(1 << 20), 1]), (1 << 20) + 8), "cannot unpack" },
        { "a bomb behind small sizes", Trailer(Pack([.. Small, .. new byte[30_000_000]]), 18), "more than the 18 bytes" },
    };

    [Theory]
    [MemberData(nameof(PlainFiles))]
    public void A_broken_file_is_refused(string name, byte[] bytes, long offset, string words)
    {
        IdxException e = Refused(name, bytes, words);
        Assert.True(offset == e.Offset, $"{name}: at {e.Offset}, expected {offset}: {e.Message}");
    }

    [Theory]
    [MemberData(nameof(PackedFiles))]
    public void A_broken_gzip_file_is_refused(string name, byte[] bytes, string words) => Refused(name, bytes, words);

    [Fact]
    public void Every_beginning_of_a_file_is_refused()
    {
        byte[] packed = Pack([0, 0, 8, 1, .. Sizes(300), .. Enumerable.Range(0, 300).Select(i => (byte)(i * i))]);
        for (int length = 0; length < packed.Length; length++) Refused($"gzip {length}", packed[..length], "");
        for (int length = 0; length < Small.Length; length++) Refused($"plain {length}", Small[..length], "");
    }

    [Fact]
    public void Hand_written_bytes_are_read_and_written()
    {
        (int[] shape, byte[] data) = IdxFile.Read(folder.Put("a", Small));
        Assert.Equal([2, 3], shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], data);
        IdxFile.Write(folder["b"], shape, data);
        Assert.Equal(Small, File.ReadAllBytes(folder["b"]));
        Assert.Equal([1, 2, 3, 4, 5, 6], IdxFile.Read(folder.Put("c", Pack(Small))).Data);
    }

    [Fact]
    public void Random_arrays_come_back_packed_and_plain()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            int[] shape = new int[1 + seed % 4];
            for (int i = 0; i < shape.Length; i++) shape[i] = random.Next(1, 12);
            byte[] data = new byte[shape.Aggregate(1, (a, b) => a * b)];
            random.NextBytes(data);
            IdxFile.Write(folder["r"], shape, data, gzip: seed % 8 < 4);
            (int[] readShape, byte[] readData) = IdxFile.Read(folder["r"]);
            Assert.True(shape.SequenceEqual(readShape) && data.AsSpan().SequenceEqual(readData), $"seed {seed}");
        }
    }

    [Fact]
    public void A_well_packed_file_is_no_bomb()
    {
        byte[] data = new byte[5_000_000];
        IdxFile.Write(folder["z"], [5, 1000, 1000], data, gzip: true);
        Assert.True(new FileInfo(folder["z"]).Length < 10_000);
        Assert.Equal(data, IdxFile.Read(folder["z"]).Data);
    }

    [Fact]
    public void Impossible_arrays_are_not_written()
    {
        Assert.Throws<ArgumentException>(() => IdxFile.Write(folder["w"], [], []));
        Assert.Throws<ArgumentException>(() => IdxFile.Write(folder["w"], [1, 1, 1, 1, 1], [1]));
        Assert.Throws<ArgumentException>(() => IdxFile.Write(folder["w"], [0], []));
        Assert.Throws<ArgumentException>(() => IdxFile.Write(folder["w"], [2], [1]));
        Assert.Throws<ArgumentException>(() => IdxFile.Write(folder["w"], [1 << 16, 1 << 16, 1 << 16, 1 << 16], []));
        Assert.Empty(folder.Names);
    }

    internal static byte[] Pack(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest)) stream.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Sizes(params int[] sizes) => [.. sizes.SelectMany(s => BitConverter.GetBytes(s).Reverse())];

    private static byte[] Change(byte[] bytes, Index at, byte mask)
    {
        bytes[at] ^= mask;
        return bytes;
    }

    private static byte[] Trailer(byte[] bytes, int size)
    {
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), size);
        return bytes;
    }

    private IdxException Refused(string name, byte[] bytes, string words)
    {
        string path = folder.Put("hostile.idx", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<IdxException>(() => IdxFile.Read(path));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 200_000, $"{name}: allocated {allocated} bytes");
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        return e;
    }
}
