using MiniGrad.Probes;
using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class ShiftConsistencyTests
{
    [Fact]
    public void AClassifierThatSeesNoPlaceIsConsistent()
    {
        Classifier classifier = ClosedForm.Constant([1, 2], Planted.Shape);
        Assert.Equal(new ShiftConsistency(3, 5, 15), ShiftConsistency.Of(classifier, ClosedForm.Images(3, Planted.Shape), new(1)));
    }

    // The class is whether the light was moved to the right: 4 of 9 offsets. Two agree with (4² + 5²)/9².
    [Fact]
    public void AClassifierThatSeesThePlaceAgreesByChance()
    {
        Classifier classifier = Planted.Of((columns, _) => columns - 0.5);
        Tensor images = Planted.Dot().BroadcastTo([300, 1, Planted.Size, Planted.Size]).Contiguous();
        ShiftConsistency found = ShiftConsistency.Of(classifier, images, new(1));
        // The share of 1500 pairs has a deviation of 0.013.
        Assert.InRange(found.Share, 41 / 81.0 - 0.05, 41 / 81.0 + 0.05);
        Assert.Equal(found.Agreed / 1500.0, found.Share);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(0)]
    public void CropsAreShiftsByWholePixels(int padding)
    {
        Shape shape = [2, 7, 5];
        Tensor image = ClosedForm.Images(1, shape);
        List<float[]> seen = [];
        Classifier classifier = new(images =>
        {
            seen.Add(images.ToArray<float>());
            return Ops.Zeros([images.Shape[0], 2]);
        }, shape, 2);
        ShiftConsistency.Of(classifier, image, new(6), padding, repeats: 40);
        Assert.Equal(80, seen.Count);
        HashSet<(int, int)> offsets = [];
        foreach (float[] crop in seen)
        {
            (int, int)[] fitting = [.. from y in Range(padding) from x in Range(padding) where Fits(crop, image, y, x) select (y, x)];
            offsets.Add(Assert.Single(fitting));
        }
        Assert.Equal(padding == 0 ? 1 : 2 * padding + 1, offsets.Select(offset => offset.Item1).Distinct().Count());
        Assert.Equal(padding == 0 ? 1 : 2 * padding + 1, offsets.Select(offset => offset.Item2).Distinct().Count());
    }

    [Fact]
    public void OffsetsFollowTheNumberOfTheImage()
    {
        Classifier classifier = ClosedForm.TwoLayer(Planted.Shape, 5);
        Tensor images = ClosedForm.Images(10, Planted.Shape);
        Tensor Part(int first, int last) => images.Take(0, new AxisRange(first, last - first));
        ShiftConsistency whole = ShiftConsistency.Of(classifier, images, new(3));
        Assert.InRange(whole.Agreed, 1, 49);
        Assert.Equal(whole, ShiftConsistency.Of(classifier, images, new(3), run: new() { ChunkSize = 3 }));
        Assert.Equal(whole.Agreed, ShiftConsistency.Of(classifier, Part(0, 4), new(3)).Agreed
            + ShiftConsistency.Of(classifier, Part(4, 10), new(3), run: new() { FirstIndex = 4 }).Agreed);
    }

    [Fact]
    public void NoImagesHaveNoShare()
    {
        ShiftConsistency nothing = ShiftConsistency.Of(ClosedForm.Constant([1, 2], Planted.Shape), Ops.Zeros([0, 1, 13, 13]), new(1));
        Assert.Equal((0, double.NaN), (nothing.Images, nothing.Share));
    }

    [Fact]
    public void RefusesWhatMakesNoSense()
    {
        Classifier classifier = ClosedForm.Constant([1, 2], Planted.Shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => ShiftConsistency.Of(classifier, Planted.Dot(), new(1), padding: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShiftConsistency.Of(classifier, Planted.Dot(), new(1), repeats: 0));
        Classifier broken = ClosedForm.NanBeyond(classifier, -1);
        Assert.Contains("a logit of image 7 is not finite", Assert.Throws<ArgumentException>(
            () => ShiftConsistency.Of(broken, Planted.Dot(), new(1), run: new() { FirstIndex = 7 })).Message);
    }

    private static IEnumerable<int> Range(int padding) => Enumerable.Range(-padding, 2 * padding + 1);

    private static bool Fits(float[] crop, Tensor image, int down, int right)
    {
        float[] pixels = image.ToArray<float>();
        (int height, int width) = (image.Shape[2], image.Shape[3]);
        for (int i = 0; i < crop.Length; i++)
        {
            (int y, int x) = (i / width % height - down, i % width - right);
            bool isInside = y >= 0 && y < height && x >= 0 && x < width;
            if (crop[i] != (isInside ? pixels[i - down * width - right] : 0)) return false;
        }
        return true;
    }
}
