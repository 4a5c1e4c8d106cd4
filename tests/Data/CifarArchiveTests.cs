using System.Diagnostics;
using System.Text;
using MiniGrad.Data;
using MiniGrad.Formats.Archives;
using Xunit;

namespace MiniGrad.Tests.Data;

/// <summary>CIFAR-10 out of its archive: the right one, and archives that lie about themselves.</summary>
public sealed class CifarArchiveTests : IDisposable
{
    private const string Place = "cifar-10-batches-bin/";
    private const int GzipHeader = 10;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, byte[], string> BadArchives => new()
    {
        { "empty", [], "too few" },
        { "text", "this is no archive at all"u8.ToArray(), "is no gzip file" },
        { "a web page", "<!doctype html><html></html>"u8.ToArray(), "HTML" },
        { "no tar inside", TestTar.Zip(Enumerable.Repeat((byte)'x', 2000).ToArray()), "octal" },
        { "no members", TestTar.Pack(), "has no cifar-10-batches-bin/a.bin" },
        { "another member", TestTar.Pack(Batch("b.bin", 1)), "has no cifar-10-batches-bin/a.bin" },
        { "another folder", TestTar.Pack(TestTar.Member("a.bin", CifarFileTests.Records(1))), "has no cifar-10-batches-bin/a.bin" },
        { "no end mark", TestTar.Zip(Batch("a.bin", 1)), "end mark" },
        { "wrong checksum", TestTar.Pack(TestTar.Member(Place + "a.bin", CifarFileTests.Records(1), rightSum: false)), "checksum" },
        { "twice", TestTar.Pack(Batch("a.bin", 1), Batch("a.bin", 1)), "twice" },
        { "a link", TestTar.Pack(TestTar.Member(Place + "a.bin", [], '2')), "type '2'" },
        { "a hard link", TestTar.Pack(TestTar.Member(Place + "a.bin", [], '1')), "type '1'" },
        { "a long name of GNU", TestTar.Pack(TestTar.Member("././@LongLink", new byte[200], 'L')), "type 'L'" },
        { "a folder with content", TestTar.Pack(TestTar.Member(Place, new byte[512], '5')), "type '5'" },
        { "label 10", TestTar.Pack(Batch("a.bin", 10)), "a.bin: label 10 of image 0" },
        { "no whole record", TestTar.Pack(TestTar.Member(Place + "a.bin", new byte[3000])), "a.bin: 3000 bytes are not a whole number" },
        { "content cut", TestTar.Zip([.. Batch("a.bin", 1)[..2000]]), "the archive ends inside" },
        { "declares more than it has", TestTar.Pack(TestTar.Member(Place + "a.bin", CifarFileTests.Records(1), declared: 2 * 3073)),
            "the archive ends inside" },
        { "declares gigabytes", TestTar.Pack(TestTar.Member(Place + "a.bin", [], declared: 0x1_FFFF_FFFF)), "unpacks to more than" },
        { "declares 60 MB", TestTar.Pack(TestTar.Member(Place + "a.bin", [], declared: 60_000_000 / 3073 * 3073)), "cannot unpack" },
        { "declares too many images", TestTar.Pack(TestTar.Member(Place + "a.bin", [], declared: 30_000 * 3073)), "limit" },
        { "a large readme", TestTar.Pack(TestTar.Member(Place + "readme.html", new byte[2_000_000])), "limit of 1048576" },
        { "an extended header that renames",
            TestTar.Pack(TestTar.Member("x", "20 path=a/b/c/d/e/f\n"u8.ToArray(), 'x'), Batch("a.bin", 1)), "key path" },
        { "an extended header that resizes",
            TestTar.Pack(TestTar.Member("x", "11 size=99\n"u8.ToArray(), 'x'), Batch("a.bin", 1)), "key size" },
        { "other bytes behind the end", TestTar.Zip([.. Batch("a.bin", 1), .. new byte[1024], 7]), "follow the end mark" },
        { "zeros without end", TestTar.Zip([.. Batch("a.bin", 1), .. new byte[5_000_000]]), "goes on with zeros" },
        { "two gzip members", [.. TestTar.Pack(Batch("a.bin", 1)), .. TestTar.Zip(new byte[512])], "gzip trailer declares" },
        { "wrong gzip size", Change(TestTar.Pack(Batch("a.bin", 1)), ^4), "gzip" },
        { "wrong gzip checksum", Change(TestTar.Pack(Batch("a.bin", 1)), ^8), "gzip" },
        { "ten class names missing", TestTar.Pack(TestTar.Member(Place + "batches.meta.txt", "cat\n"u8.ToArray())),
            "batches.meta.txt: 1 lines" },
    };

