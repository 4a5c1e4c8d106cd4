using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Rotation and shift against what is known of them, on even, odd and oblong images of one and three channels.</summary>
public sealed class WarpTests
{
    public static TheoryData<int, int, int> Shapes => new() { { 1, 28, 28 }, { 3, 32, 32 }, { 1, 7, 7 }, { 3, 6, 9 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void NoChangeIsExact(int channels, int height, int width)
    {
        foreach (DType type in (DType[])[DType.F32, DType.F64])
        {
            Tensor clean = ClosedForm.Images(3, [channels, height, width], 2).Cast(type);
            foreach (Border border in Enum.GetValues<Border>())
            {
                Warp warp = new(30, 3, border);
                Assert.Equal(ClosedForm.Doubles(clean), ClosedForm.Doubles(warp.Render(clean, warp.Unchanged(clean))));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void WholeShiftsMovePixels(int channels, int height, int width)
    {
        Tensor clean = ClosedForm.Images(1, [channels, height, width], 3).Cast(DType.F64);
        double[] pixels = ClosedForm.Doubles(clean);
        foreach ((int right, int down) in ((int, int)[])[(1, 0), (-2, 3), (3, -1)])
        {
            double[] moved = ClosedForm.Doubles(new Warp(30, 4).Render(clean, Point(0, right / 4.0, down / 4.0)));
            for (int i = 0; i < moved.Length; i++)
            {
                (int plane, int y, int x) = (i / (height * width), i / width % height - down, i % width - right);
                bool inside = y >= 0 && y < height && x >= 0 && x < width;
                Assert.Equal(inside ? pixels[(plane * height + y) * width + x] : 0, moved[i]);
            }
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void QuarterAndHalfTurnsPermutePixels(int side)
    {
        Tensor clean = ClosedForm.Images(1, [1, side, side], 4).Cast(DType.F64);
        double[] pixels = ClosedForm.Doubles(clean);
        double[] quarter = ClosedForm.Doubles(new Warp(90, 0, Border.Edge).Render(clean, Point(1, 0, 0)));
        double[] half = ClosedForm.Doubles(new Warp(180, 0, Border.Edge).Render(clean, Point(-1, 0, 0)));
        for (int i = 0; i < pixels.Length; i++)
        {
            (int y, int x) = (i / side, i % side);
            // Counter-clockwise: what was at the right edge is at the top.
            Assert.Equal(pixels[x * side + side - 1 - y], quarter[i], 1e-6);
            Assert.Equal(pixels[(side - 1 - y) * side + side - 1 - x], half[i], 1e-6);
        }
    }

    [Fact]
    public void TurningBackReturnsTheInsideOfASmoothImage()
    {
        const int side = 28;
        double[] smooth = [.. Enumerable.Range(0, side * side)
            .Select(i => 0.5 + 0.4 * Math.Sin(i / side * 0.3) * Math.Cos(i % side * 0.25))];
        Tensor clean = Tensor.From(smooth, [1, 1, side, side]);
        Warp warp = new(30, 0);
        double[] back = ClosedForm.Doubles(warp.Render(warp.Render(clean, Point(1, 0, 0)), Point(-1, 0, 0)));
        for (int i = 0; i < back.Length; i++)
        {
            double distance = Math.Max(Math.Abs(i / side - 13.5), Math.Abs(i % side - 13.5));
            if (distance < 8) Assert.Equal(smooth[i], back[i], 0.05);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SamplingAndItsAdjointAreATransposedPair(int channels, int height, int width)
    {
        foreach (Border border in Enum.GetValues<Border>())
        {
            Warp warp = new(30, 3, border);
            Tensor image = ClosedForm.Images(2, [channels, height, width], 5).Cast(DType.F64).Tracked();
            Tensor point = Ops.Concat([Point(0.7, -0.31, 0.43), Point(-0.9, 0.83, -0.21)], 0);
            Tensor cotangent = ClosedForm.Images(2, [channels, height, width], 6).Cast(DType.F64);
            Tensor warped = warp.Render(image, point);
            double left = (warped * cotangent).Sum().Item();
            Tensor adjoint = Gradient.Of(warped, image, cotangent);
            Assert.Equal(left, (image.Detach() * adjoint).Sum().Item(), 1e-12 * Math.Abs(left));
        }
    }

    [Theory]
    [InlineData(Border.Zero)]
    [InlineData(Border.Edge)]
    [InlineData(Border.Reflect)]
    public void SlopesAreDifferences(Border border)
    {
        Tensor clean = ClosedForm.Images(1, [3, 6, 9], 7).Cast(DType.F64);
        Tensor weights = ClosedForm.Images(1, [3, 6, 9], 8).Cast(DType.F64);
        Warp warp = new(25, 1.3, border);
        GradCheck.Assert(point => (warp.Render(clean, point) * weights).Sum(), Point(0.313, 0.227, -0.471), order: 2);
        GradCheck.Assert(image => (warp.Render(image, Point(0.313, 0.227, -0.471)) * weights).Sum(), clean, order: 1);
    }

    [Fact]
    public void RotationComesBeforeTheShift()
    {
        // A quarter turn brings the right edge to the top; the shift then moves it down by one.
        Tensor clean = Tensor.From([.. Enumerable.Range(0, 25).Select(i => i % 5 == 4 && i / 5 == 2 ? 1.0 : 0)], [1, 1, 5, 5]);
        double[] moved = ClosedForm.Doubles(new Warp(90, 1).Render(clean, Point(1, 0, 1)));
        Assert.Equal(1, moved[1 * 5 + 2], 1e-9);
        Assert.Equal(1, moved.Sum(), 1e-9);
    }

    [Fact]
    public void AMirroredBorderRepeatsTheImage()
    {
        Tensor clean = Tensor.From([0.0, 0.1, 0.2, 0.3, 0.4, 0.5], [1, 1, 2, 3]);
        // Three pixels to the right over a width of three: columns −3, −2, −1 are 1, 2, 1.
        Assert.Equal([0.1, 0.2, 0.1, 0.4, 0.5, 0.4], ClosedForm.Doubles(new Warp(0, 3, Border.Reflect).Render(clean, Point(0, 1, 0))));
        Tensor line = Ops.Zeros([1, 1, 1, 4], DType.F64);
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => new Warp(0, 1, Border.Reflect).Render(line, Point(0, 0, 0)));
        Assert.Contains("1 x 4 cannot be mirrored", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AChangeOfPixelsComesBeforeOrAfter()
    {
        Tensor clean = Ops.Full([1, 1, 1, 3], 0.5, DType.F64);
        Tensor point = Tensor.From([0, 1.0, 0, 1, -1, 0.5], [1, 6]);
        Warp right = new(0, 1);
        Assert.Equal([0, 0.6, 0.4], Rounded(new WarpLinf(right, 0.1).Render(clean, point)));
        Assert.Equal([0.1, 0.4, 0.55], Rounded(new WarpLinf(right, 0.1, IsAfter: true).Render(clean, point)));
        Assert.Equal(new WarpPoint(0, 1, 0), new WarpLinf(right, 0.1).Move(point));
    }

    [Theory]
    [InlineData("warp:30deg,3px,mirror", "\"mirror\" is no angle, shift or border")]
    [InlineData("warp:-3deg", "-3 degrees must be finite and at least 0")]
    [InlineData("warp-linf:30deg,3px", "must hold one change of pixels")]
    [InlineData("warp-linf:30deg,3px,-0.1", "radius -0.1")]
    public void AWarpThatMakesNoSenseIsOneLine(string text, string error) =>
        Assert.Contains(error, Assert.ThrowsAny<ArgumentException>(() => ThreatCatalog.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void MovesReadAsPeopleSayThem() =>
        Assert.Equal("-12.5°, 1.5 px left, 3 px down", new WarpPoint(-12.5, -1.5, 3).ToString());

    private static Tensor Point(double angle, double right, double down) => Tensor.From([angle, right, down], [1, 3]);

    private static double[] Rounded(Tensor x) => [.. ClosedForm.Doubles(x).Select(v => Math.Round(v, 12))];
}
