using MiniGrad.Formats.Images;
using MiniGrad.Tests.Goldens;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>Every way to break a JPEG file, with the place and the words of the refusal.</summary>
public sealed class JpegHostileTests
{
    private static readonly byte[] Head = TestJpeg.File(TestJpeg.Start, TestJpeg.Steps, TestJpeg.Dc, TestJpeg.Ac);
    private static readonly byte[] Frame = TestJpeg.Grey(0xC0, 8, 8);
    private static readonly byte[] Progressive = TestJpeg.Grey(0xC2, 8, 8);
    private static readonly byte[] Scan = TestJpeg.Scan([1]);
    private static readonly byte[] Means = [.. TestJpeg.Scan([1], 0, 0, 0x01), .. TestJpeg.Data(TestJpeg.Mean(1))];
    private static readonly byte[] Block = TestJpeg.Data(TestJpeg.Flat(5));

    /// <summary>Where what follows the tables begins.</summary>
    private static readonly int Body = Head.Length;

    /// <summary>Where the scan header begins behind the frame of a grey image.</summary>
    private static readonly int ScanAt = Body + Frame.Length;

    private static readonly int DataAt = ScanAt + Scan.Length;

    public static TheoryData<string, byte[], long, string> Segments => new()
    {
        { "empty", [], 0, "empty" },
        { "one byte", [0xFF], 1, "inside the JPEG signature" },
        { "text", "hello, world"u8.ToArray(), 0, "no JPEG image" },
        { "a PNG", TestPng.Signature, 0, "PNG image" },
        { "only a signature", TestJpeg.Start, 2, "before its end-of-image" },
        { "no marker", [0xFF, 0xD8, 0x00], 2, "byte 0x00" },
        { "no image", [0xFF, 0xD8, 0xFF, 0xD9], 2, "holds no image" },
        { "two starts", [0xFF, 0xD8, 0xFF, 0xD8], 2, "0xFFD8 does not belong" },
        { "a restart outside a scan", [0xFF, 0xD8, 0xFF, 0xD3], 2, "0xFFD3 does not belong" },
        { "a stuffed zero outside a scan", [0xFF, 0xD8, 0xFF, 0x00], 2, "0xFF00 does not belong" },
        { "unknown marker", [0xFF, 0xD8, .. TestJpeg.Segment(0xF0)], 2, "0xFFF0 is not known" },
        { "segment of length 1", [0xFF, 0xD8, 0xFF, 0xE0, 0, 1], 4, "length 1" },
        { "segment cut in its length", [0xFF, 0xD8, 0xFF, 0xE0, 0], 5, "inside a segment" },
        { "segment past the end", [0xFF, 0xD8, 0xFF, 0xE0, 0, 9, 1], 4, "past the end" },
        { "steps of kind 2", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xDB, new byte[] { 0x20 })), 6, "kind 0x20" },
        { "steps in slot 4", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xDB, new byte[] { 0x04 })), 6, "kind 0x04" },
        { "steps cut", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xDB, new byte[64])), 6, "does not fit into the 64 left" },
        { "wide steps cut", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xDB, [0x10, .. new byte[127]])), 6, "129 bytes does not fit" },
        { "step 0", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xDB, [0, 1, 1, 0, .. new byte[61]])),
            9, "step 2 of quantisation table 0 is 0" },
        { "codes of kind 2", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, [0x20, .. new byte[16]])), 6, "kind 0x20" },
        { "codes in slot 5", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, [0x15, .. new byte[16]])), 6, "kind 0x15" },
        { "codes cut", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, new byte[16])), 6, "16 of its first 17" },
        { "300 codes", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, [0x10, .. Enumerable.Repeat((byte)19, 16)])), 7, "304 codes" },
        { "symbols cut", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, TestJpeg.Table(0x10, 8, 9)[..^1])),
            6, "9 codes does not fit" },
        { "category 16", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, TestJpeg.Table(0x00, 5, 17))), 23, "category above 15" },
        { "overfull code", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, TestJpeg.Table(0x10, 2, 5))), 7, "make no code" },
        { "very overfull code", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, TestJpeg.Table(0x10, 1, 255))), 7, "make no code" },
        { "code of all ones", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xC4, TestJpeg.Table(0x10, 2, 4))), 7, "make no code" },
        { "restart interval of 3 bytes", TestJpeg.File(TestJpeg.Start, TestJpeg.Segment(0xDD, 0, 0, 1)), 6, "3 bytes, not 2" },
    };

    public static TheoryData<string, byte[], long, string> Frames => new()
    {
        { "12 bits", Behind(TestJpeg.Segment(0xC1, 12, 0, 8, 0, 8, 1, 1, 0x11, 0)), Body + 4, "12 bits" },
        { "short header", Behind(TestJpeg.Segment(0xC0, 8, 0, 8, 0, 8)), Body + 4, "too few" },
        { "height 0", Behind(TestJpeg.Grey(0xC0, 8, 0)), Body + 5, "DNL" },
        { "width 0", Behind(TestJpeg.Grey(0xC0, 0, 8)), Body + 7, "width is 0" },
        { "too many pixels", Behind(TestJpeg.Grey(0xC0, 65535, 65535)), Body + 5, "exceed the limit" },
        { "two components", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x11, 0), (2, 0x11, 0))), Body + 9, "2 components" },
        { "no components", Behind(TestJpeg.Frame(0xC0, 8, 8)), Body + 9, "0 components" },
        { "wrong length", Behind(TestJpeg.Segment(0xC0, 8, 0, 8, 0, 8, 1, 1, 0x11)), Body + 4, "1 components need 9" },
        { "sampling 0", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x01, 0))), Body + 11, "0 x 1" },
        { "sampling 5", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x15, 0))), Body + 11, "1 x 5" },
        { "table 4", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x11, 4))), Body + 12, "quantisation table 4" },
        { "twins", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x11, 0), (2, 0x11, 0), (1, 0x11, 0))), Body + 16, "two components" },
        { "three to two", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x31, 0), (2, 0x21, 0), (3, 0x11, 0))), Body + 10, "whole ratios" },
        { "two frames", Behind(Frame, Frame), ScanAt, "second frame" },
        { "a height behind the scan", Behind(Frame, Scan, Block, TestJpeg.Segment(0xDC, 0, 8), TestJpeg.End),
            DataAt + Block.Length, "DNL" },
        { "a small file that claims to be large", Behind(TestJpeg.Grey(0xC0, 8000, 8000), Scan, new byte[1000], TestJpeg.End),
            DataAt, "1000 bytes of image data cannot hold" },
        { "a small progressive file that claims to be large",
            Behind(TestJpeg.Grey(0xC2, 8000, 8000), TestJpeg.Scan([1], 0, 0), new byte[1000], TestJpeg.End), DataAt,
            "1000 bytes of image data cannot hold" },
    };

    public static TheoryData<string, byte[], long, string> Scans => new()
    {
        { "scan before the frame", Behind(Scan, Block, TestJpeg.End), Body, "before the frame header" },
        { "scan of no component", Behind(Frame, TestJpeg.Segment(0xDA, 0, 0, 63, 0), TestJpeg.End), ScanAt + 4, "0 components" },
        { "scan of five", Behind(Frame, TestJpeg.Scan([1, 1, 1, 1, 1]), TestJpeg.End), ScanAt + 4, "5 components" },
        { "empty scan header", Behind(Frame, TestJpeg.Segment(0xDA), TestJpeg.End), ScanAt + 4, "0 components" },
        { "wrong scan header", Behind(Frame, TestJpeg.Segment(0xDA, 1, 1, 0, 0, 63), TestJpeg.End), ScanAt + 4, "1 components need 6" },
        { "unknown component", Behind(Frame, TestJpeg.Scan([2]), Block, TestJpeg.End), ScanAt + 5, "component 2" },
        { "component twice", Behind(Frame, TestJpeg.Scan([1, 1]), Block, TestJpeg.End), ScanAt + 7, "twice" },
        { "component again", Behind(Frame, Scan, Block, Scan, Block, TestJpeg.End), DataAt + Block.Length + 4, "again" },
        { "component missing", Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x11, 0), (2, 0x11, 0), (3, 0x11, 0)), Scan, Block, TestJpeg.End),
            DataAt + 6 + Block.Length, "component 2" },
        { "no scan", Behind(Frame, TestJpeg.End), ScanAt, "component 1" },
        { "no steps", TestJpeg.File(TestJpeg.Start, TestJpeg.Dc, TestJpeg.Ac, Frame, Scan, Block, TestJpeg.End),
            ScanAt - TestJpeg.Steps.Length + 5, "quantisation table 0" },
        { "no DC codes", TestJpeg.File(TestJpeg.Start, TestJpeg.Steps, TestJpeg.Ac, Frame, Scan, Block, TestJpeg.End),
            ScanAt - TestJpeg.Dc.Length + 4, "DC Huffman table" },
        { "no AC codes", TestJpeg.File(TestJpeg.Start, TestJpeg.Steps, TestJpeg.Dc, Frame, Scan, Block, TestJpeg.End),
            ScanAt - TestJpeg.Ac.Length + 4, "AC Huffman table" },
        { "codes in slot 9", Behind(Frame, TestJpeg.Segment(0xDA, 1, 1, 0x90, 0, 63, 0), Block, TestJpeg.End),
            ScanAt + 4, "DC Huffman table" },
        { "eleven blocks",
            Behind(TestJpeg.Frame(0xC0, 8, 8, (1, 0x42, 0), (2, 0x21, 0), (3, 0x11, 0)), TestJpeg.Scan([1, 2, 3]), Block, TestJpeg.End),
            ScanAt + 6 + 4, "11 blocks" },
        { "means and band", Behind(Progressive, TestJpeg.Scan([1], 0, 5), Block, TestJpeg.End), ScanAt + 4, "0 to 5" },
        { "band backwards", Behind(Progressive, Means, TestJpeg.Scan([1], 5, 4), Block, TestJpeg.End),
            ScanAt + Means.Length + 4, "5 to 4" },
        { "band beyond", Behind(Progressive, Means, TestJpeg.Scan([1], 5, 64), Block, TestJpeg.End), ScanAt + Means.Length + 4, "5 to 64" },
        { "band before means", Behind(Progressive, TestJpeg.Scan([1], 1, 5), Block, TestJpeg.End),
            ScanAt + 4, "before the scan of its means" },
        { "bit 14", Behind(Progressive, TestJpeg.Scan([1], 0, 0, 0x0E), Block, TestJpeg.End), ScanAt + 4, "bit 14" },
        { "two bits at once", Behind(Progressive, Means, TestJpeg.Scan([1], 0, 0, 0x20), Block, TestJpeg.End),
            ScanAt + Means.Length + 4, "from bit 2 to bit 0" },
        { "refined before sent", Behind(Progressive, Means, TestJpeg.Scan([1], 1, 9, 0x10), Block, TestJpeg.End),
            ScanAt + Means.Length + 4, "out of turn" },
        { "means again", Behind(Progressive, Means, Means, TestJpeg.End), ScanAt + Means.Length + 4, "again" },
    };

    public static TheoryData<string, byte[], long, string> Entropy => new()
    {
        { "no end", Behind(Frame, Scan, Block), DataAt + Block.Length, "before its end-of-image" },
        { "data cut", Behind(TestJpeg.Grey(0xC0, 16, 8), Scan, Block, TestJpeg.End), DataAt + Block.Length, "ends early" },
        { "no code", Behind(Frame, Scan, TestJpeg.Data((15, 4), (0, 30)), TestJpeg.End), DataAt, "no Huffman code" },
        { "run out of the block",
            Behind(Frame, Scan, TestJpeg.Data((0, 4), (0xF0, 8), (0xF0, 8), (0xF0, 8), (0xF1, 8), (1, 1), (0, 60)), TestJpeg.End),
            DataAt + 4, "leaves its block" },
        { "run out of the band",
            Behind(Progressive, Means, TestJpeg.Scan([1], 1, 5), TestJpeg.Data((0x51, 8), (1, 1), (0, 60)), TestJpeg.End),
            DataAt + Means.Length + 1, "leaves its band" },
        { "refinement out of the band", Behind(Progressive, Means, TestJpeg.Scan([1], 1, 5, 1), TestJpeg.Data((0, 8)),
            TestJpeg.Scan([1], 1, 5, 0x10), TestJpeg.Data((0x51, 8), (1, 1), (0, 60)), TestJpeg.End),
            DataAt + Means.Length + 1 + 10 + 1, "leaves its band" },
        { "refinement by two bits", Behind(Progressive, Means, TestJpeg.Scan([1], 1, 5, 1), TestJpeg.Data((0, 8)),
            TestJpeg.Scan([1], 1, 5, 0x10), TestJpeg.Data((2, 8), (0, 60)), TestJpeg.End),
            DataAt + Means.Length + 1 + 10 + 1, "more than one bit" },
        { "no restart", Restarting(Block), DataAt + 6 + Block.Length, "restart marker 0 is missing" },
        { "wrong restart", Restarting([.. Block, 0xFF, 0xD1, .. Block]), DataAt + 6 + Block.Length, "restart marker 1 stands where 0" },
        { "restart too early", Restarting([0xFF, 0xD0, .. Block]), DataAt + 6, "ends early" },
    };

    [Theory]
    [MemberData(nameof(Segments))]
    [MemberData(nameof(Frames))]
    [MemberData(nameof(Scans))]
    [MemberData(nameof(Entropy))]
    public void A_broken_file_is_refused(string name, byte[] bytes, long offset, string words)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<JpegException>(() => Jpeg.Decode(bytes, "some/where.jpg"));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 200_000, $"{name}: allocated {allocated} bytes");
        Assert.StartsWith("some/where.jpg: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.True(offset == e.Offset, $"{name}: at {e.Offset}, expected {offset}: {e.Message}");
        Assert.Equal("some/where.jpg", e.Path);
    }

    [Theory]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchical")]
    [InlineData(0xC7, "hierarchical lossless")]
    [InlineData(0xC9, "arithmetic-coded")]
    [InlineData(0xCA, "arithmetic-coded")]
    [InlineData(0xCB, "arithmetic-coded lossless")]
    [InlineData(0xCC, "arithmetic-coded")]
    [InlineData(0xCE, "arithmetic-coded hierarchical")]
    [InlineData(0xDE, "hierarchical")]
    [InlineData(0xDF, "hierarchical")]
    [InlineData(0xF7, "JPEG-LS")]
    public void Other_kinds_are_named(byte marker, string kind)
    {
        var e = Assert.Throws<JpegException>(() => Jpeg.Decode(Behind(TestJpeg.Grey(marker, 8, 8), Scan, Block, TestJpeg.End), "other"));
        Assert.Contains(kind, e.Message, StringComparison.Ordinal);
        Assert.Equal(Body, e.Offset);
    }

    [Fact]
    public void A_scan_bomb_is_refused()
    {
        // Every scan is small and lawful: bands of empty blocks, first sent, then refined bit by bit.
        List<byte[]> parts = [TestJpeg.Grey(0xC2, 8000, 8000), TestJpeg.Scan([1], 0, 0), new byte[1_000_000 * TestJpeg.DcBits / 8]];
        byte[] empty = [0xE0, 0xFF, 0x00, 0xFC];
        for (int k = 1; k < 64; k++)
        {
            parts.AddRange([TestJpeg.Scan([1], (byte)k, (byte)k, 1), empty, TestJpeg.Scan([1], (byte)k, (byte)k, 0x10), empty]);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<JpegException>(() => Jpeg.Decode(Behind([.. parts, TestJpeg.End]), "bomb"));
        Assert.Contains("blocks. Save it with fewer scans", e.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2_000_000);
    }

    [Fact]
    public void Very_many_scans_are_refused()
    {
        List<byte[]> parts = [Progressive, TestJpeg.Scan([1], 0, 0, 1), TestJpeg.Data(TestJpeg.Mean(1))];
        byte[] empty = TestJpeg.Data((0, 8));
        for (int k = 1; k < 64; k++)
        {
            parts.AddRange([TestJpeg.Scan([1], (byte)k, (byte)k, 1), empty, TestJpeg.Scan([1], (byte)k, (byte)k, 0x10), empty]);
        }
        var e = Assert.Throws<JpegException>(() => Jpeg.Decode(Behind([.. parts, TestJpeg.End]), "bomb"));
        Assert.Contains("more than 100 scans", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_beginning_of_a_file_is_refused()
    {
        foreach (string name in (string[])["rgb-17x33-q30-s2-progressive", "libjpeg-ycc-41x31-2x2,1x1,1x1-q60-r1-o"])
        {
            byte[] whole = Golden(name);
            Jpeg.Decode(whole, name);
            for (int length = 0; length < whole.Length; length++)
            {
                byte[] part = whole[..length];
                Assert.Throws<JpegException>(() => Jpeg.Decode(part, "part"));
            }
        }
    }

    [Fact]
    public void Mutated_files_are_read_or_refused()
    {
        byte[][] good = [.. GoldenFile.Read("images.jsonl").Where(record => record.Json.TryGetProperty("file", out _))
            .Select(record => record.Json.GetProperty("file").GetBytesFromBase64())];
        int refused = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = [.. good[seed % good.Length]];
            // Half of the changes go to the headers, which are the lesser part of most files.
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(seed % 2 == 0 ? bytes.Length : Math.Min(bytes.Length, 250))] = (byte)random.Next(256);
            }
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Jpeg.Decode(bytes, "mutated");
            }
            catch (JpegException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}\n{Convert.ToHexString(bytes)}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 400_000 + 5000L * bytes.Length,
                $"seed {seed}: allocated {allocated} bytes for a file of {bytes.Length}");
        }
        Assert.InRange(refused, 1000, 2900);
    }

    private static byte[] Behind(params byte[][] parts) => TestJpeg.File([Head, .. parts]);

    private static byte[] Restarting(byte[] data) =>
        Behind(TestJpeg.Segment(0xDD, 0, 1), TestJpeg.Grey(0xC0, 16, 8), Scan, data, TestJpeg.End);

    private static byte[] Golden(string name) =>
        GoldenFile.Read("images.jsonl").Single(record => record.Name == name).Json.GetProperty("file").GetBytesFromBase64();
}