    /// <summary>A member of the archive with one image.</summary>
    internal static byte[] Batch(string name, byte label) => TestTar.Member(Place + name, CifarFileTests.Records(label));

    [Theory]
    [InlineData("", "ustar\0" + "00")]
    [InlineData("./", "ustar\0" + "00")]
    [InlineData("", "ustar  \0")]
    [InlineData("", "")]
    public void TheNamedMembersComeInTheOrderAsked(string before, string magic)
    {
        byte[] Member(string name, byte[] content, char type = '0') =>
            TestTar.Member($"{before}{Place}{name}", content, type, magic: magic);
        byte[] archive = TestTar.Pack(
            Member("", [], '5'), TestTar.Member("pax", "30 mtime=1600000000.123456789\n"u8.ToArray(), 'x'),
            Member("a.bin", CifarFileTests.Records(1, 2)), Member("readme.html", new byte[700]), Member("b.bin", CifarFileTests.Records(3)),
            Member("batches.meta.txt", Encoding.ASCII.GetBytes(string.Join('\n', "abcdefghij".ToCharArray()))), Member(
                "c.bin", CifarFileTests.Records(4)));
        (CifarBatch[] batches, IReadOnlyList<string>? names) = CifarArchive.Read(folder.Write("t.tar.gz", archive), ["c.bin", "a.bin"]);
        Assert.Equal([4], batches[0].Labels);
        Assert.Equal([1, 2], batches[1].Labels);
        Assert.Equal(CifarFileTests.Records(1, 2)[3074..], batches[1].Pixels[3072..]);
        Assert.Equal("j", names![9]);
    }

    [Theory]
    [MemberData(nameof(BadArchives))]
    public void ABadArchiveIsRefused(string name, byte[] bytes, string words)
    {
        string path = folder.Write("bad.tar.gz", bytes);
        Stopwatch clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        BadFileException error = Assert.ThrowsAny<BadFileException>(() => CifarArchive.Read(path, ["a.bin"]));
        Assert.True(error is CifarException or TarException, $"{name}: {error.GetType()}");
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(words, StringComparison.Ordinal), $"{name}: {error.Message}");
        Assert.DoesNotContain('\n', error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000);
        // A second on an idle machine; tests share theirs.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void EveryBeginningOfAnArchiveIsRefused()
    {
        byte[] archive = TestTar.Pack(Batch("a.bin", 1));
        CifarArchive.Read(folder.Write("whole.tar.gz", archive), ["a.bin"]);
        for (int length = 0; length < archive.Length; length += length < 100 || length > archive.Length - 100 ? 1 : 17)
        {
            string path = folder.Write("cut.tar.gz", archive[..length]);
            Assert.ThrowsAny<BadFileException>(() => CifarArchive.Read(path, ["a.bin"]));
        }
    }

    [Fact]
    public void AChangedByteIsNoticed()
    {
        byte[] archive = TestTar.Pack(Batch("a.bin", 1));
        for (int at = GzipHeader; at < archive.Length; at += 7)
        {
            byte[] changed = Change([.. archive], at);
            string path = folder.Write("changed.tar.gz", changed);
            Assert.ThrowsAny<BadFileException>(() => CifarArchive.Read(path, ["a.bin"]));
        }
    }

    private static byte[] Change(byte[] bytes, Index at)
    {
        bytes[at] ^= 0x55;
        return bytes;
    }
}
