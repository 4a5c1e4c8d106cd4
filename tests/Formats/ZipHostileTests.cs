using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using MiniGrad.Formats.Weights;
using Xunit;
using static MiniGrad.Tests.Formats.TorchBytes;

namespace MiniGrad.Tests.Formats;

/// <summary>Ways to break the zip archive of a PyTorch file, and the tar archive of an old one.</summary>
public sealed class ZipHostileTests : IDisposable
{
    private const int Flags = 6;
    private const int Method = 8;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Good_ones_are_read()
    {
        byte[] numbers = [.. new[] { 1.5f, -2f }.SelectMany(BitConverter.GetBytes)];
        foreach (CompressionLevel level in (CompressionLevel[])[CompressionLevel.NoCompression, CompressionLevel.SmallestSize])
        {
            using WeightFile file = WeightFile.Open(
                folder.Put("good", Zip(storage: numbers, level: level, more: ("x/byteorder", "little"u8.ToArray()))));
            Assert.Equal([1.5f, -2f], file.Read("a").ToArray<float>());
        }
    }

    /// <summary>Lengths around the steps of the checksum, in one archive that another program summed.</summary>
    [Fact]
    public void Checksums_of_all_lengths_are_right()
    {
        List<(string, byte[])> files = [];
        List<(string, byte[])> tensors = [];
        for (int length = 0; length < 400; length++)
        {
            byte[] bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            files.Add(($"x/data/{length}", bytes));
            tensors.Add(($"t{length}", Tensor(Storage($"{length}", length, "ByteStorage"), 0, [length], [1])));
        }
        byte[] zip = ZipOf(CompressionLevel.NoCompression, [("x/data.pkl", Pickle(Dictionary([.. tensors]))), .. files]);
        using WeightFile file = WeightFile.Open(folder.Put("sums", zip));
        for (int length = 0; length < 400; length++)
        {
            Assert.Equal(files[length].Item2.Select(b => (int)b), file.Read($"t{length}").ToArray<int>());
        }
    }

