using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>What the format allows, with pixels known without another decoder; the golden files compare with Pillow.</summary>
public sealed class JpegTests
{
    private static readonly byte[] Head = TestJpeg.File(TestJpeg.Start, TestJpeg.Steps, TestJpeg.Dc, TestJpeg.Ac);

    [Fact]
    public void Flat_blocks_have_their_level()
    {
        PixelImage image = Jpeg.Decode(TestJpeg.Row(0, 100, -128, 127), "row");
        Assert.Equal((32, 8, 1), (image.Width, image.Height, image.Channels));
        int[] levels = [128, 228, 0, 255];
        for (int i = 0; i < image.Pixels.Length; i++) Assert.Equal(levels[i % 32 / 8], image.Pixels[i]);
    }

    [Fact]
    public void Levels_beyond_the_range_are_clamped() => Assert.Equal([255, 0], Edge(Jpeg.Decode(TestJpeg.Row(140, -150), "clamped")));

    [Fact]
    public void The_inverse_transform_is_within_one_level_of_the_exact_one()
    {
        Random random = new(7);
        for (int trial = 0; trial < 40; trial++)
        {
            int[] zigzag = [.. Enumerable.Range(0, 64).Select(_ => random.Next(4) == 0 ? random.Next(-7, 8) : 0)];
            List<(int, int)> fields = [.. TestJpeg.Mean(zigzag[0])];
            int last = Array.FindLastIndex(zigzag, value => value != 0);
            for (int k = 1, run = 0; k <= last; k++, run++)
            {
                if (zigzag[k] == 0) continue;
                for (; run > 15; run -= 16) fields.Add((0xF0, TestJpeg.AcBits));
                (int Value, int Bits)[] number = TestJpeg.Mean(zigzag[k]);
                fields.AddRange([(run << 4 | number[0].Value, TestJpeg.AcBits), number[1]]);
                run = -1;
            }
            if (last < 63) fields.Add((0, TestJpeg.AcBits));
            byte[] file = TestJpeg.File(Head, TestJpeg.Grey(0xC0, 8, 8), TestJpeg.Scan([1]), TestJpeg.Data([.. fields]), TestJpeg.End);
            byte[] pixels = Jpeg.Decode(file, "block").Pixels;
            for (int i = 0; i < 64; i++) Assert.InRange(pixels[i], Exact(zigzag, i % 8, i / 8) - 1, Exact(zigzag, i % 8, i / 8) + 1);
        }
    }

    [Fact]
    public void Comments_application_data_and_filling_are_skipped()
    {
        byte[] plain = TestJpeg.Row(3, 9);
        byte[] skipped = TestJpeg.File(TestJpeg.Segment(0xFE, "comment"u8.ToArray()),
            TestJpeg.Segment(0xE5, 0xFF, 0xD9), TestJpeg.Segment(0xEF), [0xFF, 0xFF, 0xFF]);
        byte[] file = [.. plain[..2], .. skipped, .. plain[2..^2], 0xFF, 0xFF, 0xFF, 0xD9, 1, 2, 3];
        Assert.Equal(Jpeg.Decode(plain, "plain").Pixels, Jpeg.Decode(file, "filled").Pixels);
    }

    [Fact]
    public void Stray_bytes_behind_the_last_block_are_skipped()
    {
        byte[] plain = TestJpeg.Row(3, 9);
        byte[] file = [.. plain[..^2], 0, 0xFF, 0, 7, 0xFF, 0xD9];
        Assert.Equal(Jpeg.Decode(plain, "plain").Pixels, Jpeg.Decode(file, "stray").Pixels);
    }

    [Fact]
    public void Steps_may_have_sixteen_bits_and_tables_may_share_a_segment()
    {
        byte[] steps = TestJpeg.Segment(0xDB,
            [0x13, .. Enumerable.Repeat(new byte[] { 1, 0 }, 64).SelectMany(b => b), 2, .. Enumerable.Repeat((byte)16, 64)]);
        byte[] codes = TestJpeg.Segment(0xC4, [.. TestJpeg.Table(0, TestJpeg.DcBits, 12), .. TestJpeg.Table(0x10, TestJpeg.AcBits, 255)]);
        foreach ((byte table, int level) in new[] { ((byte)3, 128 + 3 * 32), ((byte)2, 128 + 3 * 2) })
        {
            byte[] file = TestJpeg.File(TestJpeg.Start, steps, codes, TestJpeg.Frame(0xC1, 1, 1, (1, 0x11, table)),
                TestJpeg.Scan([1]), TestJpeg.Data(TestJpeg.Flat(3)), TestJpeg.End);
            Assert.Equal(level, Assert.Single(Jpeg.Decode(file, "steps").Pixels));
        }
    }

    [Fact]
    public void A_component_keeps_the_steps_of_its_first_scan()
    {
        byte[] other = TestJpeg.Segment(0xDB, [0, .. Enumerable.Repeat((byte)80, 64)]);
        byte[] frame = TestJpeg.Frame(0xC2, 8, 8, ((byte)'R', 0x11, 0), ((byte)'G', 0x11, 0), ((byte)'B', 0x11, 0));
        byte[] Means(char id, int level) => [.. TestJpeg.Scan([(byte)id], last: 0), .. TestJpeg.Data(TestJpeg.Mean(level))];
        byte[] file = TestJpeg.File(Head, frame, Means('R', 5), other, Means('G', 5), TestJpeg.Steps,
            TestJpeg.Scan([(byte)'R'], 1, 63), TestJpeg.Data((0, 8)), Means('B', 5), TestJpeg.End);
        Assert.Equal([133, 178, 133], Jpeg.Decode(file, "latched").Pixels[..3]);
    }

