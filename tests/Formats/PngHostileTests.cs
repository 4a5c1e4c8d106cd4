using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>Every way to break a PNG file, with the place and the words of the refusal.</summary>
public sealed class PngHostileTests
{
    private const int AfterHeader = 8 + 25;
    private static readonly byte[] End = TestPng.Chunk("IEND");
    private static readonly TestPng Plain = new() { Width = 2, Height = 2 };
    private static readonly TestPng Indexed =
        new() { Width = 2, Height = 2, Color = 3, Depth = 2, Palette = [1, 2, 3], Transparency = [9] };
    private static readonly byte[] Palette = TestPng.Chunk("PLTE", 1, 2, 3);
    private static readonly byte[] Transparency = TestPng.Chunk("tRNS", 0, 1);

    public static TheoryData<string, byte[], long, string> Files => new()
    {
        { "empty", [], 0, "empty" },
        { "part of a signature", [137, 80, 78], 3, "signature" },
        { "line ends changed", [137, 80, 78, 71, 10, 26, 10, 0], 4, "line ends" },
        { "text", "hello, world"u8.ToArray(), 0, "no PNG image" },
        { "a JPEG", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70], 0, "JPEG image" },
        { "a GIF", "GIF89a"u8.ToArray(), 0, "GIF" },
        { "a web page", "<html>"u8.ToArray(), 0, "HTML" },
        { "only a signature", TestPng.Signature, 8, "before its IEND" },
        { "no IEND", TestPng.File([Plain.Header(), .. Plain.Data()]), AfterHeader + Plain.Data()[0].Length, "before its IEND" },
        { "no header", TestPng.File([.. Plain.Data(), End]), 12, "not IHDR" },
        { "two headers", TestPng.File([Plain.Header(), Plain.Header(), .. Plain.Data(), End]), AfterHeader + 4, "second IHDR" },
        { "short header", TestPng.File(TestPng.Chunk("IHDR", new byte[12]), End), 8, "12 bytes, not 13" },
        { "no data", TestPng.File(Plain.Header(), End), AfterHeader, "no IDAT" },
        { "long chunk", TestPng.File(Plain.Header(), [0, 0, 0, 99, .. "IDAT"u8, 0, 0, 0, 0]), AfterHeader, "past the end" },
        { "huge chunk", TestPng.File(Plain.Header(), [255, 255, 255, 255, .. "IDAT"u8, 0, 0, 0, 0]), AfterHeader, "past the end" },
        { "type of digits", TestPng.File(Plain.Header(), TestPng.Chunk("ID4T"), End), AfterHeader + 4, "no letter" },
        { "unknown critical chunk", TestPng.File([Plain.Header(), TestPng.Chunk("NEWS"), .. Plain.Data(), End]),
            AfterHeader + 4, "critical chunk NEWS" },
        { "bytes after the end", [.. Plain.Bytes(), 1, 2], Plain.Bytes().Length, "2 bytes follow" },
        { "IEND with content", TestPng.File([Plain.Header(), .. Plain.Data(), TestPng.Chunk("IEND", 1)]),
            AfterHeader + Plain.Data()[0].Length, "1 bytes, not 0" },
        { "wrong CRC in the header", Flip(Plain.Bytes(), 29), 29, "CRC" },
        { "wrong CRC in an unused chunk", Flip(Plain.Bytes(), AfterHeader + 9), AfterHeader + 8 + 10, "CRC" },
        { "wrong CRC at the end", Flip(Plain.Bytes(), Plain.Bytes().Length - 1), Plain.Bytes().Length - 4, "CRC" },
        { "width 0", new TestPng { Width = 0 }.Bytes(), 16, "width 0" },
        { "height 0", new TestPng { Height = 0 }.Bytes(), 20, "height 0" },
        { "width -1", TestPng.File(new TestPng { Width = -1 }.Header(), End), 16, "width 4294967295" },
        { "height -2^31", TestPng.File(new TestPng { Height = int.MinValue }.Header(), End), 20, "height 2147483648" },
        { "too many pixels", TestPng.File([new TestPng { Width = 10001, Height = 10000 }.Header(), .. Plain.Data(), End]),
            16, "exceed the limit" },
        { "far too many pixels", TestPng.File([new TestPng { Width = int.MaxValue, Height = int.MaxValue }.Header(), .. Plain.Data(), End]),
            16, "exceed the limit" },
        { "depth 3", TestPng.File(new TestPng { Depth = 3 }.Header(), End), 24, "bit depth 3" },
        { "16-bit palette", TestPng.File(new TestPng { Depth = 16, Color = 3 }.Header(), End), 24, "bit depth 16 with colour type 3" },
        { "4-bit RGB", TestPng.File(new TestPng { Depth = 4, Color = 2 }.Header(), End), 24, "bit depth 4 with colour type 2" },
        { "colour type 5", TestPng.File(new TestPng { Color = 5 }.Header(), End), 24, "colour type 5" },
        { "colour type 7", TestPng.File(new TestPng { Color = 7 }.Header(), End), 24, "colour type 7" },
        { "compression 1", TestPng.File(new TestPng { Compression = 1 }.Header(), End), 26, "compression method 1" },
        { "filter method 1", TestPng.File(new TestPng { FilterMethod = 1 }.Header(), End), 27, "filter method 1" },
        { "interlace 2", TestPng.File(new TestPng { Interlace = 2 }.Header(), End), 28, "interlace method 2" },
        { "palette of 4 bytes", TestPng.File(Indexed.Header(), TestPng.Chunk("PLTE", 1, 2, 3, 4), End), AfterHeader, "4 bytes" },
        { "palette of 0 bytes", TestPng.File(Indexed.Header(), TestPng.Chunk("PLTE"), End), AfterHeader, "0 bytes" },
        { "palette beyond the depth", TestPng.File(Indexed.Header(), TestPng.Chunk("PLTE", new byte[15]), End),
            AfterHeader, "1 to 4 colours" },
        { "palette of a grey image", TestPng.File(Plain.Header(), Palette, End), AfterHeader + 4, "grey image" },
        { "two palettes", TestPng.File(Indexed.Header(), Palette, Palette, End), AfterHeader + 15 + 4, "second PLTE" },
        { "no palette", TestPng.File([Indexed.Header(), .. Indexed.Data(), End]), AfterHeader + 4, "before the palette" },
        { "palette after data", TestPng.File([new TestPng { Color = 2 }.Header(), .. new TestPng { Color = 2 }.Data(), Palette, End]),
            AfterHeader + new TestPng { Color = 2 }.Data()[0].Length + 4, "after the image data" },
        { "tRNS before PLTE", TestPng.File(Indexed.Header(), Transparency, Palette, End), AfterHeader + 4, "before PLTE" },
        { "tRNS before PLTE of RGB", TestPng.File(new TestPng { Color = 2 }.Header(), TestPng.Chunk("tRNS", new byte[6]), Palette, End),
            AfterHeader + 18 + 4, "after tRNS" },
        { "tRNS beyond PLTE", TestPng.File(Indexed.Header(), Palette, Transparency, End), AfterHeader + 15, "2 bytes" },
        { "tRNS of 0 bytes", TestPng.File(Plain.Header(), TestPng.Chunk("tRNS"), End), AfterHeader, "0 bytes" },
        { "tRNS of a grey image with 6 bytes",
            TestPng.File(Plain.Header(), TestPng.Chunk("tRNS", new byte[6]), End), AfterHeader, "6 bytes" },
        { "two tRNS", TestPng.File(Plain.Header(), Transparency, Transparency, End), AfterHeader + 14 + 4, "second tRNS" },
        { "tRNS with alpha", TestPng.File(new TestPng { Color = 6 }.Header(), Transparency, End), AfterHeader + 4, "alpha channel" },
        { "tRNS after data", TestPng.File([Plain.Header(), .. Plain.Data(), Transparency, End]),
            AfterHeader + Plain.Data()[0].Length + 4, "after the image data" },
        { "data apart", TestPng.File([Plain.Header(), .. Plain.Data(), TestPng.Chunk("tEXt"), .. Plain.Data(), End]),
            AfterHeader + Plain.Data()[0].Length + 12 + 4, "follow one another" },
        { "filter 5", WithRows([0, 1, 2, 5, 3, 4]), AfterHeader + 8, "filter 5" },
        { "filter 255", WithRows([255, 1, 2, 0, 3, 4]), AfterHeader + 8, "filter 255" },
        { "too little data", WithRows([0, 1, 2, 0, 3]), AfterHeader + 8, "ends early" },
        { "too much data", WithRows([0, 1, 2, 0, 3, 4, 0]), AfterHeader + 8, "unpacks to more" },
        { "empty data", WithPacked([]), AfterHeader + 8, "ends early" },
        { "not zlib", WithPacked([1, 2, 3, 4, 5, 6, 7, 8]), AfterHeader + 8, "does not unpack" },
        { "wrong Adler checksum", WithPacked(Flip(TestPng.Pack([0, 1, 2, 0, 3, 4]), ^1)), AfterHeader + 8, "does not unpack" },
        { "index beyond the palette", new TestPng { Color = 3, Depth = 2, Palette = [1, 2, 3], Sample = (_, _, _) => 1 }.Bytes(),
            AfterHeader + 22 + 15 + 8, "palette index 1" },
        { "a small file that claims to be large",
            TestPng.File([new TestPng { Width = 10000, Height = 10000, Color = 6 }.Header(), .. Plain.Data(), End]), AfterHeader + 8,
            "cannot unpack" },
        { "a bomb behind a small size", WithPacked(TestPng.Pack(new byte[20_000_000])), AfterHeader + 8, "unpacks to more" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_is_refused(string name, byte[] bytes, long offset, string words)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<PngException>(() => Png.Decode(bytes, "some/where.png"));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 200_000, $"{name}: allocated {allocated} bytes");
        Assert.StartsWith("some/where.png: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.True(offset == e.Offset, $"{name}: at {e.Offset}, expected {offset}: {e.Message}");
        Assert.Equal("some/where.png", e.Path);
    }

    [Fact]
    public void Every_beginning_of_a_file_is_refused()
    {
        byte[] whole =
            new TestPng { Width = 5, Height = 5, Color = 3, Palette = new byte[30], Transparency = [1], Interlace = 1, Split = 9 }.Bytes();
        Assert.Equal(5, Png.Decode(whole, "whole").Width);
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] part = whole[..length];
            Assert.Throws<PngException>(() => Png.Decode(part, "part"));
        }
    }

    private static byte[] Flip(byte[] bytes, Index at)
    {
        bytes[at] ^= 0x10;
        return bytes;
    }

    private static byte[] WithRows(byte[] rows) => WithPacked(TestPng.Pack(rows));

    private static byte[] WithPacked(byte[] packed) => TestPng.File(Plain.Header(), TestPng.Chunk("IDAT", packed), End);
}
