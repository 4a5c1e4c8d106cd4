using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public sealed class CifarFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, byte[], long, string> BadFiles => new()
    {
        { "empty", [], 0, "the file is empty" },
        { "one byte", [1], 0, "1 bytes are not a whole number of records of 3073" },
        { "one byte short", Records(3, 4)[..^1], 3073, "6145 bytes are not a whole number" },
        { "one byte more", [.. Records(3, 4), 0], 6146, "6147 bytes are not a whole number" },
        { "label 10", Records(3, 4, 10), 6146, "label 10 of image 2 is not one of 0 … 9" },
        { "label 255", Records(255), 0, "label 255 of image 0" },
        { "a pickle", [0x80, 2, .. new byte[3071]], 0, "Python pickle" },
        { "an archive", [0x1F, 0x8B, .. new byte[3071]], 0, "gzip" },
        { "a web page", [.. "<!doctype html>"u8, .. new byte[3058]], 0, "HTML" },
    };

    public static TheoryData<string, byte[], string> BadNames => new()
    {
        { "empty", [], "0 lines" },
        { "nine", "a\nb\nc\nd\ne\nf\ng\nh\ni\n"u8.ToArray(), "9 lines" },
        { "eleven", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk"u8.ToArray(), "11 lines" },
        { "a bell", "a\nb\nc\nd\ne\nf\ng\u0007g\nh\ni\nj"u8.ToArray(), "control characters" },
        { "long", new byte[5000], "too many" },
    };

    /// <summary>Records with these labels; pixel i of image n is (7 n + i) mod 251.</summary>
    internal static byte[] Records(params byte[] labels) =>
        [.. labels.SelectMany((label, n) =>
            (byte[])[label, .. Enumerable.Range(0, CifarFile.ImageBytes).Select(i => (byte)((7 * n + i) % 251))])];

    [Fact]
    public void RecordsAreReadInOrder()
    {
        CifarBatch batch = CifarFile.Read(folder.Write("b.bin", Records(9, 0, 5)));
        Assert.Equal([9, 0, 5], batch.Labels);
        Assert.Equal(3 * 3072, batch.Pixels.Length);
        for (int n = 0; n < 3; n++)
        {
            Assert.Equal(Enumerable.Range(0, 3072).Select(i => (byte)((7 * n + i) % 251)), batch.Pixels[(3072 * n)..(3072 * (n + 1))]);
        }
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void ABadFileIsRefusedWithItsOffset(string name, byte[] bytes, long offset, string words)
    {
        string path = folder.Write("bad.bin", bytes);
        CifarException error = Assert.Throws<CifarException>(() => CifarFile.Read(path));
        Assert.True(offset == error.Offset, $"{name}: at {error.Offset}, expected {offset}: {error.Message}");
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndlessFileIsRefusedWithoutReadingIt()
    {
        string path = folder.Write("long.bin", []);
        using (FileStream file = File.OpenWrite(path)) file.SetLength(1_000_000L * CifarFile.RecordBytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CifarException error = Assert.Throws<CifarException>(() => CifarFile.Read(path));
        Assert.Contains("1000000 images, more than the limit of 20000", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void ClassNamesAreReadWhateverEndsTheirLines()
    {
        string path = folder.Write("meta", "a\r\nb\r\nc\nd\ne\nf\ng\nh\ni\nj k\n\n"u8.ToArray());
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j k"], CifarFile.ReadClassNames(path));
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public void BadClassNamesAreRefused(string name, byte[] bytes, string words)
    {
        string path = folder.Write("meta", bytes);
        string message = Assert.Throws<CifarException>(() => CifarFile.ReadClassNames(path)).Message;
        Assert.True(message.Contains(words, StringComparison.Ordinal), $"{name}: {message}");
        Assert.DoesNotContain('\u0007', message);
    }
}