    [Fact]
    public void A_wrong_checksum_is_found_before_a_number_is_used()
    {
        byte[] good = Zip(storage: [1, 2, 3, 4, 5, 6, 7, 8]);
        int data = Find(good, [1, 2, 3, 4, 5, 6, 7, 8]);
        using (WeightFile file = WeightFile.Open(folder.Put("crc", With(good, data + 7, 9))))
        {
            TorchException e = Assert.Throws<TorchException>(() => file.Read("a"));
            Assert.Contains("checksum of these 8 bytes", e.Message, StringComparison.Ordinal);
            Assert.Equal(data, e.Offset);
        }
        // A part of the storage is refused as well, although the wrong byte is not in it.
        byte[] part = Zip(Dictionary(("a", Tensor(Storage(), 0, [1], [1]))), [1, 2, 3, 4, 5, 6, 7, 8]);
        using (WeightFile file = WeightFile.Open(folder.Put("crc", With(part, Find(part, [1, 2, 3, 4, 5, 6, 7, 8]) + 7, 9))))
        {
            Assert.Throws<TorchException>(() => file.Read("a"));
        }
        Refused("pickle", With(good, Find(good, "cpu"u8), (byte)'C'), Find(good, [0x80, 2]), "checksum");
        byte[] packed = Zip(storage: [.. Enumerable.Repeat((byte)1, 8)], level: CompressionLevel.SmallestSize);
        int crc = Find(packed, "PK\u0001\u0002"u8, 1) + 16;
        uint sum = BitConverter.ToUInt32(packed, crc) + 1;
        byte[] wrong = With32(With32(packed, crc, sum), Find(packed, "PK\u0003\u0004"u8, 1) + 14, sum);
        using (WeightFile file = WeightFile.Open(folder.Put("crc", wrong)))
        {
            Assert.Contains("the checksum of \"x/data/0\"",
                Assert.Throws<TorchException>(() => file.Read("a")).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_directory_must_agree_with_the_headers()
    {
        byte[] good = Zip();
        int first = Find(good, "PK\u0003\u0004"u8);
        int second = Find(good, "PK\u0003\u0004"u8, 1);
        int directory = Find(good, "PK\u0001\u0002"u8);
        int record = Find(good, "PK\u0001\u0002"u8, 1);
        int end = Find(good, "PK\u0005\u0006"u8);
        Refused("another name", With(good, first + 30, (byte)'y'), first + 30, "another name");
        Refused("another size", With32(With32(good, record + 20, 7), record + 24, 7), second + 14, "the zip directory 7 and 7");
        Refused("another checksum", With32(good, second + 14, 1), second + 14, "with checksum 00000001");
        Refused("another method", With(good, second + Method, 8), second + Flags, "contradicts");
        Refused("another flag", With(good, second + Flags, (byte)(good[second + Flags] ^ 8)), second + Flags, "contradicts");
        Refused("no header", With(good, second, 0), second, "no header of \"x/data/0\"");
        Refused("encrypted", With(good, record + 8, 1), record + 8, "encrypted");
        Refused("by bzip2", With(good, record + 10, 12), record + 10, "method 12");
        Refused("header in the directory", With32(good, record + 42, (uint)directory), directory, "would lie in the zip directory");
        Refused("header past the end", With32(good, record + 42, 0xFFFFFFF0), null, "would lie in the zip directory");
        Refused("sizes apart", With32(good, record + 24, 9), record + 20, "8 bytes packed and 9 unpacked");
        Refused("runs over", With32(With32(good, record + 20, 1 << 20), record + 24, 1 << 20), second, "runs into the zip directory");
        Refused("zip64 without its field", With32(good, record + 24, uint.MaxValue), record, "zip64 field that is missing");
        Refused("name of zeros", With(good, record + 46, 0), record + 46, "no UTF-8");
        Refused("long name", With(good, record + 28, 0xFF, 0xFF), record, "bytes, ");
        Refused("more files", With(good, end + 8, 3, 0, 3), directory, "claims 3 files");
        Refused("fewer files", With(good, end + 8, 1, 0, 1), null, "follow its last entry");
        Refused("65534 files", With(good, end + 8, 0xFE, 0xFF, 0xFE, 0xFF), directory, "claims 65534 files");
        Refused("several disks", With(good, end + 4, 1), end + 4, "several disks");
        Refused("moved directory", With32(good, end + 16, (uint)directory - 1), end, "its end record stands at");
        Refused("far directory", With32(good, end + 16, 0xFFFFFF00), end, "its end record stands at");
        Refused("bytes before", [.. "PK\u0003\u0004"u8, .. good], null, "its end record stands at");
        byte[] two = Zip(more: [("x/data/1", [9, 9])]);
        // The header of the third file stands inside of the second.
        byte[] inner = [.. two.AsSpan(Find(two, "PK\u0003\u0004"u8, 2), 38 + 2)];
        byte[] outer = ZipOf(CompressionLevel.NoCompression, ("x/data.pkl", Pickle(OneTensor)), ("x/data/0", inner), ("x/data/1", [9, 9]));
        int inside = Find(outer, inner);
        Refused("overlap", With32(outer, Find(outer, "PK\u0001\u0002"u8, 2) + 42, (uint)inside), inside, "overlaps the file before it");
        Refused("twice", Zip(more: [("x/data/0", new byte[8])]), null, "names \"x/data/0\" twice");
    }

    [Fact]
    public void Zip64_records_are_checked()
    {
        byte[] good = TorchSample.Bytes("layers.pt");
        int wide = Find(good, "PK\u0006\u0006"u8);
        int locator = Find(good, "PK\u0006\u0007"u8);
        Refused("many files", With64(With64(good, wide + 24, 1UL << 40), wide + 32, 1UL << 40), wide, "contradict");
        Refused("size", With64(good, wide + 40, 1UL << 62), wide, "contradict");
        Refused("sign", With64(good, wide + 40, 1UL << 63), wide, "more than any file");
        Refused("far", With64(good, locator + 8, 1UL << 62), locator + 8, "cannot stand at");
        Refused("near", With64(good, locator + 8, (ulong)locator - 8), locator + 8, "cannot stand at");
        Refused("elsewhere", With64(good, locator + 8, 4), null, "no zip64 end record");
        Refused("disks", With(good, wide + 16, 1), wide + 16, "several disks");
        // Saturated short fields make the wide ones count.
        int end = Find(good, "PK\u0005\u0006"u8);
        byte[] saturated = With32(With32(With(good, end + 8, 255, 255, 255, 255), end + 12, uint.MaxValue), end + 16, uint.MaxValue);
        using (WeightFile file = WeightFile.Open(folder.Put("wide", saturated))) Assert.Equal(4, file.Names.Count);
        Refused("many", With64(With64(saturated, wide + 24, 1UL << 40), wide + 32, 1UL << 40), null, "claims 1099511627776 files");
        Refused("size", With64(saturated, wide + 40, 1UL << 62), end, "should be the 4611686018427387904 bytes");
    }

    [Fact]
    public void Nothing_unpacks_past_its_size()
    {
        byte[] zeros = new byte[8 << 20];
        byte[] bomb = Zip(Dictionary(("a", Tensor(Storage("0", 2 << 20), 0, [2 << 20], [1]))), zeros, CompressionLevel.SmallestSize);
        Refused("a bomb that says so",
            Zip(Dictionary(("a", Tensor(Storage("0", 6 << 20), 0, [6 << 20], [1]))), new byte[24 << 20], CompressionLevel.SmallestSize), 0,
            "unpacks 25165", most: 2_000_000);
        int record = Find(bomb, "PK\u0001\u0002"u8, 1);
        int header = Find(bomb, "PK\u0003\u0004"u8, 1);
        byte[] Claim(uint size) => With32(With32(bomb, record + 24, size), header + 22, size);
        Refused("beyond deflate", Claim(1 << 30), null, "more than its");
        Refused("other size", Claim(8), null, "has 8 bytes, its 2097152 numbers");
        byte[] small = Zip(storage: zeros, level: CompressionLevel.SmallestSize);
        record = Find(small, "PK\u0001\u0002"u8, 1);
        header = Find(small, "PK\u0003\u0004"u8, 1);
        ReadRefused("more", With32(With32(small, record + 24, 8), header + 22, 8), "unpacks to more than the 8 bytes");
        byte[] larger = Zip(Dictionary(("a", Tensor(Storage("0", 3), 0, [2], [1]))), new byte[8], CompressionLevel.SmallestSize);
        record = Find(larger, "PK\u0001\u0002"u8, 1);
        header = Find(larger, "PK\u0003\u0004"u8, 1);
        byte[] claimed = With32(With32(larger, record + 24, 12), header + 22, 12);
        ReadRefused("less", claimed, "unpacks to 8 bytes, not the 12");
        int begin = header + 30 + "x/data/0".Length;
        ReadRefused("no deflate", With(claimed, begin, 0xFF), null);
    }

    [Fact]
    public void The_files_must_be_those_of_pytorch()
    {
        Refused("big-endian", Zip(more: ("x/byteorder", "big"u8.ToArray())), null, "byte order \"big\"");
        Refused("long order", Zip(more: ("x/byteorder", new byte[17])), null, "at most 16");
        Refused("program", Zip(more: ("x/constants.pkl", [1])), null, "TorchScript");
        Refused("two pickles", Zip(more: ("y/data.pkl", [1])), 0, "has 2 files data.pkl");
        Refused("other files", ZipOf(CompressionLevel.NoCompression, ("word/document.xml", [1])), 0, "has 0 files data.pkl");
        Refused("no files", ZipOf(CompressionLevel.NoCompression), 0, "has 0 files data.pkl");
        Refused("no storage", ZipOf(CompressionLevel.NoCompression, ("x/data.pkl", Pickle(OneTensor))),
            null, "refers to \"x/data/0\", which the zip archive does not hold");
        Refused("short storage", Zip(storage: new byte[7]), null, "has 7 bytes, its 2 numbers of type F32 take 8");
        Refused("long storage", Zip(storage: new byte[9]), null, "has 9 bytes");
        Refused("huge storage", Zip(Dictionary(("a", Tensor(Storage("0", long.MaxValue), 0, [2], [1])))),
            null, "take 36893488147419103228");
        Refused("after the pickle",
            ZipOf(CompressionLevel.NoCompression, ("x/data.pkl", [.. Pickle(OneTensor), 0]), ("x/data/0", new byte[8])), null,
            "1 bytes follow the pickle");
    }

    [Fact]
    public void A_tar_archive_is_checked()
    {
        byte[] good = TorchSample.Bytes("views-tar.pt");
        int storages = Find(good, "storages\0"u8);
        int tensors = Find(good, "tensors\0"u8);
        Refused("checksum", With(good, storages + 100, (byte)'7'), storages + 148, "checksum of a tar header");
        Refused("size", Mend(With(good, storages + 124, "77777777777"u8.ToArray()), storages), storages + 124, "has 8589934591 bytes");
        Refused("no octal", Mend(With(good, storages + 124, (byte)'9'), storages), storages + 124, "not octal");
        Refused("a link", Mend(With(good, storages + 156, (byte)'2'), storages), storages + 156, "of kind 0x32");
        Refused("other files", Mend(With(good, tensors, (byte)'T'), tensors), 0, "has no file tensors");
        Refused("twice", Mend(With(good, tensors, [.. "storages"u8]), tensors), tensors, "names \"storages\" twice");
        Refused("attributes", With(good, Find(good, "mtime="u8), [.. "size=1"u8]), null, "in attributes");
        Refused("cut", good[..(storages + 512 + 100)], storages + 124, "are left");
        Refused("no end", good[..(tensors + 1536)], tensors + 1536, "without its two empty blocks");
        int axes = Find(good, [2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
        Refused("axes", With(good, axes, 255, 255, 255, 255), null, "-1 axes");
        Refused("many axes", With(good, axes, 0, 0, 1), null, "65536 axes");
        Refused("sizes", With(good, axes + 8, 200), null, "does not lie in its storage");
        int views = Find(good, "K\u0002K\u0005t"u8);
        Refused("view", With(good, views + 3, 200), null, "a view of a storage does not lie in it");
    }

    /// <summary>Cut anywhere, and with any byte changed: read, or refused in the one way.</summary>
    [Theory]
    [InlineData("layers.pt")]
    [InlineData("views-deflated.pt")]
    [InlineData("checkpoint.pt")]
    [InlineData("types-legacy.pt")]
    [InlineData("views-tar.pt")]
    public void Cut_anywhere_and_changed_anywhere(string name)
    {
        byte[] good = TorchSample.Bytes(name);
        int step = name switch { "layers.pt" => 2, "views-tar.pt" => 37, _ => 13 };
        for (int length = 0; length < good.Length; length += length < 64 ? 1 : step)
        {
            Try(good[..length], mustFail: name != "views-tar.pt", $"{name} cut at {length}");
        }
        Random random = new(5);
        for (int at = 0; at < good.Length; at += step)
        {
            Try(With(good, at, (byte)(good[at] ^ (1 << random.Next(8)))), mustFail: false, $"{name} with byte {at} changed");
            Try(With(good, at, (byte)random.Next(256)), mustFail: false, $"{name} with byte {at} replaced");
        }
    }

    private void Try(byte[] bytes, bool mustFail, string what)
    {
        string path = folder.Put("mutant", bytes);
        try
        {
            using WeightFile file = WeightFile.Open(path);
            foreach (string name in file.Names) file.Read(name);
        }
        catch (BadFileException e) when (e is TorchException or SafetensorsException)
        {
            return;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }
        Assert.False(mustFail, what);
    }

    private void ReadRefused(string name, byte[] bytes, string? words)
    {
        using WeightFile file = WeightFile.Open(folder.Put("hostile.pt", bytes));
        TorchException e = Assert.Throws<TorchException>(() => file.Read("a"));
        Assert.True(words is null || e.Message.Contains(words, StringComparison.Ordinal), $"{name}: {e.Message}");
    }

    private void Refused(string name, byte[] bytes, long? offset, string words, long most = 1_000_000)
    {
        string path = folder.Put("hostile.pt", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        TorchException e = Assert.Throws<TorchException>(() => WeightFile.Open(path).Dispose());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), name);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < most, $"{name}: allocated {allocated} bytes for a file of {bytes.Length}");
        Assert.True(e.Message.Contains(words, StringComparison.Ordinal), $"{name}: {e.Message}");
        Assert.True(offset is null || offset == e.Offset, $"{name}: at {e.Offset}, expected {offset}: {e.Message}");
    }

    /// <summary>Puts the right sum into a tar header that was changed.</summary>
    private static byte[] Mend(byte[] bytes, int header)
    {
        int sum = 8 * ' ';
        for (int i = 0; i < 512; i++) sum += i is >= 148 and < 156 ? 0 : bytes[header + i];
        return With(bytes, header + 148, Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 "));
    }
}