    [Fact]
    public void A_restart_starts_the_means_anew()
    {
        byte[] file = TestJpeg.File(
            Head, TestJpeg.Segment(0xDD, 0, 2), TestJpeg.Grey(0xC0, 40, 8), TestJpeg.Scan([1]),
            TestJpeg.Data([.. TestJpeg.Flat(10), .. TestJpeg.Flat(10)]), [0xFF, 0xD0],
            TestJpeg.Data([.. TestJpeg.Flat(5), .. TestJpeg.Flat(5)]), [0xFF, 0xFF, 0xD1],
            TestJpeg.Data(TestJpeg.Flat(1)), TestJpeg.End);
        Assert.Equal([138, 148, 133, 138, 129], Edge(Jpeg.Decode(file, "restarts")));
    }

    [Fact]
    public void Progressive_scans_refine_means_and_bands()
    {
        byte[] file = TestJpeg.File(
            Head, TestJpeg.Grey(0xC2, 24, 8),
            // Means without their lowest bit: 5, −3 (rounded down to −2) and 4; then that bit.
            TestJpeg.Scan([1], 0, 0, 0x01), TestJpeg.Data([.. TestJpeg.Mean(2), .. TestJpeg.Mean(-4), .. TestJpeg.Mean(4)]),
            // No block has any coefficient of the band: a run of 3 = 2 + 1 empty bands.
            TestJpeg.Scan([1], 1, 63, 0x01), TestJpeg.Data((0x10, 8), (1, 1)),
            TestJpeg.Scan([1], 0, 0, 0x10), TestJpeg.Data((1, 1), (1, 1), (0, 1)),
            TestJpeg.Scan([1], 1, 63, 0x10), TestJpeg.Data((0x10, 8), (1, 1)),
            TestJpeg.End);
        Assert.Equal([128 + 5, 128 - 3, 128 + 4], Edge(Jpeg.Decode(file, "refined")));
    }

    [Fact]
    public void A_sequential_scan_may_claim_any_band()
    {
        byte[] file = TestJpeg.File(Head, TestJpeg.Grey(0xC0, 8, 8),
            TestJpeg.Scan([1], 0, 0), TestJpeg.Data(TestJpeg.Flat(9)), TestJpeg.End);
        Assert.Equal([137], Edge(Jpeg.Decode(file, "band")));
    }

    [Fact]
    public void Blocks_that_fill_the_last_mcu_are_read_and_dropped()
    {
        // One pixel, 4:2:0: of the four blocks of the first component one is seen.
        byte[] frame = TestJpeg.Frame(0xC0, 1, 1, (1, 0x22, 0), (2, 0x11, 0), (3, 0x11, 0));
        byte[] data = TestJpeg.Data([.. TestJpeg.Flat(20), .. TestJpeg.Flat(30),
            .. TestJpeg.Flat(-30), .. TestJpeg.Flat(60), .. TestJpeg.Flat(0), .. TestJpeg.Flat(0)]);
        Assert.Equal([148, 148, 148],
            Jpeg.Decode(TestJpeg.File(Head, frame, TestJpeg.Scan([1, 2, 3]), data, TestJpeg.End), "filled").Pixels);
    }

    [DataFact("images")]
    public void Photos_are_decoded()
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "images");
        string[] photos = Directory.GetFiles(folder, "*.jpg");
        Assert.Equal(24, photos.Length);
        foreach (string photo in photos)
        {
            PixelImage image = ImageFile.Read(photo);
            bool guitar = photo.Contains("guitar", StringComparison.Ordinal);
            Assert.Equal(guitar ? (1, 700, 467) : (3, image.Width, image.Height), (image.Channels, image.Width, image.Height));
            Assert.InRange(image.Width, 300, 800);
            // Neither all dark nor all light, and not the grey of missing data.
            Assert.InRange(image.Pixels.Average(value => (double)value), 5, 250);
            Assert.True(image.Pixels.Distinct().Count() > 200, photo);
            PixelImage crop = ImageTransform.ImageNet.Apply(image);
            Assert.Equal((224, 224, 3), (crop.Width, crop.Height, crop.Channels));
        }
        PixelImage tench = ImageFile.Read(Path.Combine(folder, "n01440764_tench.jpg"));
        Assert.Equal((500, 375), (tench.Width, tench.Height));
    }

    /// <summary>The first pixel of every block of the first row.</summary>
    private static int[] Edge(PixelImage image) => [.. Enumerable.Range(0, image.Width / 8).Select(i => (int)image.Pixels[8 * i])];

    /// <summary>The sample at a place, by the definition (T.81, A.3.3), all steps being 8.</summary>
    private static int Exact(int[] zigzag, int x, int y)
    {
        double sum = 0;
        for (int k = 0, u = 0, v = 0; k < 64; k++)
        {
            double scale = (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1) / 4;
            sum += scale * 8 * zigzag[k] * Math.Cos((2 * x + 1) * u * Math.PI / 16) * Math.Cos((2 * y + 1) * v * Math.PI / 16);
            // Up and to the right on even diagonals, back on odd ones.
            bool up = (u + v) % 2 == 0;
            if (up ? u == 7 : v != 7 && u == 0) v++;
            else if (up ? v == 0 : v == 7) u++;
            else (u, v) = up ? (u + 1, v - 1) : (u - 1, v + 1);
        }
        return (int)Math.Clamp(Math.Round(sum) + 128, 0, 255);
    }
}
