using System.Buffers.Binary;
using System.Text;
using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Formats;

public sealed class PngTests
{
    public static TheoryData<int, int, int> Kinds
    {
        get
        {
            TheoryData<int, int, int> kinds = [];
            foreach ((int color, int[] depths) in new[]
            {
                (0, new[] { 1, 2, 4, 8, 16 }), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
            })
            {
                foreach (int depth in depths)
                {
                    kinds.Add(color, depth, 0);
                    kinds.Add(color, depth, 1);
                }
            }
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_is_decoded_at_every_small_size(int color, int depth, int interlace)
    {
        foreach ((int width, int height) in new[]
        {
            (1, 1), (2, 1), (1, 2), (3, 3), (4, 5), (5, 4), (6, 7), (7, 6), (8, 8), (9, 9), (17, 3), (3, 17), (32, 32), (33, 31),
        })
        {
            foreach (bool transparent in color is 4 or 6 ? new[] { false } : [false, true])
            {
                Check(color, depth, interlace, width, height, transparent, filter: null);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_filter_alone_is_undone(int filter)
    {
        Check(6, 8, 0, 13, 11, false, filter);
        Check(2, 16, 1, 13, 11, false, filter);
        Check(0, 1, 0, 13, 11, false, filter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Image_data_may_be_cut_anywhere(int split)
    {
        TestPng png = new() { Width = 20, Height = 9, Color = 2, Sample = (x, y, c) => (x * 7 + y * 13 + c * 50) & 255, Split = split };
        PixelImage image = Png.Decode(png.Bytes(), "split");
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            Assert.Equal((i / 3 % 20 * 7 + i / 60 * 13 + i % 3 * 50) & 255, image.Pixels[i]);
        }
    }

    [Fact]
    public void Empty_image_data_chunks_are_allowed()
    {
        TestPng png = new() { Sample = (_, _, _) => 200 };
        byte[] empty = TestPng.Chunk("IDAT");
        byte[] file = TestPng.File([png.Header(), empty, .. png.Data(), empty, TestPng.Chunk("IEND")]);
        Assert.Equal([200], Png.Decode(file, "empty").Pixels);
    }

    [Fact]
    public void A_palette_may_suggest_colours_for_rgb()
    {
        TestPng png = new() { Color = 2, Palette = [1, 2, 3], Sample = (_, _, c) => c + 9 };
        Assert.Equal([9, 10, 11], Png.Decode(png.Bytes(), "suggested").Pixels);
    }

    [Fact]
    public void A_transparent_grey_ignores_bits_above_the_depth()
    {
        TestPng png = new() { Width = 2, Depth = 2, Transparency = [0xFF, 0xFE], Sample = (x, _, _) => x + 2 };
        Assert.Equal([170, 0, 255, 255], Png.Decode(png.Bytes(), "masked").Pixels);
    }

    [Fact]
    public void Sixteen_bits_are_rounded_not_cut()
    {
        int[] samples = [0, 128, 129, 385, 386, 32767, 32768, 65406, 65407, 65535];
        TestPng png = new() { Width = samples.Length, Depth = 16, Sample = (x, _, _) => samples[x] };
        Assert.Equal([0, 0, 1, 1, 2, 127, 128, 254, 255, 255], Png.Decode(png.Bytes(), "16").Pixels);
    }

    [Fact]
    public void Encoded_images_come_back()
    {
        for (int seed = 0; seed < 80; seed++)
        {
            Random random = new(seed);
            int channels = 1 + seed % 4;
            PixelImage image = RandomImage(random, random.Next(1, 40), random.Next(1, 40), channels);
            PixelImage read = Png.Decode(Png.Encode(image), $"seed {seed}");
            Assert.Equal((image.Width, image.Height, channels), (read.Width, read.Height, read.Channels));
            Assert.True(image.Pixels.AsSpan().SequenceEqual(read.Pixels), $"seed {seed}");
        }
    }

    [Fact]
    public void The_encoder_writes_the_chunks_of_the_standard()
    {
        byte[] file = Png.Encode(new PixelImage(2, 3, 4, new byte[24]));
        byte[] mended = [.. file];
        TestPng.MendChecksums(mended);
        Assert.Equal(mended, file);
        Assert.Equal(new TestPng { Width = 2, Height = 3, Color = 6 }.Header(), file[8..33]);
        Assert.Equal("IDAT", Encoding.ASCII.GetString(file, 37, 4));
        Assert.Equal(33 + 12 + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(33)) + 12, file.Length);
        Assert.Equal(TestPng.Chunk("IEND"), file[^12..]);
    }

    [Fact]
    public void Filters_make_a_smooth_picture_small()
    {
        byte[] pixels = new byte[128 * 128 * 3];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i / 3 % 128 * 3 + i / 384 * 5 + i % 3 * 40) & 255);
        int size = Png.Encode(new PixelImage(128, 128, 3, pixels)).Length;
        Assert.True(size < 2000, $"{size} bytes");
    }

    [Theory]
    [InlineData(0, 1, 1, 0)]
    [InlineData(1, -1, 1, 1)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 1, 5, 5)]
    [InlineData(2, 2, 3, 11)]
    [InlineData(65536, 65536, 1, 0)]
    public void An_impossible_image_is_not_made(int width, int height, int channels, int bytes) =>
        Assert.Throws<ArgumentException>(() => new PixelImage(width, height, channels, new byte[bytes]));

    internal static PixelImage RandomImage(Random random, int width, int height, int channels)
    {
        byte[] pixels = new byte[width * height * channels];
        random.NextBytes(pixels);
        return new(width, height, channels, pixels);
    }

    private static void Check(int color, int depth, int interlace, int width, int height, bool transparent, int? filter)
    {
        Random random = new(HashCode(color, depth, width, height));
        int samples = color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        int levels = 1 << depth;
        int colors = color == 3 ? Math.Max(1, levels - 1) : 0;
        int[] values = new int[width * height * samples];
        for (int i = 0; i < values.Length; i++) values[i] = random.Next(color == 3 ? colors : levels);
        byte[] palette = new byte[3 * colors];
        random.NextBytes(palette);
        byte[]? trns = !transparent ? null
            : color == 3 ? [.. Enumerable.Range(0, (colors + 1) / 2).Select(i => (byte)(i * 37))]
            : [.. values[..samples].SelectMany(v => new[] { (byte)(v >> 8), (byte)v })];
        TestPng png = new()
        {
            Width = width,
            Height = height,
            Color = color,
            Depth = depth,
            Interlace = interlace,
            Palette = color == 3 ? palette : null,
            Transparency = trns,
            Filter = row => filter ?? (row * 3 + width) % 5,
            Sample = (x, y, c) => values[(y * width + x) * samples + c],
        };
        List<byte> expected = [];
        for (int i = 0; i < values.Length; i += samples)
        {
            int[] pixel = values[i..(i + samples)];
            if (color == 3)
            {
                expected.AddRange(palette[(3 * pixel[0])..(3 * pixel[0] + 3)]);
                if (transparent) expected.Add(pixel[0] < trns!.Length ? trns[pixel[0]] : (byte)255);
                continue;
            }
            foreach (int v in pixel) expected.Add((byte)Math.Round(v * 255.0 / (levels - 1)));
            if (transparent) expected.Add(pixel.SequenceEqual(values.Take(samples)) ? (byte)0 : (byte)255);
        }
        string kind = $"colour {color}, depth {depth}, interlace {interlace}, {width} x {height}, transparent {transparent}";
        PixelImage image = Png.Decode(png.Bytes(), kind);
        Assert.Equal((width, height, expected.Count / width / height), (image.Width, image.Height, image.Channels));
        Assert.True(expected.SequenceEqual(image.Pixels), kind);
    }

    private static int HashCode(int a, int b, int c, int d) => ((a * 31 + b) * 31 + c) * 31 + d;
}
